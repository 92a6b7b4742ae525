/** Bring credentials from an export file of ours: each is checked again before it is offered (section 6). */

import { checkChain, parseEvent, type Event } from "../keeper/events.ts";
import { signerOf } from "../keeper/signing.ts";
import { heldIn, parseHeld, type Held, type Log } from "../keeper/vault.ts";
import { unpack } from "../portability/archive.ts";
import { carry } from "../portability/carrying.ts";
import { openExport, type ExportSecret } from "../portability/export.ts";
import { malformed, Refusal, rejected } from "../protocol/errors.ts";
import { canonicalJson, type JsonValue } from "../protocol/json.ts";
import { fromUtf8, same } from "../protocol/octets.ts";
import { checkIssued } from "./receiving.ts";

/** What ends a credential and forges nothing: it may be kept, and shows as ended. */
const ENDED = new Set(["expired", "not_yet_valid"]);
const OWN = new Set(["claim_written", "wish_written", "foreign_added"]);

/** One credential of a file. */
export interface Brought {
  readonly held: Held;
  readonly type: string; // of a format that the keeper does not read: the format
  readonly problem: string | undefined; // its code; undefined: it is right
  readonly keepable: boolean; // what failed its check is shown, and never kept
  readonly known: boolean; // it is in this vault already
}

/** A file that was opened. */
export interface Import {
  readonly brought: readonly Brought[];
  readonly events: readonly Event[]; // the log of that passport
  readonly own: readonly Event[]; // claims and wishes of the worker that are not here yet
}

/** Open an export and check what is in it; refuses `export_invalid`, `export_not_opened`. */
export async function readImport(file: string, secret: ExportSecret, log: Log): Promise<Import> {
  const files = await unpack(await openExport(file.trim(), secret));
  const events = await eventsIn(files.get("log.json"));
  const here = heldIn(log.events);
  const brought: Brought[] = [];
  for (const held of heldIn(events)) {
    const known = here.some(({ id, wire }) => id === held.id || same(canonicalJson(wire), canonicalJson(held.wire)));
    brought.push({ held, known, ...(await judged(held, log.now())) });
  }
  const written = new Set(log.events.map(({ ulid }) => ulid));
  return { brought, events, own: events.filter(({ type, ulid }) => OWN.has(type) && !written.has(ulid)) };
}

/** Keep what holds and is not here yet, with its keys, the worker's own words, and what the log tells. */
export function keepImport({ brought, events }: Import, log: Log): Promise<Log> {
  return carry(log, events, new Set(brought.filter(({ keepable, known }) => keepable && !known).map(({ held }) => held.id)));
}

async function eventsIn(octets: Uint8Array<ArrayBuffer> | undefined): Promise<Event[]> {
  let list: JsonValue;
  try {
    // Our own JSON, and larger than a parser of foreign tokens allows; each event is read strictly.
    list = JSON.parse(fromUtf8(octets ?? new Uint8Array())) as JsonValue;
  } catch {
    throw malformed("export_invalid", "log.json");
  }
  if (!Array.isArray(list)) throw malformed("export_invalid", "log.json");
  const events = list.map(parseEvent);
  await checkChain(events);
  return events;
}

/** The issuer's signature, again; what cannot be checked now or not here may be kept as it is. */
async function judged(held: Held, at: number): Promise<Pick<Brought, "type" | "problem" | "keepable">> {
  let type = held.format;
  try {
    const unverified = await parseHeld(held);
    type = unverified.credential.type;
    for (const { key } of held.copies) await signerOf(key).catch(() => { throw rejected("key_elsewhere", "no key that a browser signs with"); });
    await checkIssued(unverified, at);
    return { type, problem: undefined, keepable: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, kind } = error;
    return { type, problem: code, keepable: ENDED.has(code) || kind === "undetermined" || kind === "unsupported" };
  }
}
