/** What all messages share: https addresses, forms, and fields that are what they should be. */

import { rejected } from "./errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "./json.ts";
import { MAX_FORM_FIELDS, MAX_URL_LENGTH } from "./limits.ts";
import { utf8, type Octets } from "./octets.ts";

/** Whether `text` is one absolute https URL without user name and fragment. */
export function isHttpsUrl(text: JsonValue | undefined): text is string {
  if (typeof text !== "string" || text.length > MAX_URL_LENGTH || !/^https:\/\/[!-~]+$/i.test(text)) return false;
  const [, authority = ""] = /^https:\/\/([^/?#]*)/i.exec(text) ?? [];
  const named = /^(?:\[[0-9a-f:.]+\]|[^@:[\]\\]+)(?::[0-9]*)?$/i.test(authority);
  return named && !text.includes("\\") && !/#./.test(text) && URL.canParse(text) && !/:0+$/.test(authority);
}

/** Scheme, host and port of an https URL in one spelling. */
export function originOf(url: string): string {
  if (!isHttpsUrl(url)) throw rejected("request_uri_invalid", "no https address");
  return new URL(url).origin;
}

/** The form body of the fields that have a value. */
export function writeForm(fields: Record<string, string | undefined>): Octets {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  return utf8(form.toString());
}

/** The parameters of a query or fragment, each once; undefined where it is none. */
export function readFields(text: string): Map<string, string> | undefined {
  let wellFormed = true;
  try {
    decodeURIComponent(text.replaceAll(/%(?![0-9a-fA-F]{2})/g, "%25"));
  } catch {
    wellFormed = false;
  }
  const pairs = [...new URLSearchParams(text)].filter(([, value]) => value !== "");
  const fields = new Map(pairs);
  return wellFormed && pairs.length <= MAX_FORM_FIELDS && fields.size === pairs.length ? fields : undefined;
}

/** Reads the members of one message; each fault is refused with the message's own code. */
export class Fields {
  readonly object: JsonObject;
  private readonly code: string;

  constructor(value: JsonValue | undefined, code: string) {
    if (!isObject(value)) throw rejected(code, "expected an object");
    this.object = value;
    this.code = code;
  }

  /** A member that is absent or null. */
  lacks(name: string): boolean {
    return (member(this.object, name) ?? null) === null;
  }

  fail(name: string): never {
    throw rejected(this.code, name);
  }

  text(name: string, max = 512): string {
    return this.optionalText(name, max) || this.fail(name);
  }

  optionalText(name: string, max = 512): string | undefined {
    if (this.lacks(name)) return undefined;
    const value = this.object[name];
    return typeof value === "string" && [...value].length <= max ? value : this.fail(name);
  }

  url(name: string): string {
    return this.optionalUrl(name) ?? this.fail(name);
  }

  optionalUrl(name: string): string | undefined {
    if (this.lacks(name)) return undefined;
    const value = this.object[name];
    return isHttpsUrl(value) ? value : this.fail(name);
  }

  integer(name: string, least = Number.MIN_SAFE_INTEGER, most = Number.MAX_SAFE_INTEGER): number | undefined {
    if (this.lacks(name)) return undefined;
    const value = this.object[name];
    const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    return fits ? value : this.fail(name);
  }

  texts(name: string, max: number): string[] | undefined {
    const values = this.list(name, max);
    return values?.every((value) => typeof value === "string") ? (values as string[]) : values && this.fail(name);
  }

  /** A list that, where it is there, is not empty. */
  list(name: string, max: number): JsonValue[] | undefined {
    if (this.lacks(name)) return undefined;
    const value = this.object[name];
    return Array.isArray(value) && value.length > 0 && value.length <= max ? value : this.fail(name);
  }

  inner(name: string): Fields | undefined {
    return this.lacks(name) ? undefined : new Fields(this.object[name], this.code);
  }
}
