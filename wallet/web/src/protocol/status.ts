/** Token Status List (draft-ietf-oauth-status-list): one status out of many. */

import { malformed, Refusal, undetermined } from "./errors.ts";
import { numericDate, peek, verifyJws, type Jws } from "./jose.ts";
import { isObject, member } from "./json.ts";
import type { PublicKey } from "./keys.ts";
import { CLOCK_SKEW, MAX_STATUS_LIST_BYTES } from "./limits.ts";
import { concat, fromB64url, type Octets } from "./octets.ts";

const WIDTHS = new Set([1, 2, 4, 8]);

/** A status list whose signature and dates held; moments in seconds. */
export interface TokenStatusList {
  readonly issuedAt: number;
  readonly expires: number | undefined;
  readonly timeToLive: number | undefined;
  readonly bits: number;
  readonly octets: Octets;
}

/** The `kid` that a status list token names, unchecked, to look up its key. */
export function statusKeyId(token: string): string | undefined {
  const named = member(peekStatus(token).header, "kid");
  return typeof named === "string" ? named : undefined;
}

/**
 * Check a status list token (section 8.3) and open its list.
 *
 * Refuses `status_invalid` (undetermined), `status_list_malformed`, `status_list_too_large`.
 */
export async function readStatusList(token: string, uri: string, key: PublicKey, at: number): Promise<TokenStatusList> {
  const jws = peekStatus(token);
  let [issuedAt, expires]: (number | undefined)[] = [];
  try {
    await verifyJws(jws, key);
    [issuedAt, expires] = ["iat", "exp"].map((name) => numericDate(jws.payload, name));
  } catch (error) {
    throw error instanceof Refusal ? undetermined("status_invalid", error.code) : error;
  }
  const future = issuedAt === undefined || issuedAt > at + CLOCK_SKEW;
  if (member(jws.payload, "sub") !== uri || future || (expires !== undefined && at >= expires)) {
    throw undetermined("status_invalid", "another address, or another time");
  }
  const list = member(jws.payload, "status_list");
  const text = isObject(list) ? member(list, "lst") : undefined;
  if (!isObject(list) || typeof text !== "string") throw malformed("status_list_malformed", "no list");
  const compressed = fromB64url(text);
  const ttl = member(jws.payload, "ttl") ?? undefined;
  if (ttl !== undefined && !(typeof ttl === "number" && Number.isInteger(ttl) && ttl > 0 && ttl < 2 ** 31)) {
    throw malformed("status_list_malformed", "ttl is no positive number");
  }
  const bits = member(list, "bits");
  if (typeof bits !== "number" || !WIDTHS.has(bits)) throw malformed("status_list_malformed", "bits");
  return { issuedAt: issuedAt ?? 0, expires, timeToLive: ttl, bits, octets: await inflate(compressed) };
}

/** The status at `index`: 0 valid, 1 revoked, 2 suspended; refuses `status_index_invalid`. */
export function statusAt(list: TokenStatusList, index: number): number {
  const octet = Number.isInteger(index) ? list.octets[Math.floor((index * list.bits) / 8)] : undefined;
  if (octet === undefined) throw malformed("status_index_invalid", "not a place of the list");
  return (octet >> ((index * list.bits) % 8)) & ((1 << list.bits) - 1); // lowest bits first (4.1)
}

function peekStatus(token: string): Jws {
  try {
    return peek(token, { typ: ["statuslist+jwt"] });
  } catch (error) {
    if (error instanceof Refusal) throw undetermined("status_invalid", error.code);
    throw error;
  }
}

/** One whole zlib stream, or a gzip one; reading stops at the limit, so that a small bomb stays small. */
export async function inflate(compressed: Octets, format: CompressionFormat = "deflate"): Promise<Octets> {
  const reader = new Blob([compressed]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.length;
      if (size > MAX_STATUS_LIST_BYTES) break;
      chunks.push(read.value);
    }
  } catch {
    throw malformed("status_list_malformed", "not one whole stream");
  }
  if (size > MAX_STATUS_LIST_BYTES) {
    await reader.cancel().catch(() => undefined);
    throw malformed("status_list_too_large", `more than ${MAX_STATUS_LIST_BYTES} octets`);
  }
  const octets = concat(...chunks);
  if (format === "deflate") checkAdler(octets, compressed);
  return octets;
}

/** The stream ends with the checksum of what came out of it (RFC 1950): nothing lies behind it. */
function checkAdler(octets: Octets, compressed: Octets): void {
  let [low, high] = [1, 0];
  for (const octet of octets) {
    low = (low + octet) % 65_521;
    high = (high + low) % 65_521;
  }
  const found = compressed.length < 6 ? -1 : new DataView(compressed.buffer).getUint32(compressed.length - 4);
  if (found !== high * 65_536 + low) throw malformed("status_list_malformed", "not one whole zlib stream");
}
