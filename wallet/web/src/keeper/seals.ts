/** The few ciphers of the keeper, all of WebCrypto, and where its chance comes from. */

import { canonicalJson, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { sha, type Octets } from "../protocol/octets.ts";

/** Unpredictable octets and keys; in tests the same each time. */
export interface Chance {
  octets(size: number): Octets;
  /** A P-256 key pair for ECDH, exportable. */
  agreementKey(): Promise<CryptoKeyPair>;
}

/** What agrees on a secret over P-256. */
export const ECDH = { name: "ECDH", namedCurve: "P-256" };

/** The chance of the browser. */
export const CHANCE: Chance = {
  octets: (size) => crypto.getRandomValues(new Uint8Array(size)),
  agreementKey: () => crypto.subtle.generateKey(ECDH, true, ["deriveBits"]),
};

/** HKDF-SHA-256, 32 octets as a key that nobody can export. */
export async function hkdf(
  secret: Octets, salt: Octets, info: string, algorithm: "AES-GCM" | "AES-KW",
): Promise<CryptoKey> {
  const uses: KeyUsage[] = algorithm === "AES-GCM" ? ["encrypt", "decrypt"] : ["wrapKey", "unwrapKey"];
  const derived = await hkdfOctets(secret, salt, info);
  return crypto.subtle.importKey("raw", derived, algorithm, false, uses);
}

/** HKDF-SHA-256, 32 octets. */
export async function hkdfOctets(secret: Octets, salt: Octets, info: string): Promise<Octets> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info: new TextEncoder().encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, 256));
}

/** AES-256-GCM; the tag stands behind the ciphertext. */
export async function encrypt(key: CryptoKey, iv: Octets, plain: Octets, aad: Octets): Promise<Octets> {
  const parameters = { name: "AES-GCM", iv, additionalData: aad };
  return new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain));
}

/** The reverse; throws a DOMException where anything is another. */
export async function decrypt(key: CryptoKey, iv: Octets, sealed: Octets, aad: Octets): Promise<Octets> {
  const parameters = { name: "AES-GCM", iv, additionalData: aad };
  return new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed));
}

/** ECDH between a private key of ours and a public JWK. */
export async function agree(own: CryptoKey, other: JsonObject): Promise<Octets> {
  const theirs = await crypto.subtle.importKey("jwk", { ...other } as JsonWebKey, ECDH, false, []);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own, 256));
}

/** The public half of an exportable pair, with its required members alone. */
export async function publicJwk(key: CryptoKey): Promise<JsonObject> {
  const { crv = "", kty = "", x = "", y = "" } = await crypto.subtle.exportKey("jwk", key);
  return { crv, kty, x, y };
}

/** A length, the text, and zeros up to a step: the size tells little. */
export function pad(body: JsonValue, step: number): Octets {
  const text = canonicalJson(body);
  const padded = new Uint8Array(Math.ceil((4 + text.length) / step) * step);
  new DataView(padded.buffer).setUint32(0, text.length);
  padded.set(text, 4);
  return padded;
}

/** The text of a padded body; undefined where the padding is another. */
export function unpad(padded: Octets, step: number): Octets | undefined {
  if (padded.length < 4 || padded.length % step) return undefined;
  const end = 4 + new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  return end <= padded.length && padded.subarray(end).every((octet) => octet === 0) ? padded.slice(4, end) : undefined;
}

/** SHA-256 of a value's canonical spelling. */
export const shaOf = (value: JsonValue): Promise<Octets> => sha(canonicalJson(value));
