/** Octets and their strict spellings: UTF-8, base64url (RFC 4648), base58btc, varint. */

import { malformed } from "./errors.ts";

/** Octets that WebCrypto takes as they are. */
export type Octets = Uint8Array<ArrayBuffer>;

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const MAX_BASE58_CHARACTERS = 512; // quadratic time; our longest key has 140 characters
const MAX_VARINT_BYTES = 9;
const CHUNK = 0x8000; // arguments of one call

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The UTF-8 of a text that holds no lone surrogate. */
export function utf8(text: string): Octets {
  if (!text.isWellFormed()) throw malformed("json_malformed", "a lone surrogate");
  return ENCODER.encode(text);
}

/** Read UTF-8; refuses `json_malformed`. */
export function fromUtf8(octets: Uint8Array): string {
  try {
    return DECODER.decode(octets);
  } catch {
    throw malformed("json_malformed", "not UTF-8");
  }
}

/** Octets one after another; texts as UTF-8. */
export function concat(...parts: (Uint8Array | string)[]): Octets {
  const all = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const joined = new Uint8Array(all.reduce((size, part) => size + part.length, 0));
  let place = 0;
  for (const part of all) {
    joined.set(part, place);
    place += part.length;
  }
  return joined;
}

/** Whether both hold the same octets; takes as long whatever differs. */
export function same(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= (one[i] ?? 0) ^ (other[i] ?? 0);
  return difference === 0;
}

/** Base64url without padding (RFC 7515, section 2). */
export function b64url(octets: Uint8Array): string {
  let text = "";
  for (let i = 0; i < octets.length; i += CHUNK) text += String.fromCharCode(...octets.subarray(i, i + CHUNK));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Read base64url in its one canonical spelling; refuses `base64_not_strict`. */
export function fromB64url(text: string): Octets {
  if (/^[A-Za-z0-9_-]*$/.test(text) && !text.endsWith("\n") && text.length % 4 !== 1) {
    const octets = latin1(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    if (b64url(octets) === text) return octets;
  }
  throw malformed("base64_not_strict", `${text.length} characters`);
}

/** One octet for each character below 256. */
export function latin1(text: string): Octets {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) octets[i] = text.charCodeAt(i);
  return octets;
}

/** An unsigned number, the highest octet first. */
export function number(octets: Uint8Array): bigint {
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return value;
}

/** A number in `size` octets, the highest first. */
export function bigEndian(value: bigint | number, size: number): Octets {
  const octets = new Uint8Array(size);
  let rest = BigInt(value);
  for (let i = size - 1; i >= 0; i--) {
    octets[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return octets;
}

/** Read base58; refuses `multibase_malformed`. */
export function fromBase58(text: string): Octets {
  if (text.length > MAX_BASE58_CHARACTERS) throw malformed("multibase_malformed", "too long");
  let value = 0n;
  for (const character of text) {
    const digit = BASE58.indexOf(character);
    if (digit < 0) throw malformed("multibase_malformed", "a character outside base58");
    value = value * 58n + BigInt(digit);
  }
  const zeros = text.length - text.replace(/^1+/, "").length;
  const size = value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);
  return concat(new Uint8Array(zeros), bigEndian(value, size));
}

/** Read multibase of base58btc (`z`) or base64url (`u`). */
export function fromMultibase(text: string): Octets {
  if (text.startsWith("z")) return fromBase58(text.slice(1));
  if (text.startsWith("u")) return fromB64url(text.slice(1));
  throw malformed("multibase_malformed", "expected the prefix z or u");
}

/** Read one varint; returns it with the octets behind it; refuses `varint_malformed`. */
export function fromVarint(octets: Octets): [bigint, Octets] {
  let value = 0n;
  for (let i = 0; i < Math.min(octets.length, MAX_VARINT_BYTES); i++) {
    const octet = octets[i] ?? 0;
    value |= BigInt(octet & 0x7f) << BigInt(7 * i);
    if (octet < 0x80) {
      if (octet === 0 && i > 0) throw malformed("varint_malformed", "not minimal");
      return [value, octets.slice(i + 1)];
    }
  }
  throw malformed("varint_malformed", "no last octet");
}

/** SHA-256, or SHA-384. */
export async function sha(octets: Octets, bits: 256 | 384 = 256): Promise<Octets> {
  return new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, octets));
}
