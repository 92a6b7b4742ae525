/**
 * Moving to a new device: what the two show and send one another (wallet design, section 5).
 *
 * The new device's code names its one-time key by its hash, and the key itself comes after the old
 * device's own: each key is fixed before the other is known, so nobody in between can look for keys
 * with the same two words. The bytes are those of `wallet/holder/transfer.py`.
 */

import { agree, decrypt, encrypt, hkdf, hkdfOctets, type Chance } from "../keeper/seals.ts";
import { has } from "../keeper/slots.ts";
import { malformed, Refusal, rejected } from "../protocol/errors.ts";
import { canonicalJson, isObject, parseObject, type JsonObject } from "../protocol/json.ts";
import { publicKeyFromJwk } from "../protocol/keys.ts";
import { b64url, concat, fromB64url, same, sha, type Octets } from "../protocol/octets.ts";

/** Both devices lie on the same table; in seconds. */
export const LIFE = 300;

const [ID, PRINT, IV] = [16, 20, 12]; // octets
const MAX_LETTER = 2_048;
const NO_SALT = new Uint8Array(32);

/** What a new device shows: where it listens, and the hash of its one-time key. */
export interface Invitation {
  readonly id: Octets;
  readonly print: Octets;
}

/** What both devices have in common, and nobody else. */
export interface Shared {
  readonly slot: Octets; // opens the xfer slot
  readonly ticket: Octets; // opens the account once, at the service
  readonly key: CryptoKey; // seals the notes between them
}

/** What the new device shows; it stands behind `#t=` of the keeper's address. */
export const invitationCode = async (id: Octets, key: JsonObject): Promise<string> => b64url(concat(id, await printOf(key)));

/** Read a code, or a whole link; refuses `transfer_invalid`. */
export function parseInvitation(text: string): Invitation {
  const code = text.replaceAll(/\s/g, "").split("#t=").at(-1) ?? "";
  const octets = reading(() => fromB64url(code));
  if (octets.length !== ID + PRINT) throw invalid("another length");
  return { id: octets.slice(0, ID), print: octets.slice(ID) };
}

/** The letter that holds a device's one-time public key. */
export const greeting = (pub: JsonObject): Octets => canonicalJson({ v: 1, pub });

/** The public key in a letter; refuses `transfer_invalid`. */
export async function parseGreeting(octets: Octets): Promise<JsonObject> {
  const document = reading(() => parseObject(octets, MAX_LETTER));
  const { v, pub } = document;
  if (!has(document, ["v", "pub"]) || v !== 1 || !isObject(pub) || !has(pub, ["kty", "crv", "x", "y"]) || pub["crv"] !== "P-256") {
    throw invalid("another letter");
  }
  try {
    await publicKeyFromJwk(pub);
  } catch {
    throw invalid("no point of the curve");
  }
  return pub;
}

/** The key is the one of the code; refuses `transfer_other_key`. */
export async function checkKey({ print }: Invitation, key: JsonObject): Promise<void> {
  if (!same(await printOf(key), print)) throw rejected("transfer_other_key", "another key than that of the code");
}

/** ECDH between a one-time key of ours and the other device's. */
export async function share(own: CryptoKey, other: JsonObject): Promise<Shared> {
  const slot = await agree(own, other);
  const ticket = await hkdfOctets(slot, NO_SALT, "skillspass/transfer/ticket/1");
  return { slot, ticket, key: await hkdf(slot, NO_SALT, "skillspass/transfer/key/1", "AES-GCM") };
}

/** Seal a note; it opens in its own mailbox alone. */
export async function sealNote(note: JsonObject, { key }: Shared, id: Octets, chance: Chance): Promise<Octets> {
  const iv = chance.octets(IV);
  return concat(iv, await encrypt(key, iv, canonicalJson(note), id));
}

/** Open a note of the other device; refuses `transfer_failed`. */
export async function openNote(octets: Octets, { key }: Shared, id: Octets): Promise<JsonObject> {
  try {
    return parseObject(await decrypt(key, octets.slice(0, IV), octets.slice(IV), id), MAX_LETTER);
  } catch {
    throw rejected("transfer_failed", "it does not open");
  }
}

const printOf = async (key: JsonObject): Promise<Octets> => (await sha(canonicalJson(key))).slice(0, PRINT);

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalid(error.code);
  }
}

const invalid = (detail: string): Refusal => malformed("transfer_invalid", detail);
