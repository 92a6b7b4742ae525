/**
 * The talk card as a document, the manager's reply to it, and the two signatures (R12).
 *
 * The worker's key stands in the card; the manager's page signs with a key made for it, over the
 * digest of the very card; the worker signs that reply. Who holds all three can check both.
 */

import { didJwk, keyOf, selfNamed } from "../protocol/dids.ts";
import { malformed, rejected, type Refusal } from "../protocol/errors.ts";
import { peek, signCompact, verifyJws, type Jws } from "../protocol/jose.ts";
import { isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { publicKeyFromJwk, type Signer } from "../protocol/keys.ts";
import { CLOCK_SKEW } from "../protocol/limits.ts";
import { b64url } from "../protocol/octets.ts";
import { digest } from "../protocol/sd_jwt.ts";
import { shaOf } from "../keeper/seals.ts";
import { isLevel, isLine, lined, MAX_NAME } from "./asking.ts";

export const AGREEMENTS = 3;
export const MAX_AGREEMENT = 140;
export const MAX_COMMENT = 600;
const MAX_REPLY = 8 * 1024; // characters
const [STRENGTHS, WISHES, MAX_LABEL] = [6, 4, 200]; // so that it stays two pages
const TYP = "talk+jwt";
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const GRADES: readonly JsonValue[] = ["self", "colleague", "manager", "assessed", "accredited"];

/** A strength on the card; level 0 is not told. */
export interface Strength extends JsonObject {
  nl: string;
  en: string;
  level: number;
  grade: string;
}

/** What stands on a card that is sent; nothing that was not chosen. */
export interface TalkCard extends JsonObject {
  v: 1;
  made: string; // a day
  name: string;
  strengths: Strength[];
  wishes: { nl: string; en: string }[];
  agreements: string[];
  key: JsonObject; // the worker's, for this one card
}

/** What the manager said. */
export interface Reply {
  readonly agreements: readonly string[];
  readonly comment: string;
  readonly name: string; // the manager's own word
  readonly at: number; // in seconds
}

/** A card that both signed. */
export interface Signed {
  readonly card: TalkCard;
  readonly reply: Reply;
  readonly at: number; // when the worker signed, in seconds
}

/** Read a card; refuses `talk_invalid`. */
export async function readCard(value: JsonValue | undefined): Promise<TalkCard> {
  if (!isObject(value) || Object.keys(value).length !== 7 || member(value, "v") !== 1) throw invalid("version");
  const [made, name, strengths, wishes, agreements, key] = ["made", "name", "strengths", "wishes", "agreements", "key"].map((each) => member(value, each));
  const named = (each: JsonValue): boolean => isObject(each) && isText(each["nl"], MAX_LABEL) && isText(each["en"], MAX_LABEL);
  const strong = (each: JsonValue): boolean => named(each) && isObject(each) && Object.keys(each).length === 4
    && (each["level"] === 0 || isLevel(each["level"])) && GRADES.includes(each["grade"] ?? null);
  const sound = typeof made === "string" && DAY.test(made) && isText(name, MAX_NAME)
    && Array.isArray(strengths) && strengths.length <= STRENGTHS && strengths.every(strong)
    && Array.isArray(wishes) && wishes.length <= WISHES && wishes.every((each) => named(each) && Object.keys(each ?? {}).length === 2)
    && isAgreements(agreements) && isObject(key);
  if (!sound) throw invalid("a card");
  if ((await publicKeyFromJwk(key)).algorithm !== "ES256") throw invalid("its key");
  return value as TalkCard;
}

/** Sign what the manager said about a card, with a key of the page; `at` in seconds. */
export async function signReply(card: TalkCard, said: Omit<Reply, "at">, signer: Signer, at: number): Promise<string> {
  const payload: JsonObject = {
    iss: didJwk(signer.public), iat: Math.floor(at), card: await digestOf(card),
    agreements: said.agreements.map((each) => lined(each).slice(0, MAX_AGREEMENT)), comment: lined(said.comment).slice(0, MAX_COMMENT),
    name: lined(said.name).slice(0, MAX_NAME),
  };
  return signCompact({ typ: TYP }, payload, signer);
}

/** Read and check a reply to this very card; refuses `talk_invalid`, `talk_other_card`, or as the signature. */
export async function readReply(token: JsonValue | undefined, card: TalkCard, at: number): Promise<Reply> {
  const { payload } = await opened(token);
  const { iss, agreements, comment, name } = payload;
  if (typeof iss !== "string" || Object.keys(payload).length !== 6) throw invalid("a reply");
  await verifyJws(await opened(token), keyOf(await selfNamed(iss), undefined, "assertionMethod"));
  if (member(payload, "card") !== (await digestOf(card))) throw rejected("talk_other_card", "about another card");
  if (!isAgreements(agreements) || !isText(comment, MAX_COMMENT) || !isText(name, MAX_NAME)) throw invalid("a reply");
  return { agreements, comment, name, at: momentIn(payload, at) };
}

/** The worker signs a reply that she accepts, with the key of the card. */
export async function signTalk(reply: string, signer: Signer, at: number): Promise<string> {
  return signCompact({ typ: TYP }, { iat: Math.floor(at), reply: await digest(reply) }, signer);
}

/** Read and check a card with both signatures; refuses as `readCard` and `readReply`. */
export async function readSigned(value: JsonObject, at: number): Promise<Signed> {
  const card = await readCard(member(value, "card"));
  const [token, mark] = [member(value, "reply"), member(value, "mark")];
  const reply = await readReply(token, card, at);
  const signed = await opened(mark);
  await verifyJws(signed, await publicKeyFromJwk(card.key));
  if (member(signed.payload, "reply") !== (await digest(String(token)))) throw rejected("talk_other_card", "about another reply");
  return { card, reply, at: momentIn(signed.payload, at) };
}

async function opened(token: JsonValue | undefined): Promise<Jws> {
  if (typeof token !== "string" || token.length > MAX_REPLY) throw invalid("no token");
  return peek(token, { typ: [TYP] });
}

function momentIn(payload: JsonObject, at: number): number {
  const made = member(payload, "iat");
  if (typeof made !== "number" || !Number.isInteger(made) || made < 0 || made > at + CLOCK_SKEW) throw invalid("iat");
  return made;
}

const digestOf = async (card: TalkCard): Promise<string> => b64url(await shaOf(card));

const isText = (value: JsonValue | undefined, most: number): value is string => typeof value === "string" && isLine(value, most);

const isAgreements = (value: JsonValue | undefined): value is string[] =>
  Array.isArray(value) && value.length === AGREEMENTS && value.every((each) => isText(each, MAX_AGREEMENT));

const invalid = (detail: string): Refusal => malformed("talk_invalid", detail);
