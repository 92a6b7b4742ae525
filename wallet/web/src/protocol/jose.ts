/** Compact JWS (RFC 7515): one strict reader, few algorithms (RFC 8725). */

import { malformed, rejected } from "./errors.ts";
import { canonicalJson, member, parseObject, type JsonObject } from "./json.ts";
import { verifySignature, type PublicKey, type Signer } from "./keys.ts";
import { MAX_HEADER_BYTES, MAX_TOKEN_BYTES } from "./limits.ts";
import { b64url, fromB64url, latin1, type Octets } from "./octets.ts";

/** Names of algorithms that no key of ours has: a foreign key, and no trick such as `none`. */
const OF_NO_KEY = new Set([
  "ES256K", "ES512", "ESB256", "ESB384", "RS1", "RS256", "RS384", "RS512",
  "PS256", "PS384", "PS512", "Ed448", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87",
]);
const OURS = new Set(["ES256", "ES384", "EdDSA"]);
const TOKEN = /^[A-Za-z0-9_\-=+/\r\n.~]*$/; // also loose base64, which is refused by its own name

/** The end of the year 9999, where our dates end. */
export const LAST_SECOND = 253_402_300_799;

/** A parsed JWS. Nothing in it is true until `verifyJws` has returned. */
export interface Jws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signingInput: Octets;
  readonly signature: Octets;
}

/** What a reader of a token allows in its header. */
export interface Allowed {
  readonly typ: readonly string[]; // the token types that may stand here, compared exactly
  readonly headerKey?: boolean; // the key travels in the header, as in a proof of possession
  readonly chain?: boolean; // the caller checks the certificate chain in `x5c`
}

/** Sign a payload; `alg` comes from the key. */
export async function signCompact(header: JsonObject, payload: JsonObject, signer: Signer): Promise<string> {
  const named = canonicalJson({ ...header, alg: signer.public.algorithm });
  const signingInput = `${b64url(named)}.${b64url(canonicalJson(payload))}`;
  return `${signingInput}.${b64url(await signer.sign(latin1(signingInput)))}`;
}

/** The text can be a token; refuses `token_malformed`. */
export function checkTokenText(token: string): void {
  const wrong = !token || token.length > MAX_TOKEN_BYTES || !TOKEN.test(token);
  if (wrong || "\r\n".includes(token.charAt(0)) || "\r\n".includes(token.at(-1) ?? "")) {
    throw malformed("token_malformed", `${token.length} characters`);
  }
}

/**
 * Read a compact JWS without checking its signature.
 *
 * Refuses `token_malformed`, `jws_expected`, `base64_not_strict`, `typ_not_allowed`,
 * `crit_unknown`, `alg_not_allowed`, `alg_key_mismatch`, `key_not_from_issuer`, `x5c_invalid`,
 * or as `parseJson`.
 */
export function peek(token: string, allowed: Allowed): Jws {
  checkTokenText(token);
  const parts = token.split(".");
  if (parts.length === 5) throw malformed("jws_expected", "an encrypted token");
  const [protectedHeader, payload, signature] = parts;
  if (parts.length !== 3 || token.includes("~") || protectedHeader === undefined) {
    throw malformed("token_malformed", `${parts.length} parts, expected 3`);
  }
  const header = readHeader(protectedHeader);
  checkHeader(header, allowed.typ);
  const octets = fromB64url(signature ?? "");
  if (!allowed.headerKey && !Object.hasOwn(header, "kid")) refuseKeyOfSender(header, allowed.chain);
  return {
    header,
    payload: parseObject(fromB64url(payload ?? "")),
    signingInput: latin1(`${protectedHeader}.${payload}`),
    signature: octets,
  };
}

/** Check the signature under a key that the caller trusts. */
export async function verifyJws(jws: Jws, key: PublicKey): Promise<void> {
  if (member(jws.header, "alg") !== key.algorithm) {
    throw rejected("alg_key_mismatch", `the key is for ${key.algorithm}`);
  }
  await verifySignature(key, jws.signature, jws.signingInput);
}

/** A NumericDate in seconds (RFC 7519, section 2); undefined where absent; refuses `date_invalid`. */
export function numericDate(payload: JsonObject, name: string): number | undefined {
  const value = member(payload, name);
  if (value === undefined) return undefined;
  if (typeof value !== "number" || value < 0 || value > LAST_SECOND) {
    throw malformed("date_invalid", `${name} is no time`);
  }
  return value;
}

/** The protected header of any token of ours. */
export function readHeader(encoded: string): JsonObject {
  const header = parseObject(fromB64url(encoded), MAX_HEADER_BYTES);
  if (Object.hasOwn(header, "crit") || Object.hasOwn(header, "b64")) {
    throw malformed("crit_unknown", "we know no critical header");
  }
  if (typeof (member(header, "kid") ?? "") !== "string") throw malformed("token_malformed", "kid is no string");
  return header;
}

function checkHeader(header: JsonObject, typ: readonly string[]): void {
  const algorithm = String(member(header, "alg"));
  if (OF_NO_KEY.has(algorithm)) throw rejected("alg_key_mismatch", "no key of ours has this algorithm");
  if (!OURS.has(algorithm) || typeof member(header, "alg") !== "string") {
    throw rejected("alg_not_allowed", "not ES256, ES384 or EdDSA");
  }
  const kind = member(header, "typ");
  if (typeof kind !== "string" || !typ.includes(kind)) {
    throw malformed("typ_not_allowed", `expected ${typ.join(", ")}`);
  }
}

function refuseKeyOfSender(header: JsonObject, chain = false): void {
  if (["jwk", "jku", "x5u"].some((name) => Object.hasOwn(header, name))) {
    throw rejected("key_not_from_issuer", "the header brings its own key");
  }
  if (Object.hasOwn(header, "x5c") && !chain) throw rejected("x5c_invalid", "no anchor of certificates is known");
}
