/** What JSON pointers choose of a document (ECDSA Cryptosuites 1.0, 3.4.13), and whether that came back. */

import { rejected } from "../protocol/errors.ts";
import { canonicalJson, isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { same } from "../protocol/octets.ts";

/** The steps of a JSON pointer (RFC 6901). */
export function tokensOf(pointer: string): string[] {
  if (!pointer.startsWith("/")) throw rejected("pointer_invalid", "no JSON pointer");
  return pointer.slice(1).split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The document with what the pointers choose; identifiers and types of all that is around it go along. */
export function selected(document: JsonObject, pointers: readonly string[]): JsonObject {
  const found = begun(document);
  found["@context"] = document["@context"] ?? null;
  for (const pointer of pointers) put(found, document, tokensOf(pointer));
  return dense(found) as JsonObject;
}

/**
 * What came back is what was chosen, to the last value; else nothing of it is shown.
 *
 * Refuses `derived_differs`.
 */
export function checkDerived(derived: JsonObject, document: JsonObject, pointers: readonly string[]): void {
  const { proof, ...rest } = derived;
  if (!isObject(proof)) throw rejected("derived_differs", "no proof");
  if (!same(canonicalJson(rest as JsonObject), canonicalJson(selected(document, pointers)))) {
    throw rejected("derived_differs", "more, less or other than was chosen");
  }
}

function begun(value: JsonObject): JsonObject {
  const kept: JsonObject = {};
  const id = member(value, "id");
  if (typeof id === "string" && !id.startsWith("_:")) kept["id"] = id;
  const type = member(value, "type");
  if (type !== undefined) kept["type"] = type;
  return kept;
}

function put(found: JsonObject, document: JsonObject, tokens: readonly string[]): void {
  let [into, from]: [JsonObject | JsonValue[], JsonObject | JsonValue[]] = [found, document];
  for (const [place, token] of tokens.entries()) {
    const value = stepped(from, token);
    if (value === undefined) throw rejected("pointer_invalid", "it points at nothing");
    const last = place === tokens.length - 1;
    const there = stepped(into, token);
    const next = last ? whole(value) : there ?? (Array.isArray(value) ? [] : begun(value as JsonObject));
    if (Array.isArray(into)) into[Number(token)] = next;
    else into[token] = next;
    if (last) return;
    if (typeof value !== "object" || value === null) throw rejected("pointer_invalid", "it points into a value");
    [into, from] = [next as JsonObject | JsonValue[], value as JsonObject | JsonValue[]];
  }
}

function stepped(of: JsonObject | JsonValue[], token: string): JsonValue | undefined {
  if (!Array.isArray(of)) return member(of, token);
  return /^(?:0|[1-9][0-9]*)$/.test(token) ? of[Number(token)] : undefined;
}

const whole = (value: JsonValue): JsonValue => structuredClone(value);

/** Lists without the places that were left out. */
function dense(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.filter((each) => each !== undefined).map(dense);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, dense(each)]));
}
