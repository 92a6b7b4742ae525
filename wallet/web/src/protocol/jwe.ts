/** Compact JWE (RFC 7516): ECDH-ES on P-256, direct, with A128GCM or A256GCM. */

import { malformed, Refusal, rejected } from "./errors.ts";
import { checkTokenText, readHeader } from "./jose.ts";
import { canonicalJson, isObject, member, type JsonObject, type JsonValue } from "./json.ts";
import { publicKeyFromJwk } from "./keys.ts";
import { b64url, bigEndian, concat, fromB64url, latin1, sha, utf8, type Octets } from "./octets.ts";

/** What HAIP 1.0 asks of every wallet and verifier. */
export type ContentEncryption = "A128GCM" | "A256GCM";

const ECDH = { name: "ECDH", namedCurve: "P-256" };

/** What a sender may say beside the plaintext. */
export interface SealingOptions {
  readonly enc?: ContentEncryption;
  readonly kid?: string;
  readonly apu?: Octets;
  readonly apv?: Octets;
}

/** Encrypt to a public P-256 key (RFC 7518, 4.6); refuses `key_invalid`. */
export async function encryptCompact(
  payload: Octets, recipient: JsonObject, options: SealingOptions = {},
): Promise<string> {
  const enc = options.enc ?? "A128GCM";
  const own = await crypto.subtle.generateKey(ECDH, true, ["deriveBits"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", own.publicKey);
  const kid = options.kid ?? member(recipient, "kid");
  const header: JsonObject = { alg: "ECDH-ES", enc, epk: { kty, crv, x, y } as JsonObject };
  if (typeof kid === "string") header["kid"] = kid;
  if (options.apu) header["apu"] = b64url(options.apu);
  if (options.apv) header["apv"] = b64url(options.apv);
  const aad = b64url(canonicalJson(header));
  const key = await agree(own.privateKey, await agreementJwk(recipient), header, "encrypt");
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const parameters = { name: "AES-GCM", iv, additionalData: latin1(aad) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, key, payload));
  return [aad, "", b64url(iv), b64url(sealed.subarray(0, -16)), b64url(sealed.subarray(-16))].join(".");
}

/**
 * Decrypt a compact JWE made for one of our keys.
 *
 * Refuses `token_malformed`, `jwe_zip_not_allowed`, `crit_unknown`, `key_invalid`,
 * `alg_not_allowed`, and `encryption_key_unknown` where it does not open with this key.
 */
export async function decryptCompact(token: string, privateJwk: JsonObject): Promise<Octets> {
  const { header, aad, iv, sealed, epk } = await readJwe(token);
  const ours = member(privateJwk, "kid");
  if (Object.hasOwn(header, "kid") && ours !== undefined && header["kid"] !== ours) {
    throw rejected("encryption_key_unknown", "made for another key");
  }
  const key = await importPrivate(privateJwk);
  try {
    const content = await agree(key, epk, header, "decrypt");
    const parameters = { name: "AES-GCM", iv, additionalData: latin1(aad) };
    return new Uint8Array(await crypto.subtle.decrypt(parameters, content, sealed));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw rejected("encryption_key_unknown", "it does not open");
  }
}

/** The members of a public P-256 key that may agree on a secret, point checked; refuses `key_invalid`. */
export async function agreementJwk(jwk: JsonObject): Promise<JsonObject> {
  if ((member(jwk, "use") ?? "enc") !== "enc" || (member(jwk, "alg") ?? "ECDH-ES") !== "ECDH-ES") {
    throw malformed("key_invalid", "not meant for ECDH-ES");
  }
  const bare: JsonObject = {};
  for (const name of ["kty", "crv", "x", "y", "d"]) {
    const value = member(jwk, name);
    if (value !== undefined) bare[name] = value;
  }
  const key = await publicKeyFromJwk(bare);
  if (key.algorithm !== "ES256") throw malformed("key_invalid", "expected P-256");
  return key.jwk;
}

interface ReadJwe {
  readonly header: JsonObject;
  readonly aad: string;
  readonly iv: Octets;
  readonly sealed: Octets;
  readonly epk: JsonObject;
}

/** Hold a JWE against every rule that needs no key. */
async function readJwe(token: string): Promise<ReadJwe> {
  checkTokenText(token);
  const [aad = "", wrapped, iv = "", ciphertext = "", tag = ""] = token.split(".");
  if (token.split(".").length !== 5 || token.includes("~")) throw malformed("token_malformed", "expected five parts");
  const header = readHeader(aad);
  if (Object.hasOwn(header, "zip")) throw malformed("jwe_zip_not_allowed", "it could swell");
  if (member(header, "alg") !== "ECDH-ES" || !["A128GCM", "A256GCM"].includes(String(member(header, "enc")))) {
    throw rejected("alg_not_allowed", "not ECDH-ES with A128GCM or A256GCM");
  }
  const sealed = concat(fromB64url(ciphertext), fromB64url(tag));
  if (wrapped || fromB64url(iv).length !== 12 || fromB64url(tag).length !== 16) {
    throw malformed("token_malformed", "parts of another length");
  }
  information(header, "apu");
  information(header, "apv");
  const ephemeral: JsonValue | undefined = member(header, "epk");
  if (!isObject(ephemeral)) throw malformed("key_invalid", "no ephemeral key");
  return { header, aad, iv: fromB64url(iv), sealed, epk: await agreementJwk(ephemeral) };
}

function information(header: JsonObject, name: "apu" | "apv"): Octets {
  const value = member(header, name) ?? "";
  if (typeof value !== "string") throw malformed("token_malformed", `${name} is no string`);
  return fromB64url(value);
}

async function importPrivate(jwk: JsonObject): Promise<CryptoKey> {
  const { d, kty = null, crv = null, x = null, y = null } = jwk;
  if (typeof d !== "string") throw malformed("key_invalid", "no private key");
  const bare = await agreementJwk({ kty, crv, x, y });
  return crypto.subtle.importKey("jwk", { ...bare, d } as JsonWebKey, ECDH, false, ["deriveBits"]);
}

/** ECDH and the Concat KDF, whose one round is enough for both key lengths (RFC 7518, 4.6.2). */
async function agree(
  own: CryptoKey, other: JsonObject, header: JsonObject, use: "encrypt" | "decrypt",
): Promise<CryptoKey> {
  const theirs = await crypto.subtle.importKey("jwk", { ...other } as JsonWebKey, ECDH, false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own, 256));
  const enc = String(header["enc"]);
  const bits = enc === "A128GCM" ? 128 : 256;
  const parts = [utf8(enc), information(header, "apu"), information(header, "apv")];
  const fixed = parts.flatMap((part) => [bigEndian(part.length, 4), part]);
  const derived = await sha(concat(bigEndian(1, 4), shared, ...fixed, bigEndian(bits, 4)));
  return crypto.subtle.importKey("raw", derived.slice(0, bits / 8), "AES-GCM", false, [use]);
}
