/** Which functions fit, worked out here and told to nobody: functions are put in order, never people. */

import { rejected } from "../../protocol/errors.ts";
import type { JsonObject, JsonValue } from "../../protocol/json.ts";
import { compare, sortedFunctions, type Answer } from "../../skills/matching.ts";
import type { Given } from "./asking.ts";
import { certificateName, framework, functions, nameOf, rules, said } from "./data.ts";
import { proofsIn, statementsIn } from "./statements.ts";

/** Every function, most overlap first. */
export function fits(given: Given): JsonObject[] {
  const sorted = sortedFunctions(statementsIn(given), functions.map(({ set }) => set), framework);
  return sorted.map(({ id, met, partly, missing }) => {
    const { nl, en, firm, lighter } = functions.find(({ set }) => set.id === id)!;
    return { id, nl, en, firm, lighter, met, partly, missing };
  });
}

/** One function: what is there, in part, and missing, with why; refuses `function_unknown`. */
export function fitOf(given: Given, id: string): JsonObject {
  const found = functions.find(({ set }) => set.id === id);
  if (!found) throw rejected("function_unknown");
  const { set, nl, en, firm } = found;
  return { id, nl, en, firm, rows: compare(statementsIn(given), set, framework, rules, proofsIn(given)).map((each) => rowOf(each, given)) };
}

function rowOf({ about, id, fit, why, required, level, shown }: Answer, { day }: Given): JsonValue {
  const name = about === "skill" ? nameOf(id) : certificateName(id);
  return {
    id, about, ...name, fit, required, asked: level ?? 0, level: shown?.level ?? 0, gap: gapIn(about, fit, why),
    why: fit === "met" ? [] : why.filter((code) => code !== "not_shared").map((code) => said(`skills.why.${code}`, {}, day)),
  };
}

/** What kind of gap it is; null where there is none. */
function gapIn(about: Answer["about"], fit: Answer["fit"], why: readonly string[]): string | null {
  if (fit === "met") return null;
  if (about === "certificate") return "certificate";
  if (fit === "not_shown") return "missing";
  return why.includes("level_lower") ? "level" : "proof";
}
