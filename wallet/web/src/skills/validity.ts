/**
 * Until when a certificate counts, for whom, and what to do next: the six kinds of validity.
 *
 * The same answers as `skills.validity` in Python, from the same cases. Days are ISO dates; the last
 * day of a term still counts. What nobody can know is `unknown` and never valid.
 */

import type { JsonObject, JsonValue } from "../protocol/json.ts";
import type { Rule } from "./certificates.ts";

export type State = "valid" | "ending" | "ended" | "waiting" | "not_for_you" | "unknown";

/** What a credential says about itself; a claim that is not shown is not there. */
export interface Shown {
  readonly claims: JsonObject;
  readonly issuer: string;
  readonly issuedOn: string;
  readonly until: string | null;
}

/** One six-monthly confirmation whose proof and giver were checked. */
export interface Confirmation {
  readonly documentNumber: string;
  readonly confirmedOn: string;
  readonly organisation: string;
  readonly process: string | null;
}

/** Who looks: the own organisation (in the wallet: the present employers), the own house rule. */
export interface Reader {
  readonly identities: readonly string[];
  readonly maxAgeMonths: number | null;
}

export const ANYONE: Reader = { identities: [], maxAgeMonths: null };

/** The answer; `reason` is `skills.validity.<reason>` in the texts, `next` is `skills.next.<next>`. */
export interface Standing {
  readonly state: State;
  readonly reason: string;
  readonly until: string | null;
  readonly facts: Readonly<Record<string, string>>;
  readonly next: string | null;
}

const ENDING_MONTHS = 3;
const CONFIRM_MONTHS = 1;
const RECERT_MONTHS = 12;
const LAST_DAY = "9999-12-31";

interface Case {
  readonly rule: Rule;
  readonly shown: Shown;
  readonly start: string | null;
  readonly on: string;
  readonly reader: Reader;
  readonly confirmations: readonly Confirmation[] | null;
}

/** Whether a standing counts today, for this reader. */
export function usable({ state }: Standing): boolean {
  return state === "valid" || state === "ending";
}

/** How a certificate stands on a day; `confirmations` null where nobody could say if there are any. */
export function judge(
  rule: Rule | null, shown: Shown, on: string, reader: Reader = ANYONE, confirmations: readonly Confirmation[] | null = null,
): Standing {
  if (!rule) return unknown("type_unknown", "ask_giver");
  if (shown.until !== null && shown.until < on) return ended("expired", shown.until, "renew");
  const start = rule.start === null ? shown.issuedOn : dayOf(shown.claims[rule.start]);
  if (start !== null && start > on) {
    return { state: "waiting", reason: "not_yet", until: null, facts: { from: start }, next: "wait" };
  }
  const found = byKind({ rule, shown, start, on, reader, confirmations });
  if (shown.until !== null && usable(found) && (found.until ?? LAST_DAY) > shown.until) {
    return fixedUntil(shown.until, on, ENDING_MONTHS);
  }
  return found;
}

function byKind(given: Case): Standing {
  switch (given.rule.kind) {
    case "fixed": return fixed(given);
    case "continuity": return continuity(given);
    case "periodic_recert": return periodic(given);
    case "employer_bound": return employerBound(given);
    case "policy": return policy(given);
    case "none": return plain("valid", "no_end");
    default: return unknown("type_unknown", "ask_giver");
  }
}

function fixed({ rule, shown, start, on }: Case): Standing {
  let stated = dayOf(shown.claims["valid_until"]);
  const reach = start !== null && rule.months !== null ? later(start, rule.months, rule.endOfMonth) : null;
  if (stated !== null && reach !== null) {
    const limit = later(reach, rule.renewMonths ?? 0, rule.endOfMonth); // a renewal keeps the old date
    stated = stated < limit ? stated : limit;
  }
  const until = stated ?? shown.until ?? reach;
  return until === null ? unknown("no_end_date", "show_more") : fixedUntil(until, on, rule.renewMonths ?? ENDING_MONTHS);
}

function fixedUntil(until: string, on: string, warn: number): Standing {
  return on > until ? ended("expired", until, "renew") : running(until, on, warn, ["fixed_until", "fixed_ending"], "renew");
}

/** ISO 9606-1, 9.2 and 9.3: a chain of confirmations inside a route's term. */
function continuity(given: Case): Standing {
  const { rule, start, on, confirmations } = given;
  if (start === null || rule.confirmMonths === null) return unknown("no_start_date", "show_more");
  const chain = chainOf(given, start);
  const end = routeEnd(given, start, chain);
  if (typeof end !== "string") return end;
  const { due, gap } = dueDay(start, chain, rule.confirmMonths);
  if (on > end && (due >= end || confirmations === null)) return ended("route_ended", end, "new_test");
  if (gap || on > due) {
    if (confirmations !== null) return ended("continuity_lapsed", due, "new_test");
    return { ...unknown("confirmations_unknown", "show_more"), until: due };
  }
  return end <= due
    ? running(end, on, ENDING_MONTHS, ["continuity_until", "route_ending"], "new_test")
    : running(due, on, CONFIRM_MONTHS, ["continuity_until", "continuity_due"], "confirm");
}

function chainOf({ shown, on, confirmations }: Case, start: string): Confirmation[] {
  const { document_number: number, process } = shown.claims;
  return (confirmations ?? [])
    .filter((each) => each.documentNumber === number && (each.process === null || each.process === (process ?? null)))
    .filter(({ confirmedOn }) => start <= confirmedOn && confirmedOn <= on)
    .sort((one, other) => (one.confirmedOn < other.confirmedOn ? -1 : one.confirmedOn > other.confirmedOn ? 1 : 0));
}

function dueDay(start: string, chain: readonly Confirmation[], months: number): { due: string; gap: boolean } {
  let due = later(start, months);
  for (const { confirmedOn } of chain) {
    if (confirmedOn > due) return { due, gap: true }; // lapsed that day: a later one heals nothing
    due = later(confirmedOn, months);
  }
  return { due, gap: false };
}

function routeEnd({ rule, shown, reader }: Case, start: string, chain: readonly Confirmation[]): string | Standing {
  const { routes } = rule;
  const route: JsonValue = routes.size === 1 ? ([...routes.keys()][0] ?? null) : (shown.claims["route"] ?? null);
  const months = typeof route === "string" ? routes.get(route) : undefined;
  if (months === undefined) return unknown("route_unknown", "show_more");
  if (months !== null) return later(start, months);
  const employer = shown.claims["employer_at_test"]; // route c stays with one manufacturer
  if (typeof employer !== "string") return unknown("employer_unknown", "show_more");
  const other = chain.find(({ organisation }) => organisation !== employer);
  if (other) return ended("employer_changed", other.confirmedOn, "new_test");
  return reader.identities.includes(employer) ? LAST_DAY : plain("not_for_you", "employer_changed", "new_test");
}

/** ISO 9712: a period, and a recertification at twice its length, done before the end. */
function periodic({ rule, shown, start, on }: Case): Standing {
  if (shown.claims["vision_confirmed"] === false) return plain("ended", "vision_missing", "ask_giver");
  if (start === null || rule.months === null) return unknown("no_start_date", "show_more");
  const stated = dayOf(shown.claims["valid_until"]);
  const period = later(start, rule.months);
  let until = stated !== null && stated < period ? stated : period;
  let action = "renew";
  const first = dayOf(shown.claims["first_certified_on"]);
  if (first !== null && rule.recertMonths !== null) {
    const second = later(first, rule.recertMonths);
    if (second <= until) [until, action] = [second, "recertify"];
  }
  return on > until
    ? ended("recert_ended", until, action)
    : running(until, on, RECERT_MONTHS, ["recert_until", "recert_ending"], action);
}

/** NEN 3140: a written designation holds inside the firm that gave it, and nowhere else. */
function employerBound({ rule, shown, start, on, reader }: Case): Standing {
  if (!reader.identities.includes(shown.issuer)) return plain("not_for_you", "employer_bound_elsewhere", "ask_designation");
  const stopped = dayOf(shown.claims["ended_on"]);
  if (stopped !== null && stopped < on) return ended("designation_ended", stopped, "ask_designation");
  let review = dayOf(shown.claims["review_by"]);
  if (review === null && start !== null && rule.reviewMonths !== null) review = later(start, rule.reviewMonths);
  if (review === null) return unknown("no_start_date", "show_more");
  return on > review
    ? ended("review_overdue", review, "review")
    : running(review, on, ENDING_MONTHS, ["designated_here", "review_due"], "review");
}

/** No law gives a term: the reader's own greatest age, else the usual one. */
function policy({ rule, start, on, reader }: Case): Standing {
  const own = reader.maxAgeMonths;
  const months = own ?? rule.houseMonths;
  if (months === null) return plain("valid", "no_house_rule");
  if (start === null) return unknown("no_start_date", "show_more");
  const until = later(start, months);
  const grace = later(until, own === null ? (rule.graceMonths ?? 0) : 0);
  const facts = { until, months: String(months) };
  if (on > grace) return { state: "ended", reason: "house_rule_max_age", until, facts, next: "refresh" };
  if (on > until) {
    return { state: "ending", reason: "house_rule_grace", until: grace, facts: { ...facts, until: grace }, next: "refresh" };
  }
  return { ...running(until, on, ENDING_MONTHS, ["house_rule_ok", "house_rule_ending"], "refresh"), facts };
}

function running(until: string, on: string, warn: number, [calm, soon]: readonly [string, string], action: string): Standing {
  const near = later(on, warn) >= until;
  return { state: near ? "ending" : "valid", reason: near ? soon : calm, until, facts: { until }, next: near ? action : null };
}

function plain(state: State, reason: string, next: string | null = null): Standing {
  return { state, reason, until: null, facts: {}, next };
}

function unknown(reason: string, next: string): Standing {
  return plain("unknown", reason, next);
}

function ended(reason: string, since: string, next: string): Standing {
  return { state: "ended", reason, until: since, facts: { since }, next };
}

/** So many months later, or the last day of a shorter month; never beyond the calendar. */
function later(day: string, months: number, endOfMonth = false): string {
  const count = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  const year = Math.floor(count / 12);
  const month = (count % 12) + 1;
  if (year > 9999) return LAST_DAY;
  const last = daysIn(year, month);
  const date = endOfMonth ? last : Math.min(Number(day.slice(8)), last);
  return [String(year).padStart(4, "0"), ...[month, date].map((each) => String(each).padStart(2, "0"))].join("-");
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

/** A full date, `2026-11-23`; anything else is not known. */
export function dayOf(value: JsonValue | undefined): string | null {
  if (typeof value !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return null;
  const [year, month, date] = value.split("-").map(Number) as [number, number, number];
  return year >= 1 && month >= 1 && month <= 12 && date >= 1 && date <= daysIn(year, month) ? value : null;
}
