/** My skills: each once, by group, with the strongest word for it, and what is new since the last talk. */

import { momentOf, type Event } from "../../keeper/events.ts";
import type { JsonObject, JsonValue } from "../../protocol/json.ts";
import { counts, overview, type SkillLine, type Statement } from "../../skills/evidence.ts";
import type { Given } from "./asking.ts";
import { data, nameOf, profiles, said, skillOf } from "./data.ts";
import { isoDay, ownWords, proofsIn, statementsIn } from "./statements.ts";
import { wishesIn } from "./growth.ts";

const MOST_PLACES = 4;

/** The whole overview. */
export function skillsOf(given: Given): JsonObject {
  const lines = overview(statementsIn(given));
  const since = lastTalk(given.events);
  const known = data.groups.map(({ id, nl, en }) =>
    ({ id, nl, en, skills: lines.filter(({ skill }) => skillOf(skill)?.group === id).map((line) => lineOf(line, given, since)) }));
  const own = lines.filter(({ skill }) => !skillOf(skill)).map((line) => lineOf(line, given, since));
  return {
    groups: [...known, { id: "own", ...said("web.skills.own", {}, (iso) => iso), skills: own }].filter(({ skills }) => skills.length > 0),
    count: lines.length, since: since === null ? null : isoDay(since), news: newsSince(given, lines, since),
  };
}

/** All about one skill; of one that somebody added no more than its name and words. */
export function skillDetail(given: Given, id: string): JsonObject {
  const known = skillOf(id);
  const line = overview(statementsIn(given)).find(({ skill }) => skill === id);
  const asking = profiles.filter(({ required, optional = [] }) => [...required, ...optional].some(({ skill }) => skill === id));
  return {
    id, ...nameOf(id), meaning: known?.meaning_nl ?? "", example_nl: known?.example_nl ?? "", example_en: known?.example_en ?? "",
    words: [...(known?.alt_nl ?? [])], places: asking.slice(0, MOST_PLACES).map(({ label_nl: nl, label_en: en }) => ({ nl, en })),
    levels: data.levels.map(({ level, nl, en }) => ({ level, nl, en })), own: ownWords(given.events).get(id)?.level ?? 0,
    wished: wishesIn(given.events).some(({ skill }) => skill === id),
    said: (line?.statements ?? []).map((each) => ({ ...told(each, given), why: whyNot(each, given) ?? whyLess(each, given) })),
  };
}

/** When the last talk was, in seconds; null before the first. */
export function lastTalk(events: readonly Event[]): number | null {
  const found = events.findLast(({ type, data: { talked } }) => type === "settings" && talked === true);
  return found ? momentOf(found) : null;
}

function lineOf({ skill, statements }: SkillLine, given: Given, since: number | null): JsonObject {
  const [strongest] = statements;
  return {
    id: skill, ...nameOf(skill), known: skillOf(skill) !== undefined, ...told(strongest, given), more: statements.length - 1,
    counts: counts(strongest), fresh: since !== null && statements.some((each) => isFresh(each, given, since)),
  };
}

function told({ level, grade, source, on }: Statement, { reads, titlesOf }: Given): JsonObject {
  const read = reads.find(({ held }) => held.id === source);
  const titles = read ? titlesOf(read.unverified?.credential.type ?? "") : null;
  return { level: level ?? 0, grade, proof: read ? source : null, source_nl: titles?.nl ?? "", source_en: titles?.en ?? "", by: read?.held.giver.name ?? "", on };
}

/** Why a word does not count now; null where it does. */
function whyNot(each: Statement, { day }: Given): JsonValue {
  if (counts(each)) return null;
  if (each.status !== "good") return said(`skills.why.${{ withdrawn: "withdrawn_only", paused: "paused", unknown: "unchecked" }[each.status]}`, {}, day);
  return said(`skills.validity.${each.standing.reason}`, each.standing.facts, day);
}

/** Why a proof that counts is weaker than its kind usually is: nobody knows its giver, or they may not give it; else null. */
function whyLess({ source, grade }: Statement, { reads, role, day }: Given): JsonValue {
  const credential = reads.find(({ held }) => held.id === source)?.unverified?.credential;
  if (!credential || !(grade === "self" || grade === "colleague") || role(credential.issuer, credential.type, credential.issuedAt)) return null;
  return said(`skills.giver.${grade}`, {}, day);
}

/** Whether something was said, or brought, after a moment. */
function isFresh({ source, on }: Statement, { reads }: Given, since: number): boolean {
  const added = reads.find(({ held }) => held.id === source)?.held.addedAt;
  return added === undefined ? on !== null && on >= isoDay(since) : added > since;
}

/** New, ended and changed since the last talk (R17); before the first one all would be new, so nothing is. */
function newsSince(given: Given, lines: readonly SkillLine[], since: number | null): JsonValue[] {
  if (since === null) return [];
  const fresh = lines.filter(({ statements }) => statements.some((each) => isFresh(each, given, since)))
    .map(({ skill, statements }) => ({ kind: statements.every((each) => isFresh(each, given, since)) ? "new" : "changed", ...nameOf(skill) }));
  const ended = proofsIn(given).filter(({ standing: { state, until } }) => state === "ended" && (until ?? "") >= isoDay(since))
    .map(({ id }) => ({ kind: "ended", ...given.titlesOf(given.reads.find(({ held }) => held.id === id)?.unverified?.credential.type ?? "") }));
  return [...fresh, ...ended];
}
