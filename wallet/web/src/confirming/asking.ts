/**
 * What a worker asks of a colleague: who asks, which skills at which level, and the one key that the
 * answer has to be bound to (wallet design, section 11).
 */

import { malformed, type Refusal } from "../protocol/errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { publicKeyFromJwk, type PublicKey } from "../protocol/keys.ts";

/** The type of what a colleague gives. */
export const TYPE = "https://skillspass.example/types/collega-bevestiging/1";

/** The framework whose skills may be asked; the page draws its own words for them, not the asker's. */
export const FRAMEWORK = "metalektro";

/** How the two know each other, as the type has it. */
export const RELATIONS = ["same_team", "other_team", "former"] as const;
export type Relation = (typeof RELATIONS)[number];

/** Names of skills by id: the words of the framework. */
export type Names = Readonly<Record<string, readonly [nl: string, en: string, ...more: string[]]>>;

export const MAX_SKILLS = 8; // somebody answers on a phone, one by one
export const MAX_NAME = 80;
export const MAX_EXAMPLE = 300; // as the type has it
const LEVELS = 4;
const SKILL = /^[a-z0-9-]{1,60}$/;

/** One skill with a level from 1 to 4. */
export interface Rated {
  readonly skill: string;
  readonly level: number;
}

/** What was asked. */
export interface Asking {
  readonly name: string; // as the worker chose to give it; empty where she gave none
  readonly skills: readonly Rated[];
  readonly holder: PublicKey; // the key that the answer is bound to
}

/** The snapshot that travels, sealed. */
export function askingOf(name: string, skills: readonly Rated[], holder: PublicKey): JsonObject {
  return { v: 1, name, skills: skills.map(({ skill, level }) => ({ skill, level })), holder: holder.jwk };
}

/** Read a snapshot whose skills are all of the framework; refuses `asking_invalid`. */
export async function readAsking(value: JsonValue, names: Names): Promise<Asking> {
  if (!isObject(value) || member(value, "v") !== 1) throw invalid("version");
  const [name, skills, jwk] = ["name", "skills", "holder"].map((each) => member(value, each));
  if (typeof name !== "string" || !isLine(name, MAX_NAME)) throw invalid("name");
  if (!Array.isArray(skills) || skills.length < 1 || skills.length > MAX_SKILLS) throw invalid("skills");
  const rated = skills.map(readRated);
  const known = rated.every(({ skill }) => Object.hasOwn(names, skill));
  if (!known || new Set(rated.map(({ skill }) => skill)).size !== rated.length) throw invalid("skills");
  if (!isObject(jwk)) throw invalid("holder");
  const holder = await publicKeyFromJwk(jwk);
  if (holder.algorithm !== "ES256") throw invalid("holder");
  return { name, skills: rated, holder };
}

/** One skill and its level; refuses `asking_invalid`. */
function readRated(value: JsonValue): Rated {
  const skill = isObject(value) ? member(value, "skill") : undefined;
  const level = isObject(value) ? member(value, "level") : undefined;
  if (typeof skill !== "string" || !SKILL.test(skill) || !isLevel(level)) throw invalid("a skill");
  return { skill, level };
}

/** Whether a value is a level of the scale. */
export const isLevel = (value: JsonValue | undefined): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= LEVELS;

/** Whether a text is one line of so many characters that hides and turns nothing; it may be empty. */
export function isLine(text: string, most: number): boolean {
  return text.length <= most && text.isWellFormed()
    && !/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/.test(text);
}

/** A text as one line: what breaks or hides is a space, and none stand around it. */
export const lined = (text: string): string =>
  text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\s]+/g, " ").trim();

const invalid = (detail: string): Refusal => malformed("asking_invalid", detail);
