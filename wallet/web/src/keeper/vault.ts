/** What a vault holds, read from its events; nothing is changed but by appending one. */

import type { Unverified } from "../protocol/credentials.ts";
import { rejected, unsupported } from "../protocol/errors.ts";
import type { JsonObject, JsonValue } from "../protocol/json.ts";
import { b64url } from "../protocol/octets.ts";
import { parseSdJwtVc } from "../protocol/sd_jwt_vc.ts";
import { parseVcSdJwt } from "../protocol/vc_sd_jwt.ts";
import { momentOf, nextEvent, type Event } from "./events.ts";
import type { Chance } from "./seals.ts";
import type { Wire } from "./share_card.ts";
import { signerOf } from "./signing.ts";

/** Who gave a credential, as the worker saw it when it was kept. */
export interface Giver extends JsonObject {
  id: string;
  name: string;
  host: string;
  listed: boolean;
}

/** A credential in the vault: the original bytes and the key they are bound to. */
export interface Held {
  readonly id: string;
  readonly format: string;
  readonly wire: Wire;
  readonly key: JsonObject;
  readonly giver: Giver;
  readonly addedAt: number; // in seconds
}

/** An open log: who writes in it, and when. */
export interface Log {
  readonly events: readonly Event[];
  readonly device: string;
  readonly now: () => number;
  readonly chance: Chance;
}

/** The log with one more event. */
export async function append(log: Log, type: string, data: JsonObject): Promise<Log> {
  const happening = { device: log.device, type, data, at: log.now() };
  return { ...log, events: [...log.events, await nextEvent(log.events, happening, log.chance)] };
}

/** Keep a credential that was verified, with its key. */
export async function addCredential(
  log: Log, format: string, wire: Wire, key: JsonObject, giver: Giver,
): Promise<Log> {
  const id = b64url(log.chance.octets(9));
  const { thumbprint } = (await signerOf(key)).public;
  const made = await append(log, "holder_key_made", { thumbprint, jwk: key });
  return append(made, "credential_added", { id, format, wire, key: thumbprint, giver });
}

/** The credentials that were added and not removed, oldest first. */
export function heldIn(events: readonly Event[]): Held[] {
  const keys = new Map<JsonValue | undefined, JsonObject>();
  const kept = new Map<string, Held>();
  for (const { type, data, ...event } of events) {
    const id = String(data["id"]);
    if (type === "holder_key_made") keys.set(data["thumbprint"], data["jwk"] as JsonObject);
    if (type === "credential_removed") kept.delete(id);
    if (type !== "credential_added") continue;
    const { format, wire, key, giver } = data;
    kept.set(id, {
      id, format: String(format), wire: wire as Wire, key: keys.get(key) ?? {}, giver: giver as Giver,
      addedAt: momentOf({ ...event, type, data }),
    });
  }
  return [...kept.values()];
}

/** One credential by its name in this vault; refuses `proof_not_found`. */
export function findHeld(events: readonly Event[], id: string): Held {
  const found = heldIn(events).find((held) => held.id === id);
  if (!found) throw rejected("proof_not_found", "no such credential in this vault");
  return found;
}

/** Read a held credential again from its bytes; it was verified before it was kept. */
export function parseHeld(held: Held): Promise<Unverified> {
  if (typeof held.wire === "string" && held.format === "dc+sd-jwt") return parseSdJwtVc(held.wire);
  if (typeof held.wire === "string" && held.format === "vc+sd-jwt") return parseVcSdJwt(held.wire);
  throw unsupported("format_unknown", "the keeper does not read this format");
}
