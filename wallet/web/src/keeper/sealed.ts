/**
 * The sealed vault: a public JSON header and one ciphertext (wallet design, section 2).
 *
 * Every write draws a new data key for one message. The associated data ties the body to vault,
 * version and slots; the slots stand once more inside, so that one put into the header stops the
 * next write. The bytes are those of `wallet/holder/sealed.py`.
 */

import { malformed, Refusal, rejected } from "../protocol/errors.ts";
import { canonicalJson, isObject, member, parseObject, type JsonValue } from "../protocol/json.ts";
import { b64url, bigEndian, concat, fromB64url, fromUtf8, same, sha, type Octets } from "../protocol/octets.ts";
import { checkChain, parseEvent, type Event } from "./events.ts";
import { decrypt, encrypt, pad, shaOf, unpad, type Chance } from "./seals.ts";
import {
  giveDek, has, invalidSlot, listing, opening, openSlot, readSlot, takeDek, type Slot, type SlotKind, type SlotSecret,
} from "./slots.ts";

const PADDING = 16 * 1024; // the size must not tell how many credentials there are
const MAX_VAULT_BYTES = 10 * 1024 * 1024; // as sealed; the service takes no more
const MAX_SLOTS = 32;
const FIELDS = ["v", "wid", "ver", "prf_salt", "slots", "enc", "iv", "ct"];

/** What anyone may read of a vault, and its ciphertext. */
export interface Header {
  readonly wid: Octets;
  readonly version: number;
  readonly prfSalt: Octets;
  readonly slots: readonly Slot[];
  readonly iv: Octets;
  readonly ct: string;
}

/** A vault that was opened: what is needed to write its next version. */
export interface Opened {
  readonly wid: Octets;
  readonly version: number;
  readonly prfSalt: Octets;
  readonly slots: readonly Slot[];
  readonly listed: readonly JsonValue[]; // the slots' public halves, as the ciphertext lists them
  readonly events: readonly Event[];
}

/** What a device remembers of the highest version it has seen. */
export interface Seen {
  readonly wid: string;
  readonly ver: number;
  readonly hash: string;
}

/** An empty vault without a slot; version 0 is never written. */
export function beginVault(chance: Chance): Opened {
  const wid = chance.octets(16);
  return { wid, version: 0, prfSalt: chance.octets(32), slots: [], listed: [], events: [] };
}

/** The vault with one more way to open it, from its next version on. */
export function withSlot(opened: Opened, slot: Slot): Opened {
  return { ...opened, slots: [...opened.slots, slot], listed: [...opened.listed, listing(slot)] };
}

/** The vault with one way less, which reads no later version; refuses `vault_last_slot`. */
export function withoutSlot(opened: Opened, id: string): Opened {
  const slots = opened.slots.filter((slot) => slot.id !== id);
  if (slots.length === 0) throw rejected("vault_last_slot", "nothing would open the vault");
  return { ...opened, slots, listed: opened.listed.filter((each) => isObject(each) && each["id"] !== id) };
}

/** Read the public part; refuses `vault_malformed`, `vault_too_large`. */
export function readHeader(data: Octets): Header {
  if (data.length > 2 * MAX_VAULT_BYTES) throw malformed("vault_too_large", `${data.length} octets`);
  try {
    const header = parseObject(data, 2 * MAX_VAULT_BYTES);
    const { ver, slots: entries, ct } = header;
    const [wid, prfSalt, iv] = ["wid", "prf_salt", "iv"].map((name) => fromB64url(String(header[name])));
    const slots = Array.isArray(entries) ? entries.map(readSlot).filter((slot) => slot !== undefined) : [];
    const sound = has(header, FIELDS) && header["v"] === 1 && header["enc"] === "A256GCM" && typeof ct === "string"
      && Number.isSafeInteger(ver) && Number(ver) >= 1 && slots.length > 0 && slots.length <= MAX_SLOTS
      && slots.length === (entries as JsonValue[]).length && wid?.length === 16 && prfSalt?.length === 32;
    if (sound && iv?.length === 12) return { wid, version: Number(ver), prfSalt, slots, iv, ct };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw malformed("vault_malformed", "no header of ours");
}

/** Open a vault with the secret of a slot of that kind; refuses `vault_slot_invalid`, `vault_malformed`. */
export async function openVault(data: Octets, kind: SlotKind, secret: SlotSecret): Promise<Opened> {
  const header = readHeader(data);
  for (const slot of header.slots.filter((each) => each.kind === kind)) {
    let privateKey: CryptoKey;
    try {
      privateKey = await openSlot(slot, secret, header.wid);
    } catch {
      continue;
    }
    return openWith(header, slot, privateKey);
  }
  throw invalidSlot("no slot opens with this secret");
}

/** Open a vault with the private key of one of its slots. */
export async function openWith(header: Header, slot: Slot, privateKey: CryptoKey): Promise<Opened> {
  const { wid, version, prfSalt, slots } = header;
  const dek = await takeDek(slot, privateKey, wid);
  const body = await opening(async () => {
    const padded = await decrypt(dek, header.iv, fromB64url(header.ct), await aadOf(wid, version, slots));
    const text = unpad(padded, PADDING);
    // Our own JSON, authenticated above, and larger than a parser of foreign tokens allows.
    return text && (JSON.parse(fromUtf8(text)) as JsonValue);
  });
  if (!isObject(body) || body["prf_salt"] !== b64url(prfSalt)) throw invalidSlot("the body does not open");
  const [listed, log] = [member(body, "slots"), member(body, "events")];
  if (!Array.isArray(listed) || !Array.isArray(log)) throw malformed("vault_malformed", "no slots or events");
  const events = log.map(parseEvent);
  await checkChain(events);
  return { wid, version, prfSalt, slots, listed, events };
}

/**
 * Write the next version: the bytes to store, and the vault as it will be when they are opened.
 *
 * Refuses `slot_injected`, `vault_too_large`.
 */
export async function seal(opened: Opened, events: readonly Event[], chance: Chance): Promise<[Octets, Opened]> {
  checkSlots(opened.slots, opened.listed);
  const { wid, prfSalt } = opened;
  const version = opened.version + 1;
  const octets = chance.octets(32);
  const iv = chance.octets(12);
  const dek = await crypto.subtle.importKey("raw", octets, "AES-GCM", true, ["encrypt"]);
  octets.fill(0);
  const slots: Slot[] = [];
  for (const slot of opened.slots) slots.push(await giveDek(slot, dek, wid, chance));
  const body = pad({ slots: slots.map(listing), prf_salt: b64url(prfSalt), events: [...events] }, PADDING);
  const ct = b64url(await encrypt(dek, iv, body, await aadOf(wid, version, slots)));
  const data = canonicalJson({
    v: 1, wid: b64url(wid), ver: version, prf_salt: b64url(prfSalt), slots, enc: "A256GCM", iv: b64url(iv), ct,
  });
  if (data.length > MAX_VAULT_BYTES) throw malformed("vault_too_large", `${data.length} octets`);
  return [data, { ...opened, version, slots, events }];
}

/** Every slot of a header is one that the ciphertext lists; refuses `slot_injected`. */
export function checkSlots(slots: readonly Slot[], listed: readonly JsonValue[]): void {
  if (!same(canonicalJson(slots.map(listing)), canonicalJson([...listed]))) {
    throw rejected("slot_injected", `${slots.length} slots, ${listed.length} listed`);
  }
}

/** The vault is not older than, nor different from, what this device saw; refuses `vault_rollback`. */
export async function checkSeen(seen: Seen | undefined, data: Octets): Promise<Seen> {
  const header = readHeader(data);
  const found = { wid: b64url(header.wid), ver: header.version, hash: b64url(await sha(data)) };
  const other = found.hash !== seen?.hash;
  const older = seen?.wid === found.wid && (found.ver < seen.ver || (found.ver === seen.ver && other));
  if (older) throw rejected("vault_rollback", `version ${found.ver}, seen ${seen.ver}`);
  return found;
}

async function aadOf(wid: Octets, version: number, slots: readonly Slot[]): Promise<Octets> {
  return concat("skillspass/vault/1", wid, bigEndian(version, 8), await shaOf([...slots]));
}
