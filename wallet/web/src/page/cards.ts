/** The passport as its screens draw it: each credential as a card, and all that stands on one. */

import SKILLS from "skillspass:skills";
import TYPES from "skillspass:types";

import { heldIn, parseHeld, timesShown, type Held } from "../keeper/vault.ts";
import type { Event } from "../keeper/events.ts";
import type { Unverified } from "../protocol/credentials.ts";
import { Refusal } from "../protocol/errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import type { Check } from "./checks.ts";
import { textAt, valueIn } from "./values.ts";

const ENDING = 90 * 24 * 3600; // seconds: time enough to book a course before it ends
const PLACED = new Set(["given_name", "family_name", "skills", "details", "id", "own_title"]);
const LANGUAGES = ["nl", "en"] as const;

/** How a credential stands, as the screens name it. */
export type Standing = "valid" | "ending" | "ended" | "not_yet" | "revoked" | "suspended" | "unknown" | "refused";

/** A credential that was read again, with what is known of it. */
export interface Read {
  readonly held: Held;
  readonly unverified: Unverified | undefined; // undefined: a format that this page does not read
  readonly check: Check | undefined;
  readonly known: boolean; // the sector's list names who gave it, for this type
}

/** Everything that is held, newest first. */
export async function readAll(
  events: readonly Event[], checkOf: (id: string) => Check | undefined, isKnown: (issuer: string, type: string) => boolean,
): Promise<Read[]> {
  const all = heldIn(events).map(async (held): Promise<Read> => {
    const unverified = await readable(held);
    const { issuer = "", type = "" } = unverified?.credential ?? {};
    return { held, unverified, check: checkOf(held.id), known: isKnown(issuer, type) };
  });
  return (await Promise.all(all)).reverse();
}

/** What an event says of a type, in both languages. */
export function titlesOf(type: string): { nl: string; en: string } {
  const known = TYPES[type];
  const name = type.split("/").findLast((part) => part !== "" && !/^\d+$/.test(part)) ?? type;
  const title = name.slice(0, 1).toUpperCase() + name.slice(1);
  return known ? { nl: known.nl, en: known.en } : { nl: title, en: title };
}

/** A credential as a card. */
export function cardOf(read: Read, events: readonly Event[], at: number): JsonObject {
  const { held, unverified, check, known } = read;
  const credential = unverified?.credential;
  const type = TYPES[credential?.type ?? ""];
  const own = credential ? textAt(credential.claims, "own_title") : "";
  const titles = titlesOf(credential?.type ?? held.format);
  const { name, host } = held.giver;
  return {
    id: held.id, title_nl: own || titles.nl, title_en: own || titles.en, issuer: { name, host, known },
    received: iso(held.addedAt), from: isoOrNull(credential?.validFrom ?? credential?.issuedAt),
    until: isoOrNull(credential?.validUntil), standing: standingOf(read, at), reason: null,
    checked: isoOrNull(check?.at), icon: type?.icon ?? "file-check", grade: type?.[known ? "grade" : "loose"] ?? null, format: held.format,
    copies: held.copies.length > 1 ? Math.max(0, held.copies.length - timesShown(events, held.id)) : 0, older: check?.older === true, device_only: false,
  };
}

/** A credential with its lines and skills; `shown` are the entries that tell of it. */
export function detailOf(read: Read, events: readonly Event[], at: number, shown: readonly JsonObject[]): JsonObject {
  const claims = read.unverified?.credential.claims ?? {};
  return {
    ...cardOf(read, events, at), lines: linesOf(claims, read.unverified?.credential.type ?? ""), skills: skillsOf(read),
    shown: [...shown],
  };
}

/** The name on the newest credential that carries one. */
export function nameIn(all: readonly Read[]): string {
  for (const { unverified } of all) {
    const claims = unverified?.credential.claims ?? {};
    const name = [textAt(claims, "given_name"), textAt(claims, "family_name")].filter((part) => part !== "").join(" ");
    if (name) return name;
  }
  return "";
}

/** How it stands: what the issuer says now, then its dates; what nobody could check is unknown. */
export function standingOf({ unverified, check }: Read, at: number): Standing {
  if (!unverified) return "unknown";
  const { validFrom, validUntil } = unverified.credential;
  if (check?.word === "refused" || check?.word === "revoked") return check.word;
  if (validUntil !== undefined && at >= validUntil) return "ended";
  if (check?.word === "suspended") return "suspended";
  if (validFrom !== undefined && at < validFrom) return "not_yet";
  if (!check || check.word === "unknown") return "unknown";
  return validUntil !== undefined && validUntil - at < ENDING ? "ending" : "valid";
}

async function readable(held: Held): Promise<Unverified | undefined> {
  try {
    return await parseHeld(held);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Label and value of each claim but name and skills, in the order of the type. */
function linesOf(claims: JsonObject, type: string): JsonValue[] {
  const known = TYPES[type]?.claims ?? [];
  const order = known.map(({ path }) => path);
  const names = [...order.filter((name) => Object.hasOwn(claims, name)), ...Object.keys(claims).filter((name) => !order.includes(name))];
  const plain = names.filter((name) => !PLACED.has(name)).map((name): JsonObject => {
    const label = known.find(({ path }) => path === name) ?? { nl: name, en: name };
    return { nl: label.nl, en: label.en, ...both((language) => valueIn(claims[name] ?? null, language)) };
  });
  const details = member(claims, "details");
  const own = (Array.isArray(details) ? details : []).filter(isObject).map((each): JsonObject => {
    const nl = textAt(each, "label");
    return { nl, en: textAt(each, "label_en") || nl, ...both((language) => valueIn(member(each, "value") ?? null, language)) };
  });
  return [...plain, ...own];
}

function both(text: (language: "nl" | "en") => string): JsonObject {
  return Object.fromEntries(LANGUAGES.map((language) => [`value_${language}`, text(language)]));
}

/** Name, level and strength of each skill on it. */
function skillsOf({ unverified, known }: Read): JsonValue[] {
  const { claims = {}, type = "" } = unverified?.credential ?? {};
  const items = member(claims, "skills");
  return (Array.isArray(items) ? items : []).filter(isObject).map((item): JsonObject => {
    const name = textAt(item, "skill");
    const [nl, en] = SKILLS[name] ?? [textAt(item, "label_nl") || name, textAt(item, "label_en") || textAt(item, "label_nl") || name];
    const level = member(item, "level");
    return { label_nl: nl, label_en: en, level: typeof level === "number" ? level : 0, grade: TYPES[type]?.[known ? "grade" : "loose"] ?? "self" };
  });
}

const iso = (at: number): string => new Date(at * 1000).toISOString();

const isoOrNull = (at: number | undefined): string | null => (at === undefined ? null : iso(at));
