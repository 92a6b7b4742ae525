/** The sector's signed list of who may issue what: its signature, its end, and one question. */

import { peek, verifyJws } from "../protocol/jose.ts";
import { isObject, member, type JsonObject } from "../protocol/json.ts";
import { Refusal, rejected, undetermined } from "../protocol/errors.ts";
import { publicKeyFromJwk } from "../protocol/keys.ts";
import { CLOCK_SKEW } from "../protocol/limits.ts";
import { b64url, fromB64url, fromUtf8, sha } from "../protocol/octets.ts";
import { documentAt } from "./network.ts";

const GRANTED = "https://skillspass.example/trust/status/granted";
const WITHDRAWN = "https://skillspass.example/trust/status/withdrawn";

const ISSUERS = "https://skillspass.example/trust/lists/issuers/1";
const VERIFIERS = "https://skillspass.example/trust/lists/verifiers/1";
const ASKING = "https://skillspass.example/trust/services/verifier/1";
const BY_DID = "decentralized_identifier:";
const BY_CERTIFICATE = "x509_hash:";

/** A list whose signature held and that is not past its end. */
export interface SectorList {
  readonly entities: readonly JsonObject[];
  readonly sequence: number;
  readonly until: number; // its next update, in seconds: from then on it says nothing
}

/** Where a browser keeps the highest number of a list that it met. */
export interface Memory {
  readonly listed: () => Promise<number | undefined>;
  readonly keepListed: (sequence: number) => Promise<void>;
}

let memory: Memory | undefined;

/** From now on refuse a list that is older than one this browser met. */
export function rememberIn(kept: Memory): void {
  memory = kept;
}

/**
 * Fetch the list; undefined where there is none that can be used now, so that nobody is called known.
 *
 * `anchor` is the public JWK that must have signed it, `at` in seconds.
 */
export async function sectorList(
  url: string | undefined, anchor: JsonObject | undefined, at: number,
): Promise<SectorList | undefined> {
  if (url === undefined || anchor === undefined) return undefined;
  try {
    const seen = await memory?.listed();
    const list = await readSectorList(fromUtf8(await documentAt(url)).trim(), anchor, at, seen);
    if (list.sequence !== seen) await memory?.keepListed(list.sequence);
    return list;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Whether the sector's second list names this asker now; false where there is no list that can be used. */
export async function isKnownAsker(
  clientId: string, url: string | undefined, anchor: JsonObject | undefined, at: number,
): Promise<boolean> {
  if (url === undefined || anchor === undefined) return false;
  try {
    const list = await readSectorList(fromUtf8(await documentAt(url)).trim(), anchor, at, 0, VERIFIERS);
    const name = await nameOf(list, clientId);
    return !list.entities.map(profileOf).some((each) => each["Identifier"] === name && each["GoneSince"] != null) && mayIssue(list, name, ASKING, at);
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Whom a list means by a client id: by its DID, or by a certificate of its own; empty where nobody. */
async function nameOf({ entities }: SectorList, clientId: string): Promise<string> {
  if (clientId.startsWith(BY_DID)) return clientId.slice(BY_DID.length);
  for (const profile of entities.map(profileOf)) {
    const held = member(profile, "Certificates");
    for (const each of (Array.isArray(held) ? held : []).filter(isObject)) {
      const der = fromB64url(String(each["val"]).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
      if (each["Compromised"] !== true && clientId === BY_CERTIFICATE + b64url(await sha(der))) return String(profile["Identifier"]);
    }
  }
  return "";
}

/** What the list says of an entity beside its names; empty where nothing. */
export const profileOf = (entity: JsonObject): JsonObject => firstOf(objectIn(entity, "TrustedEntityInformation"), "TEInformationExtensions");

/** Check a list and read it; refuses `trust_list_invalid`, `trust_list_stale`, and under `seen` `trust_list_rollback`. */
export async function readSectorList(
  token: string, anchor: JsonObject, at: number, seen = 0, kind = ISSUERS,
): Promise<SectorList> {
  const signed = peek(token, { typ: ["trustlist+jwt"] });
  await verifyJws(signed, await publicKeyFromJwk(anchor));
  const lote = objectAt(signed.payload, "LoTE");
  const scheme = objectAt(lote, "ListAndSchemeInformation");
  const entities = member(lote, "TrustedEntitiesList");
  if (!Array.isArray(entities) || !entities.every(isObject)) throw rejected("trust_list_invalid", "TrustedEntitiesList");
  const sequence = member(scheme, "LoTESequenceNumber");
  const ahead = !(timeOf(scheme, "ListIssueDateTime") <= at + CLOCK_SKEW);
  if (member(scheme, "LoTEType") !== kind || typeof sequence !== "number" || ahead) throw rejected("trust_list_invalid", "another list");
  if (sequence < seen) throw rejected("trust_list_rollback", `${sequence}, seen ${seen}`);
  if (!(timeOf(scheme, "NextUpdate") > at)) throw undetermined("trust_list_stale");
  return { entities, sequence, until: timeOf(scheme, "NextUpdate") };
}

/** A list until its next update; past it nobody is called known. */
export const current = (list: SectorList | undefined, at: number): SectorList | undefined => (list && at < list.until ? list : undefined);

/** Whether the list says that this issuer may issue this type at that moment. */
export function mayIssue(list: SectorList | undefined, issuer: string, type: string, at: number): boolean {
  return Boolean(roleOf(list, issuer, type, at));
}

/** In which role the list says so; empty where it knows the issuer and does not say so, null where it knows no such issuer. */
export function roleOf(list: SectorList | undefined, issuer: string, type: string, at: number): string | null {
  let role = null;
  for (const entity of list?.entities ?? []) {
    const services = member(entity, "TrustedEntityServices");
    if (profileOf(entity)["Identifier"] !== issuer || !Array.isArray(services)) continue;
    role = "";
    for (const service of services.filter(isObject)) {
      const extension = firstOf(objectIn(service, "ServiceInformation"), "ServiceInformationExtensions");
      if (isGiven(service, type, at)) return String(member(extension, "Role"));
    }
  }
  return role;
}

/** Whether a service was given at a moment: one that was withdrawn was until then. */
function isGiven(service: JsonObject, type: string, at: number): boolean {
  const [now, before] = [objectIn(service, "ServiceInformation"), firstOf(service, "ServiceHistory")];
  const is = (one: JsonObject, status: string): boolean => one["ServiceTypeIdentifier"] === type && one["ServiceStatus"] === status;
  const since = timeOf(now, "StatusStartingTime");
  if (is(now, WITHDRAWN)) return is(before, GRANTED) && timeOf(before, "StatusStartingTime") <= at && at < since;
  const extension = firstOf(now, "ServiceInformationExtensions");
  const ends = member(extension, "ValidUntil") == null ? Infinity : timeOf(extension, "ValidUntil");
  return is(now, GRANTED) && since <= at && at < ends;
}

/** In seconds; NaN, which lies before and after nothing, where there is no moment. */
export const timeOf = (object: JsonObject, name: string): number => Date.parse(String(member(object, name))) / 1000;

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  if (!isObject(value)) throw rejected("trust_list_invalid", name);
  return value;
}

/** A member that is an object; else an empty one. */
function objectIn(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  return isObject(value) ? value : {};
}

/** The first object of a list; else an empty one. */
function firstOf(object: JsonObject, name: string): JsonObject {
  const value = member(object, name);
  const [first] = Array.isArray(value) ? value : [];
  return isObject(first) ? first : {};
}
