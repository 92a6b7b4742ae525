/** Selective Disclosure for JWTs (RFC 9901): split, and open again. */

import { spelled, type ClaimsPath } from "./claims.ts";
import { malformed, rejected } from "./errors.ts";
import { checkTokenText } from "./jose.ts";
import { checkJson, isObject, member, parseJson, type JsonObject, type JsonValue } from "./json.ts";
import { MAX_DISCLOSURES, MAX_JSON_DEPTH } from "./limits.ts";
import { b64url, fromB64url, latin1, sha } from "./octets.ts";

const SD = "_sd";
const SD_ALG = "_sd_alg";
const ELEMENT = "...";
const RESERVED = new Set([SD, SD_ALG, ELEMENT]);

/** The parts of the compact text (section 4). */
export interface SdJwt {
  readonly issuerJwt: string;
  readonly disclosures: readonly string[]; // as they travel, in base64url
  readonly keyBinding: string | undefined; // the holder's JWT, where there is one
}

/** Where a disclosure landed, and its text. */
export type Placed = readonly [path: ClaimsPath, text: string];

/** A payload with its disclosures put in place (section 7.1). */
export interface Opened {
  readonly payload: JsonObject;
  readonly disclosures: readonly Placed[];
}

/** Take the compact text apart; refuses `too_many_disclosures`, `token_malformed`. */
export function split(text: string): SdJwt {
  const [issuerJwt = "", ...rest] = text.split("~", MAX_DISCLOSURES + 3);
  if (rest.length > MAX_DISCLOSURES + 1) throw malformed("too_many_disclosures", `more than ${MAX_DISCLOSURES}`);
  checkTokenText(text);
  const last = rest.pop() ?? "";
  if (!issuerJwt || rest.includes("") || (last && !last.includes("."))) {
    throw malformed("token_malformed", "an empty part, or no ~ at the end");
  }
  return { issuerJwt, disclosures: rest, keyBinding: last || undefined };
}

/** Put the compact text together; it ends with `~`, ready to be bound. */
export function join(issuerJwt: string, disclosures: readonly string[]): string {
  return [issuerJwt, ...disclosures, ""].join("~");
}

/** The digest of a disclosure, or of a whole presentation (4.2.3, 4.3.1). */
export async function digest(text: string): Promise<string> {
  return b64url(await sha(latin1(text)));
}

/**
 * Check every disclosure and put it in its place (7.1, steps 1 to 5); `payload` stays as it is.
 *
 * Refuses `sd_alg_not_allowed`, `disclosure_malformed`, `disclosure_duplicate`,
 * `disclosure_name_reserved`, `disclosure_unreferenced`, `digest_malformed`, `digest_duplicate`,
 * `placeholder_malformed`, `claim_collision`, `too_many_disclosures`, `too_deep`, `too_large`.
 */
export async function openDisclosures(payload: JsonObject, disclosures: readonly string[]): Promise<Opened> {
  if (disclosures.length > MAX_DISCLOSURES) throw malformed("too_many_disclosures", `more than ${MAX_DISCLOSURES}`);
  if ((member(payload, SD_ALG) ?? "sha-256") !== "sha-256") throw malformed("sd_alg_not_allowed", "expected sha-256");
  const waiting = new Map<string, Disclosure>();
  for (const text of disclosures) {
    const hashed = await digest(text);
    if (waiting.has(hashed)) throw malformed("disclosure_duplicate", "one disclosure twice");
    waiting.set(hashed, readDisclosure(text));
  }
  const opening = new Opening(waiting);
  const top = Object.create(null) as JsonObject;
  for (const [name, value] of Object.entries(payload)) if (name !== SD_ALG) top[name] = value;
  const opened = opening.object(top, []);
  if (waiting.size > 0) throw rejected("disclosure_unreferenced", `${waiting.size} without a digest`);
  checkJson(opened);
  return { payload: opened, disclosures: [...opening.placed.values()] };
}

interface Disclosure {
  readonly text: string;
  readonly name: string | undefined; // undefined for a list element
  readonly value: JsonValue;
}

function readDisclosure(text: string): Disclosure {
  const parts = parseJson(fromB64url(text));
  if (!Array.isArray(parts) || parts.length < 2 || parts.length > 3) {
    throw malformed("disclosure_malformed", "expected a list of two or three");
  }
  const [salt, name = null, value = null] = parts;
  if (typeof salt !== "string") throw malformed("disclosure_malformed", "the salt is no string");
  if (parts.length === 2) return { text, name: undefined, value: name };
  if (typeof name !== "string") throw malformed("disclosure_malformed", "the name is no string");
  if (RESERVED.has(name)) throw malformed("disclosure_name_reserved", "a name of the mechanism");
  return { text, name, value };
}

/** What is known while one payload is opened. */
class Opening {
  readonly placed = new Map<string, Placed>();
  private readonly seen = new Set<string>();
  private readonly waiting: Map<string, Disclosure>;

  constructor(waiting: Map<string, Disclosure>) {
    this.waiting = waiting;
  }

  /** The disclosure behind a digest, which may occur once in the whole payload. */
  private take(value: JsonValue | undefined): Disclosure | undefined {
    if (typeof value !== "string") throw malformed("digest_malformed", "a digest that is no string");
    if (this.seen.has(value)) throw malformed("digest_duplicate", "one digest in two places");
    this.seen.add(value);
    const disclosure = this.waiting.get(value);
    this.waiting.delete(value);
    return disclosure; // undefined: a decoy, or withheld
  }

  private place(path: ClaimsPath, disclosure: Disclosure): JsonValue {
    this.placed.set(spelled(path), [path, disclosure.text]);
    return this.open(disclosure.value, path);
  }

  private open(value: JsonValue, path: ClaimsPath): JsonValue {
    if (Array.isArray(value)) return this.list(value, path);
    return isObject(value) ? this.object(value, path) : value;
  }

  object(node: JsonObject, path: ClaimsPath): JsonObject {
    checkDepth(path);
    const result = Object.create(null) as JsonObject;
    for (const [name, value] of Object.entries(node)) {
      if (!RESERVED.has(name)) result[name] = this.open(value, [...path, name]);
    }
    for (const hashed of digestsOf(node)) {
      const disclosure = this.take(hashed);
      if (!disclosure) continue;
      const { name } = disclosure;
      if (name === undefined) throw malformed("disclosure_malformed", "an element where a member belongs");
      if (Object.hasOwn(result, name)) throw malformed("claim_collision", "the object has that name already");
      result[name] = this.place([...path, name], disclosure);
    }
    return result;
  }

  private list(node: JsonValue[], path: ClaimsPath): JsonValue[] {
    checkDepth(path);
    const result: JsonValue[] = [];
    for (const value of node) {
      const here = [...path, result.length];
      if (!isObject(value) || !Object.hasOwn(value, ELEMENT)) {
        result.push(this.open(value, here));
        continue;
      }
      if (Object.keys(value).length !== 1 || typeof value[ELEMENT] !== "string") {
        throw malformed("placeholder_malformed", "expected one member, a string");
      }
      const disclosure = this.take(value[ELEMENT]);
      if (!disclosure) continue;
      if (disclosure.name !== undefined) throw malformed("disclosure_malformed", "a member where an element belongs");
      result.push(this.place(here, disclosure));
    }
    return result;
  }
}

function checkDepth(path: ClaimsPath): void {
  if (path.length >= MAX_JSON_DEPTH) throw malformed("too_deep", `more than ${MAX_JSON_DEPTH} levels`);
}

function digestsOf(node: JsonObject): JsonValue[] {
  if (Object.hasOwn(node, SD_ALG)) throw malformed("sd_alg_not_allowed", "not at the top");
  if (Object.hasOwn(node, ELEMENT)) throw malformed("placeholder_malformed", "not an element of a list");
  const digests = member(node, SD) ?? [];
  if (!Array.isArray(digests)) throw malformed("digest_malformed", "_sd is no list");
  return digests;
}
