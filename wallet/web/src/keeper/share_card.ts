/**
 * The deelkaart: what a worker chose to show, sealed so that only the link opens it.
 *
 * The keeper writes it, the reader's page opens it; the bytes are those of
 * `credentials/share_card.py` (wallet design, section 8).
 */

import { malformed, Refusal, rejected } from "../protocol/errors.ts";
import { isObject, parseObject, type JsonObject } from "../protocol/json.ts";
import { b64url, bigEndian, concat, fromB64url, fromUtf8, utf8, type Octets } from "../protocol/octets.ts";
import { decrypt, encrypt, hkdf, hkdfOctets, pad, unpad, type Chance } from "./seals.ts";

const STEP = 4 * 1024; // the size must not tell what is shown
const MAX_SHARE_BYTES = 64 * 1024;
const MAX_CARDS = 50;
const NAME_BYTES = 128;
const INFO = "skillspass/share/1";
const NO_SALT = new Uint8Array();
const LINK = /^(https:\/\/[^/?#@\s]+|http:\/\/(?:[^/?#@\s.]+\.)*localhost(?::\d+)?)\/s\/([\w-]{22})#([\w-]{43})(c?)$/;

/** A credential or presentation as it travels. */
export type Wire = string | JsonObject;

/** What the link says; `coded`: a spoken code belongs to it. */
export interface ShareLink {
  readonly origin: string;
  readonly id: Octets;
  readonly key: Octets;
  readonly coded: boolean;
}

/** A fresh link. */
export function newLink(origin: string, coded: boolean, chance: Chance): ShareLink {
  return { origin, id: chance.octets(16), key: chance.octets(32), coded };
}

/** The link as people pass it on: about 100 octets, so its QR code stays small. */
export function linkText({ origin, id, key, coded }: ShareLink): string {
  return `${origin}/s/${b64url(id)}#${b64url(key)}${coded ? "c" : ""}`;
}

/** Read a link to a deelkaart; refuses `share_link_invalid`. */
export function parseLink(text: string): ShareLink {
  const [, origin = "", id = "", key = "", mark] = LINK.exec(text.trim()) ?? [];
  try {
    const coded = mark === "c";
    if (origin && URL.canParse(origin)) return { origin, id: fromB64url(id), key: fromB64url(key), coded };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw malformed("share_link_invalid", "no link to a share");
}

/** Seal presentations: nonce, then ciphertext; refuses `share_too_large`, `share_code_invalid`. */
export async function sealShare(
  link: ShareLink, cards: readonly Wire[], expires: number, code: string | undefined, chance: Chance,
): Promise<Octets> {
  if (cards.length === 0 || cards.length > MAX_CARDS) throw malformed("share_too_large", `${cards.length} cards`);
  const key = await hkdf(secretOf(link, code), NO_SALT, INFO, "AES-GCM");
  const padded = pad({ v: 1, cards: [...cards] }, STEP);
  if (padded.length > MAX_SHARE_BYTES) throw malformed("share_too_large", `${padded.length} octets`);
  const iv = chance.octets(12);
  return concat(iv, await encrypt(key, iv, padded, aadOf(link, expires)));
}

/** Open a share at a moment; refuses `share_gone`, `share_not_opened`, `share_code_invalid`. */
export async function openShare(
  link: ShareLink, sealed: Octets, expires: number, code: string | undefined, at: number,
): Promise<Wire[]> {
  if (at >= expires) throw rejected("share_gone", "its end is over");
  const key = await hkdf(secretOf(link, code), NO_SALT, INFO, "AES-GCM");
  if (sealed.length > MAX_SHARE_BYTES + STEP) throw notOpened();
  try {
    const text = unpad(await decrypt(key, sealed.slice(0, 12), sealed.slice(12), aadOf(link, expires)), STEP);
    const cards = text && parseObject(text, MAX_SHARE_BYTES)["cards"];
    const sound = Array.isArray(cards) && cards.length > 0 && cards.length <= MAX_CARDS
      && cards.every((card) => typeof card === "string" || isObject(card));
    if (sound) return cards as Wire[];
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof DOMException)) throw error;
  }
  throw notOpened();
}

/** What the service hands the ciphertext out on; it keeps the SHA-256 alone. */
export function gateOf(link: ShareLink, code: string | undefined): Promise<Octets> {
  return hkdfOctets(secretOf(link, code), NO_SALT, `${INFO}/gate`);
}

/** Seal the name that a visitor leaves for the worker; refuses `share_too_large`. */
export async function sealName(
  link: ShareLink, name: string, code: string | undefined, chance: Chance,
): Promise<Octets> {
  const octets = utf8(name);
  if (octets.length >= NAME_BYTES) throw malformed("share_too_large", `${octets.length} octets`);
  const padded = new Uint8Array(NAME_BYTES);
  padded.set([octets.length, ...octets]);
  const iv = chance.octets(12);
  const key = await hkdf(secretOf(link, code), NO_SALT, `${INFO}/name`, "AES-GCM");
  return concat(iv, await encrypt(key, iv, padded, link.id));
}

/** Read a name that a visitor left; refuses `share_not_opened`. */
export async function openName(link: ShareLink, sealed: Octets, code: string | undefined): Promise<string> {
  const key = await hkdf(secretOf(link, code), NO_SALT, `${INFO}/name`, "AES-GCM");
  try {
    const padded = await decrypt(key, sealed.slice(0, 12), sealed.slice(12), link.id);
    return fromUtf8(padded.slice(1, 1 + (padded[0] ?? 0)));
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof DOMException)) throw error;
    throw notOpened();
  }
}

function secretOf(link: ShareLink, code: string | undefined): Octets {
  if ((code !== undefined) !== link.coded || (code !== undefined && !/^[0-9]{4}$/.test(code))) {
    throw malformed("share_code_invalid", "expected four digits, or no code");
  }
  return concat(link.key, code ?? "");
}

function aadOf(link: ShareLink, expires: number): Octets {
  return concat(link.id, bigEndian(Math.floor(expires), 8));
}

const notOpened = (): Refusal => rejected("share_not_opened", "it does not open");
