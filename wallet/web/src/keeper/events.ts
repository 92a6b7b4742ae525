/** The append-only event log of a vault: each event names the hash of its device's previous one. */

import { malformed } from "../protocol/errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { b64url } from "../protocol/octets.ts";
import { shaOf, type Chance } from "./seals.ts";
import { has } from "./slots.ts";

/** Base32 without letters that look like digits. */
export const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const TYPES = new Set([
  "credential_added", "foreign_added", "credential_refused", "credential_removed", "holder_key_made", "claim_written",
  "wish_written", "share_made", "share_stopped", "request_answered", "request_refused",
  "adviser_opened", "adviser_closed", "box_opened", "box_closed", "box_answered",
  "slot_added", "slot_removed", "export", "settings", "deletion_asked",
]);

/** One thing that happened. */
export interface Event extends JsonObject {
  ulid: string; // 26 characters: the time in milliseconds, then chance
  device: string; // random name of the device that wrote it
  lamport: number; // from 1; larger than any number this device had seen
  type: string;
  data: JsonObject;
  prev: string; // digest of the device's previous event; empty for its first
}

/** What is new in an event; the rest follows from the log. */
export interface Happening {
  readonly device: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly at: number; // in seconds
}

/** SHA-256 of the canonical form. */
export async function digestOf(event: Event): Promise<string> {
  return b64url(await shaOf(event));
}

/** The event that follows `log` on its device. */
export async function nextEvent(log: readonly Event[], happening: Happening, chance: Chance): Promise<Event> {
  const { device, type, data, at } = happening;
  const last = log.findLast((event) => event.device === device);
  const prev = last ? await digestOf(last) : "";
  return { ulid: ulid(at, chance), device, lamport: highest(log) + 1, type, data, prev };
}

/** When an event was written, in seconds, by the clock of its device. */
export function momentOf(event: Event): number {
  return [...event.ulid.slice(0, 10)].reduce((sum, letter) => sum * 32 + CROCKFORD.indexOf(letter), 0) / 1000;
}

/** Sorted by Lamport time, then device: the same on every device. */
export function inOrder(events: readonly Event[]): Event[] {
  return [...events].sort((one, other) =>
    one.lamport - other.lamport || (one.device < other.device ? -1 : Number(one.device > other.device)));
}

/** Each device's events follow one another without a gap; refuses `vault_log_broken`. */
export async function checkChain(events: readonly Event[]): Promise<void> {
  const last = new Map<string, string>();
  for (const event of inOrder(events)) {
    if (event.prev !== (last.get(event.device) ?? "")) throw broken(`event ${event.lamport}`);
    last.set(event.device, await digestOf(event));
  }
}

/**
 * What both logs hold, after another device wrote first; nothing is lost.
 *
 * An event of ours that no longer follows its predecessor is put behind what is stored.
 */
export async function merge(stored: readonly Event[], mine: readonly Event[]): Promise<Event[]> {
  const merged = inOrder(stored);
  const known = new Set<string>();
  const last = new Map<string, string>();
  for (const event of merged) {
    const digest = await digestOf(event);
    known.add(digest);
    last.set(event.device, digest);
  }
  const moved = new Set<string>();
  for (const event of inOrder(mine)) {
    if (known.has(await digestOf(event))) continue;
    const prev = last.get(event.device) ?? "";
    if (event.prev !== prev) moved.add(event.device);
    const kept = moved.has(event.device) ? { ...event, lamport: highest(merged) + 1, prev } : event;
    merged.push(kept);
    last.set(event.device, await digestOf(kept));
  }
  return inOrder(merged);
}

/** Read one event back; refuses `vault_log_broken`. */
export function parseEvent(value: JsonValue): Event {
  if (!isObject(value) || !has(value, ["ulid", "device", "lamport", "type", "data", "prev"])) {
    throw broken("an event with other fields");
  }
  const { ulid: name, device, lamport, type, data, prev } = value;
  const texts = typeof name === "string" && typeof device === "string" && typeof prev === "string";
  if (!texts || !Number.isInteger(lamport) || !isObject(data)) throw broken("an event without its names");
  if (!TYPES.has(String(type)) || name.length !== 26 || [...name].some((letter) => !CROCKFORD.includes(letter))) {
    throw broken("an event of an unknown kind");
  }
  return value as Event;
}

const highest = (log: readonly Event[]): number => log.reduce((most, event) => Math.max(most, event.lamport), 0);

function ulid(at: number, chance: Chance): string {
  const random = chance.octets(10);
  let number = BigInt(Math.trunc(at * 1000));
  for (const octet of random) number = (number << 8n) | BigInt(octet);
  return base32(number, 26);
}

/** A number in so many characters of base32, the highest first. */
export function base32(number: bigint, characters: number): string {
  return Array.from({ length: characters }, (_, place) =>
    CROCKFORD.charAt(Number((number >> BigInt(5 * (characters - 1 - place))) & 31n))).join("");
}

const broken = (detail: string): Error => malformed("vault_log_broken", detail);
