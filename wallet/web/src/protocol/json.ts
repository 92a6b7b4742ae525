/** JSON that every reader understands alike (RFC 7493), and its one spelling (RFC 8785). */

import { malformed, NumberRefused, type Refusal } from "./errors.ts";
import { MAX_JSON_DEPTH, MAX_JSON_ITEMS, MAX_TOKEN_BYTES } from "./limits.ts";
import { fromUtf8, utf8, type Octets } from "./octets.ts";

/** What JSON can say. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A JSON object; ask `member` for what a stranger wrote. */
export interface JsonObject {
  [name: string]: JsonValue;
}

/** What a scan has to see: strings whole, numbers, the constants that JSON lacks, and marks. */
const TOKENS = /"(?:[^"\\]|\\.)*"?|NaN|-?Infinity|-?[0-9][0-9.eE+-]*|[{}[\],:]/gs;

/** Whether a value is a JSON object. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member of its own, never one of a prototype. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Read JSON; size, depth and number of items are measured before the parser runs.
 *
 * Refuses `too_large`, `too_deep`, `json_duplicate_key`, `json_malformed`.
 */
export function parseJson(data: Octets | string, maxBytes = MAX_TOKEN_BYTES, maxItems = MAX_JSON_ITEMS): JsonValue {
  const octets = typeof data === "string" ? utf8(data) : data;
  if (octets.length > maxBytes) throw malformed("too_large", `${octets.length} octets`);
  const text = typeof data === "string" ? data : fromUtf8(data);
  const fault = scan(text, maxItems);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw fault instanceof NumberRefused ? fault : malformed("json_malformed", "no JSON");
  }
  if (fault) throw fault;
  return value;
}

/** Read a JSON object as `parseJson` does. */
export function parseObject(data: Octets | string, maxBytes = MAX_TOKEN_BYTES, maxItems = MAX_JSON_ITEMS): JsonObject {
  const value = parseJson(data, maxBytes, maxItems);
  if (!isObject(value)) throw malformed("json_malformed", "expected an object");
  return value;
}

/** Hold a value that was put together against the same limits. */
export function checkJson(value: JsonValue): void {
  let items = 0;
  let level: JsonValue[] = [value];
  for (let depth = 0; depth <= MAX_JSON_DEPTH; depth++) {
    const containers = level.filter((node) => typeof node === "object" && node !== null);
    level = containers.flatMap((node) => Object.values(node as JsonObject));
    items += level.length;
    if (items > MAX_JSON_ITEMS) throw malformed("too_large", `more than ${MAX_JSON_ITEMS} items`);
    if (containers.length === 0) return;
  }
  throw malformed("too_deep", `more than ${MAX_JSON_DEPTH} levels`);
}

/** The JSON Canonicalization Scheme (RFC 8785), as UTF-8. */
export function canonicalJson(value: JsonValue): Octets {
  return utf8(spell(value));
}

function spell(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(",")}]`;
  if (isObject(value)) {
    const names = Object.keys(value).sort(); // by UTF-16 code units, as section 3.2.3 wants
    return `{${names.map((name) => `${spell(name)}:${spell(value[name] ?? null)}`).join(",")}}`;
  }
  if (typeof value === "string" && !value.isWellFormed()) throw malformed("json_malformed", "a lone surrogate");
  if (typeof value === "number" && !Number.isFinite(value)) throw new NumberRefused();
  return JSON.stringify(value);
}

/** A container that the scan is inside of; a list has no names. */
interface Open {
  readonly names: Set<string> | undefined;
  name: string | undefined;
  twice: boolean;
}

/**
 * Depth and items, which refuse at once; returns the first other fault, which counts where the
 * text is JSON: a name twice, a number outside I-JSON, a lone surrogate.
 */
function scan(text: string, maxItems: number): Refusal | undefined {
  const open: Open[] = [];
  let items = 0;
  let fault: Refusal | undefined;
  let before = "";
  for (const [token] of text.matchAll(TOKENS)) {
    const inside = open.at(-1);
    if (token === "," || ("{[".includes(before) && before && !"}]".includes(token))) items++;
    if (token === "{" || token === "[") {
      open.push({ names: token === "{" ? new Set() : undefined, name: undefined, twice: false });
      if (open.length > MAX_JSON_DEPTH) throw malformed("too_deep", `more than ${MAX_JSON_DEPTH} levels`);
    } else if (token === "}" || token === "]") {
      if (inside?.twice) fault ??= malformed("json_duplicate_key", "a name occurs twice in one object");
      open.pop();
    } else if (token.startsWith('"')) {
      const plain = unescaped(token);
      if (!plain.isWellFormed()) fault ??= malformed("json_malformed", "a lone surrogate");
      if (inside?.names && before !== ":") {
        inside.twice ||= inside.names.has(plain);
        inside.names.add(plain);
        inside.name = plain;
      }
    } else if (/[0-9NI]/.test(token) && !isInIJson(token)) {
      fault ??= new NumberRefused(open.length === 1 ? inside?.name : undefined);
    }
    before = token;
  }
  if (items > maxItems) throw malformed("too_large", `more than ${maxItems} items`);
  return fault;
}

function unescaped(token: string): string {
  if (!token.includes("\\")) return token.slice(1, -1);
  try {
    return String(JSON.parse(token));
  } catch {
    return token; // no JSON: the parser will say so
  }
}

function isInIJson(digits: string): boolean {
  const value = Number(digits);
  return /[.eEN]/.test(digits) || !/[0-9]/.test(digits) ? Number.isFinite(value) : Number.isSafeInteger(value);
}
