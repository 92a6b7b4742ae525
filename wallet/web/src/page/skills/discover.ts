/** Skills that somebody may not have thought of: of a job, from own words, or from proofs they hold. */

import type { JsonObject, JsonValue } from "../../protocol/json.ts";
import { ofCertificates, ofJob, type Suggestion } from "../../skills/suggestions.ts";
import type { Given } from "./asking.ts";
import { certificateName, data, nameOf, profiles, rules, search, skillOf } from "./data.ts";
import { ownWords, proofsIn } from "./statements.ts";

/** The jobs to choose from, and the skills of what was chosen or told. */
export function suggested(given: Given, job: string, text: string): JsonObject {
  const own = ownWords(given.events);
  const found = text ? search().suggest(text) : job ? profiles.filter(({ id }) => id === job).flatMap(ofJob) : ofCertificates(certificatesOf(given), data);
  return {
    jobs: profiles.map(({ id, label_nl: nl, label_en: en }) => ({ id, nl, en })),
    levels: data.levels.map(({ level, nl, en }) => ({ level, nl, en })),
    found: found.filter(({ skill }) => !(Number(own.get(skill)?.level) > 0)).map(proposal),
  };
}

function proposal({ skill, because, told }: Suggestion): JsonValue {
  const known = skillOf(skill);
  const names = because === "certificate" ? told.map(certificateName) : told.map((each) => ({ nl: each, en: each }));
  return {
    id: skill, ...nameOf(skill), example_nl: known?.example_nl ?? "", example_en: known?.example_en ?? "", meaning: known?.meaning_nl ?? "",
    because, told_nl: names.map(({ nl }) => nl).join(", "), told_en: names.map(({ en }) => en).join(", "), words: (known?.alt_nl ?? []).slice(0, 3),
  };
}

function certificatesOf(given: Given): string[] {
  return proofsIn(given).map((proof) => rules.types.get(proof.typeId)?.certificate ?? "").filter((id) => id !== "");
}
