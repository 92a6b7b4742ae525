/**
 * Verifiable Credentials Data Model 1.1 and 2.0, as far as no context is needed.
 *
 * What a context defines is not judged here: the verdict engine does that, and the keeper shows
 * such a credential only with its verdict.
 */

import type { StatusReference } from "./credentials.ts";
import { malformed, unsupported } from "./errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "./json.ts";

const V1_CONTEXT = "https://www.w3.org/2018/credentials/v1";
const V2_CONTEXT = "https://www.w3.org/ns/credentials/v2";
const CREDENTIAL = "VerifiableCredential";
const MAX_STATUS_INDEX = 2 ** 26 - 1;
const [MAX_STATUS_ENTRIES, MAX_STATUS_SIZE] = [8, 8];
const STATUS_PURPOSES = new Set(["revocation", "suspension", "message", "refresh"]);
const URL_SHAPE = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|^`\\]+$/;
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,12})?(Z|([+-])(\d\d):(\d\d))$/;

/** The types of a document (section 4.5); refuses `type_missing`. */
export function typesOf(document: JsonObject): Set<string> {
  const names = entries(member(document, "type") ?? null);
  if (names.length === 0 || !names.every((name) => typeof name === "string" && name)) throw malformed("type_missing", "member type");
  return new Set(names.map(String));
}

/** The type beside `VerifiableCredential`; of several the first by code point. */
export function credentialType(document: JsonObject): string {
  const names = typesOf(document);
  if (!names.delete(CREDENTIAL)) throw malformed("type_missing", `expected ${CREDENTIAL}`);
  return [...names].sort()[0] ?? CREDENTIAL;
}

/** The issuer's URL (section 4.7); refuses `issuer_invalid`. */
export function issuerOf(document: JsonObject): string {
  const value = member(document, "issuer");
  const name = isObject(value) ? member(value, "id") : value;
  if (!isUrl(name)) throw malformed("issuer_invalid", "member issuer is no URL");
  return name;
}

/** The one subject (section 4.8); refuses `subject_invalid`, `subject_many`. */
export function subjectOf(document: JsonObject): JsonObject {
  const all = entries(member(document, "credentialSubject") ?? null);
  if (all.length > 1) throw unsupported("subject_many", `${all.length} subjects`);
  const subject = all[0];
  if (!isObject(subject) || Object.keys(subject).length === 0) {
    throw malformed("subject_invalid", "member credentialSubject");
  }
  if (Object.hasOwn(subject, "id") && !isUrl(subject["id"])) {
    throw malformed("subject_invalid", "member id of the subject is no URL");
  }
  return subject;
}

/** The credential's own identifier (section 4.4); refuses `id_invalid`. */
export function credentialId(document: JsonObject): string | undefined {
  const name = member(document, "id");
  if (name !== undefined && !isUrl(name)) throw malformed("id_invalid", "member id is no URL");
  return name;
}

const NO_END = 253_402_300_799; // 9999-12-31T23:59:59Z, stated where an end could be hidden (decision 0016)

/** From when and until when, in seconds (section 4.9); refuses `context_missing`, `date_invalid`. */
export function validityOf(document: JsonObject): [from: number | undefined, until: number | undefined] {
  const context = entries(member(document, "@context") ?? null)[0];
  if (context !== V1_CONTEXT && context !== V2_CONTEXT) {
    throw malformed("context_missing", "the first context is not that of the data model");
  }
  const [first, last] = context === V1_CONTEXT ? ["issuanceDate", "expirationDate"] : ["validFrom", "validUntil"];
  const from = moment(document, first ?? "");
  const until = moment(document, last ?? "");
  if (context === V1_CONTEXT && from === undefined) throw malformed("date_invalid", "member issuanceDate is missing");
  if (from !== undefined && until !== undefined && from > until) throw malformed("date_invalid", "it ends before it starts");
  return [from, until === NO_END ? undefined : until];
}

/** The places in status lists (Bitstring Status List 1.0, section 2.1). */
export function statusOf(document: JsonObject): StatusReference[] {
  if (!Object.hasOwn(document, "credentialStatus")) return [];
  const all = entries(document["credentialStatus"] ?? null);
  if (all.length === 0 || all.length > MAX_STATUS_ENTRIES) {
    throw malformed("status_malformed", `${all.length} entries`);
  }
  return all.map(statusEntry);
}

/** Registered claims say the same as the members they stand for (VC-JOSE-COSE, 3.1.3). */
export function checkAgreement(payload: JsonObject): void {
  if (Object.hasOwn(payload, "vc") || Object.hasOwn(payload, "vp")) {
    throw malformed("claim_not_allowed", "a claim of data model 1.1");
  }
  const subject = member(payload, "credentialSubject");
  const sub = isObject(subject) ? member(subject, "id") : member(payload, "sub");
  const members = { iss: issuerOf(payload), jti: member(payload, "id"), sub };
  for (const [claim, value] of Object.entries(members)) {
    if (Object.hasOwn(payload, claim) && payload[claim] !== value) {
      throw malformed("claim_collision", `${claim} says something else`);
    }
  }
}

/** Read an XML Schema dateTimeStamp, in seconds; refuses `date_invalid`. */
export function parseTime(value: JsonValue | undefined, name: string): number {
  const found = typeof value === "string" ? TIME.exec(value) : null;
  if (!found) throw malformed("date_invalid", `member ${name}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const [zoneHour, zoneMinute] = [Number(found[10] ?? 0), Number(found[11] ?? 0)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) {
    throw malformed("date_invalid", `member ${name}`);
  }
  const zone = (found[9] === "-" ? -60 : 60) * (zoneHour * 60 + zoneMinute);
  const fraction = Math.floor(Number(found[7] ?? 0) * 1e6) / 1e6;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second + fraction - zone;
}

/** Whether the value is an absolute URL, of any scheme. */
export function isUrl(value: JsonValue | undefined): value is string {
  return typeof value === "string" && URL_SHAPE.test(value);
}

function moment(document: JsonObject, name: string): number | undefined {
  return Object.hasOwn(document, name) ? parseTime(document[name], name) : undefined;
}

function statusEntry(value: JsonValue): StatusReference {
  if (!isObject(value)) throw malformed("status_malformed", "member credentialStatus");
  if (member(value, "type") !== "BitstringStatusListEntry") {
    throw unsupported("status_type_unknown", "expected BitstringStatusListEntry");
  }
  const [purpose, uri] = [member(value, "statusPurpose"), member(value, "statusListCredential")];
  if (typeof purpose !== "string" || !STATUS_PURPOSES.has(purpose)) {
    throw unsupported("status_purpose_unknown", "member statusPurpose");
  }
  if (typeof uri !== "string" || !uri.startsWith("https://") || member(value, "id") === uri) {
    throw malformed("status_malformed", "member statusListCredential");
  }
  const index = member(value, "statusListIndex");
  if (typeof index !== "string" || !/^(?:0|[1-9][0-9]{0,19})$/.test(index) || Number(index) > MAX_STATUS_INDEX) {
    throw malformed("status_index_invalid", "member statusListIndex");
  }
  const size = member(value, "statusSize") ?? 1;
  if (!Number.isInteger(size) || Number(size) < 1) throw malformed("status_malformed", "member statusSize");
  if (Number(size) > MAX_STATUS_SIZE) throw unsupported("status_type_unknown", `statuses of ${String(size)} bits`);
  return { kind: "bitstring", uri, index: Number(index), purpose, size: Number(size) };
}

const entries = (value: JsonValue): JsonValue[] => (Array.isArray(value) ? value : [value]);
