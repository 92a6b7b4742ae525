/**
 * Slots of the vault: each one is a way to open it (wallet design, section 2).
 *
 * A slot is a P-256 key pair. Its private half is sealed under a key made from what the worker has;
 * its public half is enough to give it the data key of the next version.
 */

import { Refusal, rejected } from "../protocol/errors.ts";
import { canonicalJson, isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { b64url, concat, fromB64url, same, utf8, type Octets } from "../protocol/octets.ts";
import { agree, decrypt, ECDH, encrypt, hkdf, publicJwk, type Chance } from "./seals.ts";

/** Kinds that the browser makes and opens; `pass` belongs to the Python engine. */
export type SlotKind = "prf" | "rec" | "dev" | "xfer";

/** Octets for prf, rec and xfer; a key that never leaves the browser for dev. */
export type SlotSecret = Octets | CryptoKey;

/** One way to open a vault, as it stands in the header. */
export interface Slot extends JsonObject {
  id: string;
  kind: string;
  pub: JsonObject;
  sk: JsonObject;
}

const SLOT = ["id", "kind", "pub", "sk"];
const POINT = ["crv", "kty", "x", "y"];

/** One error for a wrong secret and for damage: a thief must not learn which. */
export const invalidSlot = (detail: string): Refusal => rejected("vault_slot_invalid", detail);

/** Run what opens something; whatever goes wrong looks the same. */
export async function opening<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RangeError || error instanceof ReferenceError) throw error;
    throw invalidSlot("it does not open");
  }
}

/** A slot that opens with a secret; it has no data key until the next seal. */
export async function makeSlot(kind: SlotKind, secret: SlotSecret, wid: Octets, chance: Chance): Promise<Slot> {
  const kek = await slotKey(kind, secret, wid);
  const [id, iv] = [chance.octets(8), chance.octets(12)];
  const pair = await chance.agreementKey();
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  const sealed = await encrypt(kek, iv, pkcs8, concat(wid, id, kind));
  const sk = { iv: b64url(iv), ct: b64url(sealed) };
  return { id: b64url(id), kind, pub: await publicJwk(pair.publicKey), sk };
}

/** The private key of a slot, not exportable; refuses `vault_slot_invalid`. */
export async function openSlot(slot: Slot, secret: SlotSecret, wid: Octets): Promise<CryptoKey> {
  return opening(async () => {
    const kek = await slotKey(slot.kind as SlotKind, secret, wid);
    const aad = concat(wid, fromB64url(slot.id), slot.kind);
    const pkcs8 = await decrypt(kek, octetsOf(slot.sk, "iv"), octetsOf(slot.sk, "ct"), aad);
    const exportable = await crypto.subtle.importKey("pkcs8", pkcs8, ECDH, true, ["deriveBits"]);
    if (!same(canonicalJson(await publicJwk(exportable)), canonicalJson(slot.pub))) throw invalidSlot("another key");
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, ECDH, false, ["deriveBits"]);
    pkcs8.fill(0);
    return key;
  });
}

/** The same slot with the data key of a new version. */
export async function giveDek(slot: Slot, dek: CryptoKey, wid: Octets, chance: Chance): Promise<Slot> {
  const ephemeral = await chance.agreementKey();
  const key = await hkdf(await agree(ephemeral.privateKey, slot.pub), wid, "skillspass/dek/1", "AES-KW");
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey("raw", dek, key, "AES-KW"));
  return { ...slot, dek: { epk: await publicJwk(ephemeral.publicKey), ct: b64url(wrapped) } };
}

/** The data key of this version; refuses `vault_slot_invalid`. */
export async function takeDek(slot: Slot, privateKey: CryptoKey, wid: Octets): Promise<CryptoKey> {
  return opening(async () => {
    const dek = slot["dek"];
    if (!isObject(dek) || !isObject(dek["epk"])) throw invalidSlot("no data key");
    const key = await hkdf(await agree(privateKey, dek["epk"]), wid, "skillspass/dek/1", "AES-KW");
    return crypto.subtle.unwrapKey("raw", octetsOf(dek, "ct"), key, "AES-KW", "AES-GCM", false, ["decrypt"]);
  });
}

/** What the ciphertext says of a slot: never its data key. */
export function listing(slot: Slot): JsonObject {
  return { id: slot.id, kind: slot.kind, pub: slot.pub };
}

/** Read a slot of a header, or undefined: every member is known, and a text where one belongs. */
export function readSlot(value: JsonValue): Slot | undefined {
  if (!isObject(value) || !has(value, SLOT, ["salt", "dek"])) return undefined;
  const { id, kind, pub, sk, salt = "", dek = null } = value;
  const sound = typeof id === "string" && typeof kind === "string" && typeof salt === "string" && isPoint(pub)
    && isObject(sk) && areTexts(sk, ["ct", "iv"]) && (dek === null || isDek(dek));
  return sound ? (value as Slot) : undefined;
}

/** The object has these members and no others, but for the optional ones. */
export function has(object: JsonObject, names: string[], optional: string[] = []): boolean {
  const own = Object.keys(object).filter((name) => !optional.includes(name));
  return own.length === names.length && names.every((name) => own.includes(name));
}

async function slotKey(kind: SlotKind, secret: SlotSecret, wid: Octets): Promise<CryptoKey> {
  if (kind === "dev") {
    if (secret instanceof CryptoKey) return secret;
    return crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt", "decrypt"]);
  }
  if (secret instanceof CryptoKey || !["prf", "rec", "xfer"].includes(kind)) throw invalidSlot("another kind");
  return hkdf(secret, wid, `skillspass/slot/${kind}/1`, "AES-GCM");
}

const octetsOf = (object: JsonObject, name: string): Octets => fromB64url(String(object[name]));

const areTexts = (object: JsonObject, names: string[]): boolean =>
  has(object, names) && names.every((name) => typeof object[name] === "string");

const isPoint = (value: JsonValue | undefined): boolean => isObject(value) && areTexts(value, POINT);

const isDek = (value: JsonValue): boolean =>
  isObject(value) && has(value, ["ct", "epk"]) && typeof value["ct"] === "string" && isPoint(value["epk"]);

/** A key for a `dev` slot: it lives in this browser's IndexedDB and refuses export. */
export const newDeviceKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/** Two words for people to compare during a transfer, as places in a list of 256 (section 5). */
export async function wordPlaces(one: JsonObject, other: JsonObject): Promise<[number, number]> {
  const keys = [one, other].map((key) => b64url(canonicalJson(key))).sort();
  const octets = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(`skillspass/transfer/1${keys.join()}`)));
  return [octets[0] ?? 0, octets[1] ?? 0];
}
