/**
 * A box that the worker puts up for somebody without a passport: what it is sealed with.
 *
 * The link holds the box's name and a key. The key opens the snapshot, which holds a one-time public
 * key of the worker; whatever is proposed is sealed to that key, so that nobody but the worker reads
 * it, not even who has the link (wallet design, section 11; decision 0057).
 */

import { decrypt, encrypt, hkdf, pad, unpad, type Chance } from "../keeper/seals.ts";
import { has } from "../keeper/slots.ts";
import { malformed, Refusal, rejected } from "../protocol/errors.ts";
import { isObject, parseObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { agreementJwk, decryptCompact, encryptCompact } from "../protocol/jwe.ts";
import { b64url, concat, fromB64url, fromUtf8, utf8, type Octets } from "../protocol/octets.ts";

/** What a box is for. */
export type BoxKind = "adviser" | "confirm" | "talk";

/** Every kind. */
export const KINDS: readonly BoxKind[] = ["adviser", "confirm", "talk"];

/** What the link says. */
export interface BoxLink {
  readonly origin: string;
  readonly id: Octets; // 16
  readonly key: Octets; // 16
}

/** What a guest reads. */
export interface Opened {
  readonly kind: BoxKind;
  readonly until: number; // in seconds since 1970
  readonly key: JsonObject; // the worker's public key for this box alone, a JWK of P-256
  readonly snapshot: JsonObject; // as its kind has it
}

const [SIZE, IV] = [16, 12]; // octets
const [STEP, PROPOSAL_STEP] = [4 * 1024, 1024]; // the size must not tell what is in it
const MAX_SNAPSHOT_BYTES = { adviser: 60 * 1024, confirm: 12 * 1024, talk: 12 * 1024 }; // below what the service takes
const MAX_PROPOSAL_BYTES = 8 * 1024;
const NO_SALT = new Uint8Array();
const LINK = /^(https:\/\/[^/?#@\s]+|http:\/\/(?:[^/?#@\s.]+\.)*localhost(?::\d+)?)\/b\/([\w-]{22})#([\w-]{22})$/;

/** A fresh link. */
export const newBoxLink = (origin: string, chance: Chance): BoxLink => ({ origin, id: chance.octets(SIZE), key: chance.octets(SIZE) });

/** The link as it is passed on. */
export const boxLinkText = ({ origin, id, key }: BoxLink): string => `${origin}/b/${b64url(id)}#${b64url(key)}`;

/** Read a link to a box; refuses `box_link_invalid`. */
export function parseBoxLink(text: string): BoxLink {
  const [, origin = "", id = "", key = ""] = LINK.exec(text.trim()) ?? [];
  try {
    if (origin && URL.canParse(origin)) return { origin, id: fromB64url(id), key: fromB64url(key) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw malformed("box_link_invalid", "no link to a box");
}

/** Seal what a guest may read; refuses `box_too_large`. */
export async function sealSnapshot(link: BoxLink, { kind, until, key, snapshot }: Opened, chance: Chance): Promise<Octets> {
  const padded = pad({ v: 1, kind, until, key, snapshot }, STEP);
  if (padded.length > MAX_SNAPSHOT_BYTES[kind]) throw malformed("box_too_large", `${padded.length} octets`);
  const iv = chance.octets(IV);
  return concat(iv, await encrypt(await keyOf(link), iv, padded, link.id));
}

/** Open what a box is about; refuses `box_not_opened`. */
export async function openSnapshot(link: BoxLink, sealed: Octets): Promise<Opened> {
  try {
    const text = unpad(await decrypt(await keyOf(link), sealed.slice(0, IV), sealed.slice(IV), link.id), STEP);
    const found = text && parseObject(text, MAX_SNAPSHOT_BYTES.adviser);
    if (!found || !has(found, ["v", "kind", "until", "key", "snapshot"]) || found["v"] !== 1) throw notOpened();
    const { kind, until, key, snapshot } = found;
    if (!isKind(kind) || typeof until !== "number" || !isObject(key) || "d" in key || !isObject(snapshot)) throw notOpened();
    return { kind, until, key: await agreementJwk(key), snapshot };
  } catch (error) {
    if (error instanceof DOMException || error instanceof Refusal) throw notOpened();
    throw error;
  }
}

/** Seal a proposal to the worker (RFC 7516, ECDH-ES); refuses `box_too_large`. */
export async function sealProposal({ key }: Opened, proposal: JsonObject): Promise<Octets> {
  const padded = pad({ v: 1, proposal }, PROPOSAL_STEP);
  if (padded.length > MAX_PROPOSAL_BYTES) throw malformed("box_too_large", `${padded.length} octets`);
  return utf8(await encryptCompact(padded, key, { enc: "A256GCM" }));
}

/** Open a proposal with the box's private key, a JWK; refuses `proposal_malformed`. */
export async function openProposal(sealed: Octets, own: JsonObject): Promise<JsonObject> {
  try {
    const text = unpad(await decryptCompact(fromUtf8(sealed), own), PROPOSAL_STEP);
    const found = text && parseObject(text, MAX_PROPOSAL_BYTES);
    if (found && has(found, ["v", "proposal"]) && found["v"] === 1 && isObject(found["proposal"])) return found["proposal"];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw malformed("proposal_malformed", "it does not open, or holds something else");
}

const keyOf = ({ key }: BoxLink): Promise<CryptoKey> => hkdf(key, NO_SALT, "skillspass/box/1", "AES-GCM");

const isKind = (value: JsonValue | undefined): value is BoxKind => KINDS.some((kind) => kind === value);

const notOpened = (): Refusal => rejected("box_not_opened", "it does not open");
