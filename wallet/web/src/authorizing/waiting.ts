/**
 * Credentials that come later: asked again at each opening, with the keys that were proven (section 9).
 *
 * The keys are in the vault from the beginning; what is needed to ask lies in this browser.
 */

import { askAgain, previewOf, type Deferred, type Preview, type Received } from "../journeys/receiving.ts";
import type { SectorList } from "../journeys/listing.ts";
import { CHANCE } from "../keeper/seals.ts";
import { signerOf } from "../keeper/signing.ts";
import { append, type Log } from "../keeper/vault.ts";
import { Refusal } from "../protocol/errors.ts";
import type { JsonObject } from "../protocol/json.ts";
import { b64url } from "../protocol/octets.ts";
import { Conversation, type Kept } from "./conversation.ts";
import type { Found } from "./offers.ts";
import { look, namesOf, put, take, type Waits } from "./store.ts";

const LIFE = 30 * 24 * 60 * 60; // seconds: longer than any office needs to sign
const PREFIX = "waiting ";

interface Waiting extends Waits {
  readonly found: Found;
  readonly configurationId: string;
  readonly transactionId: string;
  readonly thumbprints: readonly string[];
  readonly clientId: string | undefined;
  readonly identifiers: ReadonlyMap<string, string>;
  readonly kept: Kept;
}

/** A credential that was waited for, and is here; `done` once it was kept or refused. */
export interface Arrived {
  readonly preview: Preview;
  readonly received: Received;
  readonly done: () => Promise<void>;
}

/** Remember to ask again; the log then holds the keys. */
export async function waitFor(preview: Preview, deferred: Deferred, log: Log): Promise<Log> {
  let made = log;
  const thumbprints: string[] = [];
  for (const key of deferred.keys) {
    const { thumbprint } = (await signerOf(key)).public;
    thumbprints.push(thumbprint);
    made = await append(made, "holder_key_made", { thumbprint, jwk: key });
  }
  const { configuration: _, configurationId, ...found } = preview;
  const { conversation, clientId, identifiers } = deferred.access;
  const { transactionId } = deferred;
  const until = log.now() + LIFE;
  const waiting: Waiting = { found, configurationId, transactionId, thumbprints, clientId, identifiers, kept: conversation.kept(), until };
  await put(PREFIX + b64url(CHANCE.octets(8)), waiting);
  return made;
}

/** Ask for everything that was to come; what has arrived. An issuer that says no is not asked again. */
export async function askForAll(log: Log, sector?: SectorList): Promise<Arrived[]> {
  const arrived: Arrived[] = [];
  for (const name of await namesOf<Waiting>(PREFIX, log.now())) {
    const waiting = await look<Waiting>(name);
    if (!waiting) continue;
    const done = async (): Promise<void> => void (await take(name, log.now()));
    try {
      const preview = previewOf(waiting.found, waiting.configurationId);
      const received = await askAgain(preview, await deferredOf(waiting, log), log.now(), sector);
      if (!("transactionId" in received)) arrived.push({ preview, received, done });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.kind !== "undetermined") await done();
    }
  }
  return arrived;
}

async function deferredOf({ found, kept, ...waiting }: Waiting, log: Log): Promise<Deferred> {
  const keys = log.events.filter(({ type }) => type === "holder_key_made");
  const mine = waiting.thumbprints.flatMap((thumbprint) => {
    const event = keys.find(({ data }) => data["thumbprint"] === thumbprint);
    return event ? [event.data["jwk"] as JsonObject] : [];
  });
  const conversation = await Conversation.resume(found.issuer, kept, log.now());
  const { clientId, identifiers, transactionId } = waiting;
  return { transactionId, keys: mine, access: { conversation, clientId, identifiers } };
}
