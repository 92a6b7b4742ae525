/** What an adviser sees and proposes; both sides read it here, so that neither trusts the other's form. */

import { malformed } from "../protocol/errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";

const MOST = { name: 40, text: 280, skill: 120 }; // letters
const MOST_ROWS = 200;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const GRADES = ["self", "colleague", "manager", "assessed", "accredited"] as const;

export type Grade = (typeof GRADES)[number];

/** What the worker chose to show: never a proof, and of themselves no more than a first name. */
export interface Snapshot {
  readonly name: string; // may be empty
  readonly skills: readonly { readonly skill: string; readonly level: number; readonly grade: Grade }[];
  readonly wishes: readonly { readonly skill: string; readonly text: string }[]; // a skill, or own words
  readonly steps: readonly { readonly skill: string; readonly action: string; readonly day: string }[];
}

/** What an adviser proposes; a skill is an id of the framework, or own words. */
export type Advice =
  | { readonly what: "skill"; readonly skill: string; readonly level: number }
  | { readonly what: "wish"; readonly skill: string; readonly text: string }
  | { readonly what: "step"; readonly skill: string; readonly action: string; readonly day: string }
  | { readonly what: "remark"; readonly text: string };

/** Read a snapshot; what is no row of its list is left out. */
export function readSnapshot(data: JsonObject): Snapshot {
  const rows = (name: string): JsonObject[] => {
    const found = data[name];
    return Array.isArray(found) ? found.filter(isObject).slice(0, MOST_ROWS) : [];
  };
  return {
    name: text(data["name"], MOST.name),
    skills: rows("skills").map(({ skill, level, grade }) => ({ skill: text(skill, MOST.skill), level: levelOf(level) ?? 0, grade: GRADES.find((each) => each === grade) ?? "self" })),
    wishes: rows("wishes").map(({ skill, text: own }) => ({ skill: text(skill, MOST.skill), text: text(own, MOST.text) })),
    steps: rows("steps").map(({ skill, action, day }) => ({ skill: text(skill, MOST.skill), action: text(action, MOST.skill), day: text(day, 10) })),
  };
}

/** Read a proposal; refuses `proposal_malformed`. */
export function readAdvice(data: JsonObject): Advice {
  const skill = text(data["skill"], MOST.skill);
  const own = text(data["text"], MOST.text);
  const level = levelOf(data["level"]);
  const [action, day] = [text(data["action"], MOST.skill), text(data["day"], 10)];
  switch (data["what"]) {
    case "skill": if (skill && level) return { what: "skill", skill, level }; break;
    case "wish": if (skill || own) return { what: "wish", skill, text: own }; break;
    case "step": if (skill && action && isDay(day)) return { what: "step", skill, action, day }; break;
    case "remark": if (own) return { what: "remark", text: own }; break;
    default:
  }
  throw malformed("proposal_malformed", "no proposal of an adviser");
}

/** Whether it is a day of the calendar. */
export const isDay = (day: string): boolean => DAY.test(day) && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);

function levelOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 4 ? value : undefined;
}

/** One line of text without control characters; longer than `most` it is none. */
function text(value: JsonValue | undefined, most: number): string {
  if (typeof value !== "string" || value.length > most) return "";
  return value.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
}
