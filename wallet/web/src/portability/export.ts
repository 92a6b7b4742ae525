/** The export: an archive inside a JWE that opens with the recovery card or a passphrase (section 6). */

import { malformed, Refusal, rejected } from "../protocol/errors.ts";
import { canonicalJson, member, parseObject, type JsonObject } from "../protocol/json.ts";
import { b64url, concat, fromB64url, latin1, utf8, type Octets } from "../protocol/octets.ts";
import { MAX_ARCHIVE_BYTES } from "./archive.ts";
import { decrypt, encrypt, hkdfOctets, type Chance } from "../keeper/seals.ts";

const TYPE = "skillspass-export";
const INFO = "skillspass/export/1";
const PBES2 = "PBES2-HS512+A256KW";
const ROUNDS = 600_000; // half a second; WebCrypto has no Argon2id
const MAX_ROUNDS = 1_000_000; // a file must not make its reader work without end

/** The 20 octets of the recovery card, or a passphrase. */
export type ExportSecret = { readonly recovery: Octets } | { readonly passphrase: string };

/** Seal an archive. */
export async function sealExport(archive: Octets, secret: ExportSecret, chance: Chance): Promise<string> {
  const salt = chance.octets(16);
  const header: JsonObject = { typ: TYPE, cty: "application/zip", enc: "A256GCM" };
  let wrapped: Octets = new Uint8Array();
  let key: CryptoKey;
  if ("passphrase" in secret) {
    Object.assign(header, { alg: PBES2, p2s: b64url(salt), p2c: ROUNDS });
    key = await crypto.subtle.importKey("raw", chance.octets(32), "AES-GCM", true, ["encrypt"]);
    const kek = await stretched(secret.passphrase, salt, ROUNDS);
    wrapped = new Uint8Array(await crypto.subtle.wrapKey("raw", key, kek, "AES-KW"));
  } else {
    Object.assign(header, { alg: "dir", kdf: "rec", salt: b64url(salt) });
    key = await direct(secret.recovery, salt);
  }
  const iv = chance.octets(12);
  const aad = b64url(canonicalJson(header));
  const sealed = await encrypt(key, iv, archive, latin1(aad));
  return [aad, ...[wrapped, iv, sealed.subarray(0, -16), sealed.subarray(-16)].map(b64url)].join(".");
}

/** Open an export: the archive in it; refuses `export_invalid`, `export_not_opened`. */
export async function openExport(token: string, secret: ExportSecret): Promise<Octets> {
  const [aad = "", ...rest] = token.length > 2 * MAX_ARCHIVE_BYTES ? [] : token.split(".");
  let header: JsonObject;
  let parts: Octets[];
  try {
    header = parseObject(fromB64url(aad), 2_048);
    parts = rest.map(fromB64url);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalid("no token");
  }
  const [wrapped, iv, ciphertext, tag] = parts;
  if (!wrapped || !iv || !ciphertext || !tag || parts.length !== 4) throw invalid(`${parts.length} parts`);
  checkHeader(header, wrapped);
  try {
    return await decrypt(await keyFor(header, wrapped, secret), iv, concat(ciphertext, tag), latin1(aad));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw rejected("export_not_opened", "it does not open");
  }
}

function checkHeader(header: JsonObject, wrapped: Octets): void {
  const { typ, enc, alg, p2c, kdf } = header;
  if (typ !== TYPE || enc !== "A256GCM" || Object.hasOwn(header, "zip")) throw invalid("another type or cipher");
  const rounds = Number.isInteger(p2c) && Number(p2c) >= ROUNDS && Number(p2c) <= MAX_ROUNDS;
  const plain = alg === "dir" && wrapped.length === 0 && (kdf === "rec" || kdf === "argon2id");
  const known = alg === PBES2 ? rounds : plain;
  if (!known) throw invalid("another alg");
}

function keyFor(header: JsonObject, wrapped: Octets, secret: ExportSecret): Promise<CryptoKey> {
  if (header["alg"] === PBES2 && "passphrase" in secret) {
    return stretched(secret.passphrase, saltOf(header, "p2s"), Number(header["p2c"])).then((kek) =>
      crypto.subtle.unwrapKey("raw", wrapped, kek, "AES-KW", "AES-GCM", false, ["decrypt"]));
  }
  if (header["alg"] === "dir" && header["kdf"] === "rec" && "recovery" in secret) {
    return direct(secret.recovery, saltOf(header, "salt"));
  }
  throw rejected("export_not_opened", "made with another kind of secret"); // or by the Python engine
}

async function direct(secret: Octets, salt: Octets): Promise<CryptoKey> {
  const derived = await hkdfOctets(secret, salt, INFO);
  return crypto.subtle.importKey("raw", derived, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** RFC 7518, section 4.8. */
async function stretched(passphrase: string, salt: Octets, iterations: number): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
  const whole = concat(PBES2, Uint8Array.of(0), salt);
  const parameters = { name: "PBKDF2", hash: "SHA-512", salt: whole, iterations };
  return crypto.subtle.deriveKey(parameters, key, { name: "AES-KW", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

function saltOf(header: JsonObject, name: string): Octets {
  const value = member(header, name);
  if (typeof value !== "string" || !/^[\w-]{22}$/.test(value)) throw invalid(name);
  return fromB64url(value);
}

function invalid(detail: string): Refusal {
  return malformed("export_invalid", detail);
}
