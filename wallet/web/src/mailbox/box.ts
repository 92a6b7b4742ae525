/** Boxes of the worker: put up, read what came, take down, and remember in the vault (decision 0057). */

import { momentOf, type Event } from "../keeper/events.ts";
import { publicJwk, type Chance } from "../keeper/seals.ts";
import { Refusal } from "../protocol/errors.ts";
import { isObject, type JsonObject } from "../protocol/json.ts";
import { b64url, sha, type Octets } from "../protocol/octets.ts";
import { boxLinkText, KINDS, newBoxLink, openProposal, parseBoxLink, sealSnapshot, type BoxKind } from "./letters.ts";

const HOUR = 60 * 60;
const NAME = 9; // octets of a proposal's name

/** What a box needs of the service: the calls of `account/service.ts`. */
export interface Postbox {
  makeMailbox(id: Octets, expires: number): Promise<void>;
  putLetter(id: Octets, message: Octets): Promise<void>;
  lettersIn(id: Octets): Promise<Octets[]>;
  removeMailbox(id: Octets): Promise<void>;
}

/** A box as the vault remembers it. */
export interface Box {
  readonly id: string;
  readonly kind: BoxKind;
  readonly link: string;
  readonly key: JsonObject; // private, a JWK
  readonly made: number; // moments in seconds
  readonly until: number;
  readonly about: JsonObject; // what the worker wants to remember of it, as its kind has it
}

/** A box that the log knows. */
export interface KeptBox extends Box {
  readonly closed: boolean;
  readonly answered: ReadonlyMap<string, boolean>; // a proposal's name to the worker's yes or no
  readonly kept: readonly JsonObject[]; // what the worker's answers remember beside yes and no
}

/** One thing that was proposed. */
export interface Proposal {
  readonly id: string; // its name: of its octets, so that the same letter twice is one
  readonly data: JsonObject; // nobody has looked at it yet: its kind reads it
}

/** What came back: what opens, and how many letters do not. */
export interface Came {
  readonly proposals: readonly Proposal[];
  readonly malformed: number;
}

/** What is put up. */
export interface NewBox {
  readonly kind: BoxKind;
  readonly hours: number;
  readonly snapshot: JsonObject; // what the guest reads
  readonly about?: JsonObject; // what stays in the vault
}

/** Where, when and by which chance. */
export interface Making {
  readonly origin: string; // of the guests' page
  readonly now: number; // in seconds
  readonly chance: Chance;
}

/** Put a box up at the service; keep it with `boxEvent`, for what no vault knows nobody can read. */
export async function openBox(service: Postbox, { kind, hours, snapshot, about = {} }: NewBox, { origin, now, chance }: Making): Promise<Box> {
  const link = newBoxLink(origin, chance);
  const made = Math.floor(now);
  const until = made + hours * HOUR;
  const pair = await chance.agreementKey();
  const sealed = await sealSnapshot(link, { kind, until, key: await publicJwk(pair.publicKey), snapshot }, chance);
  await service.makeMailbox(link.id, until);
  await service.putLetter(link.id, sealed);
  return { id: b64url(link.id), kind, link: boxLinkText(link), key: await privateJwk(pair.privateKey), made, until, about };
}

/** What was proposed and not answered yet, oldest first; a letter that does not open is counted. Refuses `mailbox_gone`. */
export async function readBox(service: Postbox, box: Box | KeptBox): Promise<Came> {
  const letters = (await service.lettersIn(parseBoxLink(box.link).id)).slice(1); // the first is our own
  const found = new Map<string, JsonObject>();
  let wrong = 0;
  for (const letter of letters) {
    const id = b64url((await sha(letter)).slice(0, NAME));
    try {
      found.set(id, await openProposal(letter, box.key));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      wrong += 1;
    }
  }
  const answered = "answered" in box ? box.answered : new Map<string, boolean>();
  return { proposals: [...found].filter(([id]) => !answered.has(id)).map(([id, data]) => ({ id, data })), malformed: wrong };
}

/** Take a box down with all that is in it; one that ended by itself counts as taken down. */
export async function closeBox(service: Postbox, { link }: Pick<Box, "link">): Promise<void> {
  await service.removeMailbox(parseBoxLink(link).id);
}

/** What the vault keeps of a box that was put up. */
export function openedEvent({ id, kind, link, key, until, about }: Box): Written {
  return { type: kind === "adviser" ? "adviser_opened" : "box_opened", data: { id, kind, link, key, until, about } };
}

/** That the worker answered a proposal; `kept` is what it leaves, a refused one leaves nothing. */
export function answeredEvent({ id }: Pick<Box, "id">, proposal: string, yes: boolean, kept?: JsonObject): Written {
  return { type: "box_answered", data: { box: id, proposal, yes, kept: (yes && kept) || null } };
}

/** That a box is down, and how many proposals were taken over and refused. */
export function closedEvent({ id, kind, answered }: KeptBox): Written {
  const said = [...answered.values()];
  const yes = said.filter(Boolean).length;
  return { type: kind === "adviser" ? "adviser_closed" : "box_closed", data: { id, kind, yes, no: said.length - yes } };
}

/** An event to append. */
export interface Written {
  readonly type: string;
  readonly data: JsonObject;
}

/** The boxes that the log knows, newest first. */
export function boxesIn(events: readonly Event[]): KeptBox[] {
  const of = (...types: string[]): Event[] => events.filter(({ type }) => types.includes(type));
  const closed = new Set(of("adviser_closed", "box_closed").map(({ data }) => data["id"]));
  const answers = of("box_answered").map(({ data }) => data);
  return of("adviser_opened", "box_opened").map((event): KeptBox => {
    const { id, kind, link, key, until, about } = event.data;
    const own = answers.filter(({ box }) => box === id);
    return {
      id: String(id), kind: KINDS.find((each) => each === kind) ?? "adviser", link: String(link), key: isObject(key) ? key : {},
      made: momentOf(event), until: Number(until), about: isObject(about) ? about : {}, closed: closed.has(id ?? null),
      answered: new Map(own.map(({ proposal, yes }) => [String(proposal), yes === true])),
      kept: own.flatMap(({ kept }) => (isObject(kept) ? [kept] : [])),
    };
  }).reverse();
}

async function privateJwk(key: CryptoKey): Promise<JsonObject> {
  const { kty = "", crv = "", x = "", y = "", d = "" } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, y, d };
}
