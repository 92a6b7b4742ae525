/**
 * What will be seen and what will not: the lines of one credential for one request (section 10).
 *
 * Nothing is chosen beforehand except what the request needs; what goes beyond the smallest
 * question for that kind of credential is left to the worker, with a warning.
 */

import { covers, Paths, select, type ClaimsPath } from "../protocol/claims.ts";
import type { Unverified } from "../protocol/credentials.ts";
import { smallest, type Candidate } from "../protocol/dcql.ts";
import type { CredentialQuery } from "../protocol/dcql_query.ts";
import { rejected } from "../protocol/errors.ts";
import { isObject, member, type JsonValue } from "../protocol/json.ts";

/** How far the worker decides about a line. */
export type LineKind = "always" | "asked" | "pick" | "optional";

/** One line of a credential on the consent screen. */
export interface Line {
  readonly path: ClaimsPath; // concrete, inside the claims
  readonly kind: LineKind;
  readonly nl: string;
  readonly en: string;
  readonly value: JsonValue;
  /** The asked path that at least one picked line must answer; only of kind pick. */
  readonly group: ClaimsPath | undefined;
  readonly over: boolean; // the request asks it, but the smallest question for this type does not need it
}

/** What the catalogue says of a type of credential. */
export interface TypeEntry {
  readonly claims: readonly { readonly path: string; readonly nl: string; readonly en: string }[];
  readonly smallest: readonly ClaimsPath[]; // what the presets together ask of it
  readonly skillNames?: Readonly<Record<string, readonly [nl: string, en: string]>>; // by id, of all skills
}

/** One held credential that can answer one credential query. */
export interface Option {
  readonly lines: readonly Line[];
  readonly hidden: readonly Line[]; // what nobody asked and will not be seen
}

const NOTHING: TypeEntry = { claims: [], smallest: [] };

/** Lay out one held credential for one credential query. */
export function layOut(query: CredentialQuery, candidate: Candidate, unverified: Unverified, entry = NOTHING): Option {
  return inOrder(askedLines(query, candidate, unverified, entry), unverified, entry);
}

/** Lay out one where nobody asks: what is always seen, and in `hidden` what may be picked. */
export const layOutFreely = (unverified: Unverified, entry = NOTHING): Option => inOrder([], unverified, entry);

function inOrder(asked: readonly Line[], unverified: Unverified, entry: TypeEntry): Option {
  const rest = restLines(unverified, asked, entry);
  const names = [...entry.claims.map(({ path }) => path), ...Object.keys(unverified.credential.claims)];
  const place = ({ path }: Line): string =>
    [names.indexOf(String(path[0])), ...path.slice(1)].map((step) => String(step).padStart(4)).join();
  const sorted = (lines: Line[]): Line[] => lines.sort((one, other) => (place(one) < place(other) ? -1 : 1));
  return {
    lines: sorted([...rest.filter(({ kind }) => kind === "always"), ...asked]),
    hidden: sorted(rest.filter(({ kind }) => kind === "optional")),
  };
}

/** The paths to disclose for the worker's choice; refuses `choice_incomplete`, `choice_invalid`. */
export function disclosed(option: Option, picked: Paths): Paths {
  const free = option.lines.filter(({ kind }) => kind === "pick" || kind === "optional");
  if (!picked.within(new Paths(free.map(({ path }) => path)))) {
    throw rejected("choice_invalid", "a line that nobody can pick here");
  }
  const answered = new Paths(free.filter(({ path }) => picked.has(path)).map(({ group }) => group ?? []));
  const groups = new Paths(free.filter(({ kind }) => kind === "pick").map(({ group }) => group ?? []));
  if (!groups.within(answered)) throw rejected("choice_incomplete", "at least one of each group");
  return new Paths([...option.lines.filter(({ kind }) => kind === "asked").map(({ path }) => path), ...picked]);
}

/** The lines that will be seen with this choice. */
export function seen(option: Option, picked: Paths): Line[] {
  return option.lines.filter(({ kind, path }) => kind === "always" || kind === "asked" || picked.has(path));
}

function askedLines(query: CredentialQuery, candidate: Candidate, unverified: Unverified, entry: TypeEntry): Line[] {
  const needed = single([...smallest(candidate)], unverified);
  const many = query.claims.map(({ path }) => path).filter((path) => path.includes(null));
  const everything = single(candidate.choices.flatMap((choice) => [...choice]), unverified);
  return everything.filter((path) => isFree(path, unverified)).map((path) => {
    const over = entry.smallest.length > 0 && !entry.smallest.some((small) => covers(small, path));
    const group = [...many, path.slice(0, 1)].find((asked) => covers(asked, path));
    const optional = over || !needed.some((need) => covers(need, path));
    const pick = !optional && typeof path[1] === "number";
    const kind = optional ? "optional" : pick ? "pick" : "asked";
    return line(unverified, entry, path, kind, pick ? group : undefined, over);
  });
}

/** The lines that the request does not pick: always seen, or not seen at all. */
function restLines(unverified: Unverified, taken: readonly Line[], entry: TypeEntry): Line[] {
  const { credential: { claims }, format, disclosable } = unverified;
  const whole = format === "ldp_vc" && disclosable.length === 0; // all of it is seen, skill by skill
  const items = whole ? select(claims, ["skills", null]).map(([found]) => found) : [];
  const names = Object.keys(claims).filter((name) => name !== "id" && !(items.length > 0 && name === "skills"));
  return [...single(names.map((name) => [name]), unverified), ...items]
    .filter((path) => !taken.some((each) => covers(path, each.path)))
    .map((path) => line(unverified, entry, path, isFree(path, unverified) ? "optional" : "always"));
}

/**
 * The same paths as the credential can show them: a list whose items can be shown apart item by
 * item, and for what lies inside something that can only be shown whole, that whole.
 */
function single(paths: readonly ClaimsPath[], unverified: Unverified): ClaimsPath[] {
  const disclosable = new Paths(unverified.disclosable);
  return [...new Paths(paths.flatMap((path) => {
    const items = select(unverified.credential.claims, [...path, null]).map(([found]) => found);
    const apart = items.filter((item) => disclosable.has(item));
    const whole = path.map((_, place) => path.slice(0, place + 1)).filter((each) => disclosable.has(each));
    return apart.length > 0 ? apart : [whole.at(-1) ?? path];
  }))];
}

/** Whether the holder can leave out this path or something around it. */
function isFree(path: ClaimsPath, unverified: Unverified): boolean {
  return unverified.disclosable.some((each) => covers(each, path));
}

function line(
  { credential }: Unverified, entry: TypeEntry, path: ClaimsPath, kind: LineKind, group?: ClaimsPath, over = false,
): Line {
  const [name] = path;
  const value = select(credential.claims, path)[0]?.[1] ?? null;
  const known = entry.claims.find((claim) => claim.path === name) ?? { nl: String(name), en: String(name) };
  const item = path.length > 1 && isObject(value) ? value : {};
  if (name === "details" && path.length > 1 && isObject(value)) {
    const [nl, en] = [textOf(member(item, "label")), textOf(member(item, "label_en"))];
    return { path, kind, nl, en, value: member(item, "value") ?? null, group, over };
  }
  if (name !== "skills" || path.length < 2 || !isObject(value)) {
    return { path, kind, nl: known.nl, en: known.en, value, group, over };
  }
  const skill = textOf(member(item, "skill"));
  const [nl, en] = entry.skillNames?.[skill] ?? [textOf(member(item, "label_nl")) || skill, textOf(member(item, "label_en"))];
  return { path, kind, nl, en: en || nl, value, group, over };
}

const textOf = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");
