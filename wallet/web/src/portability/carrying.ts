/** Carry what the log of an export tells into another vault: at its own moments, on this device's chain. */

import { nextEvent, type Event } from "../keeper/events.ts";
import type { Log } from "../keeper/vault.ts";
import type { JsonObject, JsonValue } from "../protocol/json.ts";

/** What the worker wrote, and what they showed to whom; ways in and settings belong to their own vault. */
const TOLD = new Set([
  "claim_written", "wish_written", "foreign_added", "credential_refused", "request_answered", "request_refused", "share_made",
  "share_stopped", "deletion_asked", "export",
]);

/** The log with the credentials of these names, their keys, and what happened with them; nothing comes twice. */
export async function carry(log: Log, events: readonly Event[], wanted: ReadonlySet<JsonValue>): Promise<Log> {
  const here = new Set(log.events.map(({ ulid }) => ulid));
  const adds = ({ type, data }: Event): boolean => type === "credential_added" && wanted.has(data["id"] ?? "");
  const keys = new Set(events.filter(adds).flatMap(({ data: { key = null, copies = [] } }) =>
    [key, ...(copies as JsonObject[]).map((copy) => copy["key"] ?? null)]));
  const carried = events.filter((event) => !here.has(event.ulid)
    && (TOLD.has(event.type) || adds(event) || (event.type === "holder_key_made" && keys.has(event.data["thumbprint"] ?? ""))));
  const all = [...log.events];
  for (const { type, data, ulid } of carried) {
    const told = type === "share_made" ? { ...data, elsewhere: true } : data; // who keeps it is another service
    all.push({ ...(await nextEvent(all, { device: log.device, type, data: told, at: log.now() }, log.chance)), ulid });
  }
  return { ...log, events: all };
}
