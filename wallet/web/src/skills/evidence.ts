/**
 * What proofs, confirmations and own words say about skills, in one uniform form.
 *
 * The same answers as `skills.evidence` in Python, from the same cases. Statements are compared,
 * never added up: nobody gets a score.
 */

import type { JsonObject, JsonValue } from "../protocol/json.ts";
import type { Rules } from "./certificates.ts";
import type { FrameworkData, SkillData } from "./data.ts";
import { usable, type Standing } from "./validity.ts";

/** Weakest first. */
export const GRADES = ["self", "colleague", "manager", "assessed", "accredited"] as const;
export type Grade = (typeof GRADES)[number];
export type EntryKind = "work" | "training" | "certificate" | "side_activity";
export type Status = "good" | "withdrawn" | "paused" | "unknown";

/** A link to a concept of another framework; `match` as SKOS means it: ours to theirs. */
export interface Link {
  readonly uri: string;
  readonly match: string;
}

/** One credential whose proof held; `role` is null where nobody knows its giver, empty where they may not give it. */
export interface Proof {
  readonly id: string;
  readonly typeId: string;
  readonly role: string | null;
  readonly claims: JsonObject;
  readonly issuedOn: string;
  readonly standing: Standing;
  readonly status: Status;
}

/** What the worker tells; grade self. A level is null where none was named. */
export interface Entry {
  readonly id: string;
  readonly kind: EntryKind;
  readonly levels: Readonly<Record<string, number | null>>;
  readonly saidOn: string | null;
}

/** One thing that one source says about one skill. */
export interface Statement {
  readonly skill: string;
  readonly level: number | null;
  readonly grade: Grade;
  readonly kind: EntryKind;
  readonly source: string;
  readonly on: string | null;
  readonly standing: Standing;
  readonly status: Status;
  readonly links: readonly Link[];
}

/** One skill in an overview: once, with all that was said, strongest first. */
export interface SkillLine {
  readonly skill: string;
  readonly statements: readonly [Statement, ...Statement[]];
}

/** How own words stand. */
export const ENDLESS: Standing = { state: "valid", reason: "no_end", until: null, facts: {}, next: null };

const MAX_STATEMENTS = 100;
const MAX_LINKS = 20;

/** The skills of the framework by id, with the size of its scale. */
export class Framework {
  readonly id: string;
  readonly skills: ReadonlyMap<string, SkillData>;
  readonly levels: number;

  constructor(data: FrameworkData) {
    this.id = data.framework.id;
    this.skills = new Map(data.skills.map((each) => [each.id, each]));
    this.levels = data.levels.length;
  }

  /** The links of a skill; none for one that the framework does not know. */
  links(skill: string): Link[] {
    const esco = this.skills.get(skill)?.esco;
    return esco ? [{ uri: esco.uri, match: esco.match }] : [];
  }

  /** A level of the scale; null for anything else. */
  level(value: JsonValue | undefined): number | null {
    return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= this.levels ? value : null;
  }
}

/** How strong a proof of a type is, given by someone in a role; an employer's word by nobody knows who is a colleague's (decision 0064). */
export function gradeOf(rules: Rules, typeId: string, role: string | null): Grade {
  const kind = rules.types.get(typeId);
  if (!kind) return "self";
  const usual = GRADES.find((each) => each === kind.evidence_grade) ?? "self";
  if (role === null || usual === "colleague") return kind.certificate == null && ["colleague", "manager"].includes(usual) ? "colleague" : "self";
  const may = kind.may_issue.map((each) => each.role).filter((each) => each !== "employer_confirmation_only");
  if (!may.includes(role)) return "self";
  return role === "employer" || role === "hirer" ? weaker(usual, "manager") : usual;
}

/** From which of the four kinds of entry a proof comes. */
export function entryKind(rules: Rules, typeId: string, claims: JsonObject): EntryKind {
  if (claims["voluntary"] === true) return "side_activity";
  const kind = rules.types.get(typeId);
  if (!kind || (kind.certificate ?? null) !== null) return "certificate";
  return rank(kind.evidence_grade as Grade) <= rank("manager") ? "work" : "training";
}

/** What a credential says about skills; a certificate without a list says what it stands for. */
export function ofProof(proof: Proof, framework: Framework, rules: Rules): Statement[] {
  const items = proof.claims["skills"];
  const told = Array.isArray(items)
    ? items.slice(0, MAX_STATEMENTS).map((item) => toldIn(item, framework))
    : implied(proof.typeId, framework, rules).map((skill) => ({ skill, level: null, links: framework.links(skill) }));
  return told.filter((each) => each !== null).map((each) => ({
    ...each,
    grade: gradeOf(rules, proof.typeId, proof.role),
    kind: entryKind(rules, proof.typeId, proof.claims),
    source: proof.id,
    on: proof.issuedOn,
    standing: proof.standing,
    status: proof.status,
  }));
}

/** What the worker says, skill by skill; a level outside the scale is left out. */
export function ofEntry(entry: Entry, framework: Framework): Statement[] {
  return Object.entries(entry.levels).map(([skill, level]) => ({
    skill, level: framework.level(level), grade: "self", kind: entry.kind, source: entry.id, on: entry.saidOn,
    standing: ENDLESS, status: "good", links: framework.links(skill),
  }));
}

/** Each skill once, in the order in which they first occur. */
export function overview(statements: readonly Statement[]): SkillLine[] {
  const found = new Map<string, [Statement, ...Statement[]]>();
  for (const each of statements) {
    const said = found.get(each.skill);
    if (said) said.push(each);
    else found.set(each.skill, [each]);
  }
  return [...found].map(([skill, said]) => ({ skill, statements: said.sort(byStrength) }));
}

/** Whether a statement counts today. */
export function counts({ status, standing }: Statement): boolean {
  return status === "good" && usable(standing);
}

/** The order of statements on one skill, strongest first: what counts, then grade, level and date. */
export function byStrength(one: Statement, other: Statement): number {
  const [a, b] = [one.on ?? "", other.on ?? ""];
  return (
    Number(counts(other)) - Number(counts(one)) || rank(other.grade) - rank(one.grade) ||
    (other.level ?? 0) - (one.level ?? 0) || (a < b ? 1 : a > b ? -1 : 0)
  );
}

/** The place of a grade, greater is stronger. */
export function rank(grade: Grade): number {
  return GRADES.indexOf(grade);
}

function weaker(one: Grade, other: Grade): Grade {
  return rank(one) < rank(other) ? one : other;
}

function implied(typeId: string, framework: Framework, rules: Rules): string[] {
  const kind = rules.types.get(typeId);
  const certificate = kind?.certificate ?? null;
  if (!kind || certificate === null) return [];
  return (kind.skills ?? []).filter((skill) => framework.skills.get(skill)?.certificates.includes(certificate));
}

type Told = Pick<Statement, "skill" | "level" | "links">;

function toldIn(item: JsonValue, framework: Framework): Told | null {
  if (!isObject(item)) return null;
  const skill = firstText(item, ["skill", "label_nl", "label_en"]);
  if (skill === null) return null;
  const own = [undefined, framework.id].includes(item["framework"] as string | undefined) && framework.skills.has(skill);
  return { skill, level: framework.level(item["level"]), links: own ? framework.links(skill) : foreign(item["alignment"]) };
}

/** The links that a skill of another framework carries; without a match they are close. */
function foreign(links: JsonValue | undefined): Link[] {
  const found: Link[] = [];
  for (const link of Array.isArray(links) ? links.slice(0, MAX_LINKS) : []) {
    if (!isObject(link)) continue;
    const uri = firstText(link, ["uri", "targetUrl"]);
    const match = link["match"] === undefined ? "close" : link["match"];
    if (uri !== null && typeof match === "string") found.push({ uri, match });
  }
  return found;
}

function firstText(item: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const value = item[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
