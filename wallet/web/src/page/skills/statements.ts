/** What the passport says about skills: its proofs that hold, and the worker's own words. */

import { momentOf, type Event } from "../../keeper/events.ts";
import { isObject, type JsonObject } from "../../protocol/json.ts";
import { ofEntry, ofProof, type Entry, type Proof, type Statement, type Status } from "../../skills/evidence.ts";
import { ANYONE, dayOf, judge, type Confirmation, type Reader } from "../../skills/validity.ts";
import type { Read } from "../cards.ts";
import { textAt } from "../values.ts";
import type { Given } from "./asking.ts";
import { framework, rules, typeId } from "./data.ts";

const CONFIRMATION = "lasbevestiging";
const STATUS: Readonly<Record<string, Status>> = { valid: "good", revoked: "withdrawn", suspended: "paused" };

/** An own word about one skill; level 0 takes it back. */
export interface Own {
  readonly level: number;
  readonly at: number; // in seconds
}

/** A moment as its day. */
export const isoDay = (at: number): string => new Date(at * 1000).toISOString().slice(0, 10);

/** The proofs of the passport for any firm, or `here`: where each was given. One that was changed or forged is none. */
export function proofsIn(given: Given, here = false): Proof[] {
  const confirmations = given.reads.flatMap((read) => confirmationIn(read, given));
  return given.reads.filter(({ unverified, check }) => unverified && check?.word !== "refused").map(({ held, unverified, check }) => {
    const { type, issuer, claims, issuedAt, validUntil } = unverified!.credential;
    const id = typeId(type);
    const shown = { claims, issuer, issuedOn: isoDay(issuedAt), until: validUntil === undefined ? null : isoDay(validUntil) };
    return {
      id: held.id, typeId: id, role: given.role(issuer, type, issuedAt), claims, issuedOn: shown.issuedOn,
      standing: judge(rules.ofType(id), shown, isoDay(given.at), here ? readerOf(issuer, claims) : ANYONE, confirmations), status: STATUS[check?.word ?? ""] ?? "unknown",
    };
  });
}

/** All that is said, by proofs first. */
export function statementsIn(given: Given): Statement[] {
  return [...proofsIn(given).flatMap((proof) => ofProof(proof, framework, rules)), ...ownStatements(given.events)];
}

/** The worker's own words of now. */
export function ownStatements(events: readonly Event[]): Statement[] {
  return [...ownWords(events)].filter(([, { level }]) => level > 0).flatMap(([skill, { level, at }]) => {
    const entry: Entry = { id: "own", kind: "work", levels: { [skill]: level }, saidOn: isoDay(at) };
    return ofEntry(entry, framework);
  });
}

/** The last own word about each skill. */
export function ownWords(events: readonly Event[]): Map<string, Own> {
  const found = new Map<string, Own>();
  for (const event of events.filter(({ type }) => type === "claim_written")) {
    const levels = event.data["levels"];
    for (const [skill, level] of isObject(levels) ? Object.entries(levels as JsonObject) : []) {
      if (typeof level === "number") found.set(skill, { level, at: momentOf(event) });
    }
  }
  return found;
}

/** Whoever gave it: a designation, and a weld test of route c, hold inside one firm. */
function readerOf(issuer: string, claims: JsonObject): Reader {
  return { ...ANYONE, identities: [issuer, textAt(claims, "employer_at_test")] };
}

/** A six-monthly confirmation whose giver the sector's list names for it. */
function confirmationIn({ unverified, check }: Read, given: Given): Confirmation[] {
  const { credential } = unverified ?? {};
  if (!credential || typeId(credential.type) !== CONFIRMATION || check?.word !== "valid") return [];
  const { claims, issuer, type, issuedAt } = credential;
  const confirmedOn = dayOf(claims["confirmed_on"]);
  if (!confirmedOn || !given.role(issuer, type, issuedAt)) return [];
  const { document_number: number } = claims;
  return [{
    documentNumber: String(number), confirmedOn, organisation: textAt(claims, "organisation"), process: textAt(claims, "process") || null,
  }];
}
