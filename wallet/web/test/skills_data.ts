/** The repository's data about skills, read as the build reads it. */

import { readFileSync } from "node:fs";
import { parse } from "yaml";

import { Rules } from "../src/skills/certificates.ts";
import type { CertificateData, FrameworkData, ProfileData, TypeData, WordsData } from "../src/skills/data.ts";
import { Framework } from "../src/skills/evidence.ts";
import type { RequirementSet } from "../src/skills/matching.ts";
import { Search } from "../src/skills/suggestions.ts";
import { Lexicon } from "../src/skills/words.ts";

/** One vacancy of vacancies.yaml. */
interface VacancyData {
  readonly id: string;
  readonly required: readonly { readonly skill: string; readonly level: number }[];
  readonly optional: readonly { readonly skill: string; readonly level: number }[];
  readonly certificates: readonly { readonly certificate: string; readonly needed: string; readonly range?: Record<string, string | string[]> }[];
  readonly min_grade: Readonly<Record<string, RequirementSet["skills"][number]["grade"]>>;
}

function read<T>(name: string): T {
  return parse(readFileSync(new URL(`../../../../schemas/${name}`, import.meta.url), "utf-8"), { maxAliasCount: -1 }) as T;
}

export const frameworkData = read<FrameworkData>("skills/skills.yaml");
export const framework = new Framework(frameworkData);
export const profiles = read<{ profiles: ProfileData[] }>("skills/profiles.yaml").profiles;
export const rules = new Rules(
  read<{ certificates: CertificateData[] }>("skills/certificates.yaml").certificates,
  read<{ types: TypeData[] }>("types/types.yaml").types,
);
export const lexicon = new Lexicon(read<WordsData>("skills/words.yaml"));
export const search = new Search(frameworkData, lexicon);

/** What each vacancy asks. */
export const vacancies: RequirementSet[] = read<{ vacancies: VacancyData[] }>("skills/vacancies.yaml").vacancies.map((each) => ({
  id: each.id,
  skills: [
    ...each.required.map((one) => ({ ...one, grade: each.min_grade[one.skill] ?? "self", required: true })),
    ...each.optional.map((one) => ({ ...one, grade: each.min_grade[one.skill] ?? "self", required: false })),
  ],
  certificates: each.certificates.map(({ certificate, needed, range }) => ({
    certificate,
    needed,
    range: Object.fromEntries(Object.entries(range ?? {}).map(([claim, values]) => [claim, [values].flat()])),
  })),
}));
