/** What a vault holds, read from its events; nothing is changed but by appending one. */

import type { Unverified } from "../protocol/credentials.ts";
import { malformed, rejected, undetermined, unsupported } from "../protocol/errors.ts";
import type { JsonObject, JsonValue } from "../protocol/json.ts";
import { b64url } from "../protocol/octets.ts";
import { parseSdJwtVc } from "../protocol/sd_jwt_vc.ts";
import { parseVcSdJwt } from "../protocol/vc_sd_jwt.ts";
import { momentOf, nextEvent, type Event } from "./events.ts";
import type { Chance } from "./seals.ts";
import type { Wire } from "./share_card.ts";
import { signerOf } from "./signing.ts";

/** The formats that the keeper reads. */
export const READABLE: ReadonlySet<string> = new Set(["dc+sd-jwt", "vc+sd-jwt", "ldp_vc"]);

/** Who gave a credential, as the worker saw it when it was kept. */
export interface Giver extends JsonObject {
  id: string;
  name: string;
  host: string;
  listed: boolean;
}

/** One copy of a credential: the original bytes, and the key they are bound to. */
export interface Copy {
  readonly wire: Wire;
  readonly key: JsonObject;
}

/** A credential in the vault: its first copy, and all of them. */
export interface Held {
  readonly id: string;
  readonly format: string;
  readonly wire: Wire;
  readonly key: JsonObject;
  readonly giver: Giver;
  readonly addedAt: number; // in seconds
  readonly copies: readonly Copy[];
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

/** Keep a credential that was verified, with its key; more copies are shown in turn. */
export async function addCredential(
  log: Log, format: string, wire: Wire, key: JsonObject, giver: Giver, more: readonly Copy[] = [],
): Promise<Log> {
  const id = b64url(log.chance.octets(9));
  let made = log;
  const named: { wire: Wire; key: string }[] = [];
  for (const copy of [{ wire, key }, ...more]) {
    const { thumbprint } = (await signerOf(copy.key)).public;
    made = await append(made, "holder_key_made", { thumbprint, jwk: copy.key });
    named.push({ wire: copy.wire, key: thumbprint });
  }
  const [first, ...others] = named;
  const data: JsonObject = { id, format, ...first, giver };
  if (others.length > 0) data["copies"] = others;
  return append(made, "credential_added", data);
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
    const { format, giver, wire, key, copies = [] } = data;
    const all = [{ wire, key }, ...(copies as JsonObject[])].map((copy): Copy =>
      ({ wire: copy["wire"] as Wire, key: keys.get(copy["key"]) ?? {} }));
    const [first = { wire: "", key: {} }] = all;
    kept.set(id, {
      id, format: String(format), ...first, giver: giver as Giver, addedAt: momentOf({ ...event, type, data }), copies: all,
    });
  }
  return [...kept.values()];
}

/** How often a credential was shown: each copy once, then in turn. */
export function timesShown(events: readonly Event[], id: string): number {
  const used = events.flatMap(({ data }) => [data["credentials"] ?? [], data["cards"] ?? []] as JsonObject[][]).flat();
  return used.filter((each) => each["id"] === id).length;
}

/** The copy to show now; readers who compare cannot tell that two copies are one person's. */
export function copyOf(held: Held, events: readonly Event[]): Held {
  return { ...held, ...held.copies[timesShown(events, held.id) % held.copies.length] };
}

/** One credential by its name in this vault; refuses `proof_not_found`. */
export function findHeld(events: readonly Event[], id: string): Held {
  const found = heldIn(events).find((held) => held.id === id);
  if (!found) throw rejected("proof_not_found", "no such credential in this vault");
  return found;
}

/** Read a held credential again from its bytes; it was verified before it was kept. */
export const parseHeld = ({ format, wire }: Held): Promise<Unverified> => readWire(format, wire);

/** Read a credential as it came; checks no proof. The reader of `ldp_vc` is loaded with the first one. */
export async function readWire(format: string, wire: Wire): Promise<Unverified> {
  if (format === "ldp_vc") return (await loadSecured()).read(wire);
  if (!READABLE.has(format)) throw unsupported("format_unknown", "the keeper does not read this format");
  if (typeof wire !== "string") throw malformed("token_malformed", "expected compact text");
  return (format === "vc+sd-jwt" ? parseVcSdJwt : parseSdJwtVc)(wire);
}

/** The keeper's part for Data Integrity; refuses `derive_unreachable`. */
export const loadSecured = (): Promise<typeof import("../integrity/door.ts")> => import("../integrity/door.ts")
  .catch(() => { throw undetermined("derive_unreachable", "its script"); });
