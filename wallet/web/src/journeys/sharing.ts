/** Deelkaarten: lay out what can be shown, make, look who looked, and stop (wallet design, section 8). */

import { keepShare, seeShare, stopShare } from "../account/service.ts";
import { layOutFreely, seen, type Line, type Option, type TypeEntry } from "../keeper/consent.ts";
import { momentOf, type Event } from "../keeper/events.ts";
import { linkText, newLink, openName, parseLink, sealShare, type ShareLink, type Wire } from "../keeper/share_card.ts";
import { append, copyOf, type Log } from "../keeper/vault.ts";
import { readables, showCopy, type Readable } from "../integrity/copies.ts";
import { Paths } from "../protocol/claims.ts";
import { Refusal, rejected } from "../protocol/errors.ts";
import type { JsonObject, JsonValue } from "../protocol/json.ts";
import { b64url, fromB64url } from "../protocol/octets.ts";

const DAY = 24 * 60 * 60;

/** One held credential and the lines that the worker may add to what is always seen. */
export interface Showable extends Readable {
  readonly option: Option; // `lines` are always seen, `hidden` may be picked
}

/** What is shown of one credential. */
export interface Shown {
  readonly showable: Showable;
  readonly picked: Paths;
}

/** How long, how often, and with which spoken code. */
export interface Terms {
  readonly days: number;
  readonly maxViews: number | undefined;
  readonly code: string | undefined; // four digits
}

/** A share as the vault remembers it. */
export interface KeptShare {
  readonly id: string;
  readonly link: ShareLink;
  readonly stop: string;
  readonly code: string | undefined;
  readonly made: number; // moments in seconds
  readonly until: number;
  readonly maxViews: number | undefined;
  readonly cards: readonly JsonObject[]; // type, labels_nl, labels_en
  readonly stopped: boolean;
}

/** Who looked at a share. */
export interface Looks {
  readonly views: readonly { readonly at: string; readonly name: string | undefined }[]; // oldest first
  readonly wrong: number; // wrong spoken codes
  readonly ended: boolean;
}

/** What can be put on a share, of each credential that the keeper presents itself. */
export async function showables(log: Log, entryOf: (type: string) => TypeEntry | undefined): Promise<Showable[]> {
  return (await readables(log.events)).map((each) => {
    const option = layOutFreely(each.unverified, entryOf(each.unverified.credential.type));
    return { ...each, option };
  });
}

/** The lines that a visitor reads. */
export function linesOf({ showable: { option }, picked }: Shown): Line[] {
  return [...seen(option, picked), ...option.hidden.filter(({ path }) => picked.has(path))];
}

/** Present, seal and keep a share, after a fresh passkey; the log knows its link from then on. */
export async function makeShare(
  origin: string, shown: readonly Shown[], terms: Terms, confirmed: string, log: Log,
): Promise<[Log, KeptShare]> {
  const link = newLink(origin, terms.code !== undefined, log.chance);
  const expires = Math.floor(log.now()) + terms.days * DAY;
  const id = b64url(link.id);
  const cards: Wire[] = [];
  for (const { showable: { held, option }, picked } of shown) {
    if (!picked.within(new Paths(option.hidden.map(({ path }) => path)))) throw rejected("choice_invalid", "another line");
    const binding = { audience: origin, nonce: id, expires };
    const [card] = await showCopy(copyOf(held, log.events), binding, picked, log.now());
    cards.push(card);
  }
  const sealed = await sealShare(link, cards, expires, terms.code, log.chance);
  const stop = log.chance.octets(32);
  await keepShare({ link, sealed, expires, code: terms.code, stop, maxViews: terms.maxViews }, confirmed);
  const data: JsonObject = {
    id, link: linkText(link), stop: b64url(stop), code: terms.code ?? null, until: expires, views: terms.maxViews ?? null,
    cards: shown.map(written),
  };
  const after = await append(log, "share_made", data);
  const made = sharesIn(after.events)[0];
  if (!made) throw rejected("share_gone");
  return [after, made];
}

/** The shares that the log knows and our service keeps, newest first. */
export function sharesIn(events: readonly Event[]): KeptShare[] {
  const stopped = new Set(events.filter(({ type }) => type === "share_stopped").map(({ data }) => data["id"]));
  return events.filter(({ type, data }) => type === "share_made" && data["elsewhere"] !== true).map((event): KeptShare => {
    const { id, link, stop, code, until, views, cards } = event.data;
    return {
      id: String(id), link: parseLink(String(link)), stop: String(stop), code: typeof code === "string" ? code : undefined,
      made: momentOf(event), until: Number(until), maxViews: typeof views === "number" ? views : undefined,
      cards: cards as JsonObject[], stopped: stopped.has(id ?? null),
    };
  }).reverse();
}

/** Ask the service when a share was seen, and open the names that visitors left. */
export async function looksAt(share: KeptShare): Promise<Looks> {
  const { views, wrong, ended } = await seeShare(share.link, fromB64url(share.stop));
  const opened = (views as JsonObject[]).map(async ({ at, name }) => {
    const sealed = typeof name === "string" ? fromB64url(name) : undefined;
    const read = sealed && (await openName(share.link, sealed, share.code).catch(() => undefined));
    return { at: String(at), name: read?.replace(/[\p{Cc}\p{Cf}]/gu, "").trim() }; // nothing that turns or hides what stands beside it
  });
  return { views: await Promise.all(opened), wrong: Number(wrong), ended: ended === true };
}

/** Stop a share; one that ended by itself counts as stopped too. */
export async function endShare(share: KeptShare, log: Log): Promise<Log> {
  try {
    await stopShare(share.link, fromB64url(share.stop));
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "share_gone")) throw error;
  }
  return append(log, "share_stopped", { id: share.id });
}

function written(shown: Shown): JsonValue {
  const lines = linesOf(shown);
  const { held, unverified } = shown.showable;
  const { type } = unverified.credential;
  return { id: held.id, type, labels_nl: lines.map(({ nl }) => nl), labels_en: lines.map(({ en }) => en) };
}
