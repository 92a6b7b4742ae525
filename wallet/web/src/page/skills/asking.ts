/**
 * The door to what recognises, compares and helps to grow: a script of its own, loaded on need.
 *
 * All of it is worked out in this page, from data that came with the page: no answer asks anybody.
 */

import type { Event } from "../../keeper/events.ts";
import type { JsonObject, JsonValue } from "../../protocol/json.ts";
import { b64url } from "../../protocol/octets.ts";
import { CHANCE } from "../../keeper/seals.ts";
import { nameIn, titlesOf, type Read } from "../cards.ts";
import { h } from "../dom.ts";
import type { Flow } from "../flows.ts";
import type { Handlers, MessageKind } from "../messages.ts";
import { actions, button, step, twoWays, words } from "../parts.ts";
import { drawQr } from "../qr.ts";
import type { Stage } from "../stage.ts";
import { day, language, t } from "../texts.ts";
import type { State, Wallet } from "../wallet.ts";

const ALONE = new Set(["discover"]); // needs no passport yet
const SCREENS = new Set(["skills", "skill", "fit", "job", "grow", "talk", "adviser", "confirm", ...ALONE]);
const KINDS = ["skills", "skill", "suggest", "keep", "fit", "job", "growth", "actions", "wish", "plan", "finish", "talk", "talked"] as const;

/** What is read from a wallet for an answer. */
export interface Given {
  readonly reads: readonly Read[];
  readonly events: readonly Event[];
  readonly name: string; // as the newest proof has it; empty where none does
  readonly at: number; // in seconds
  /** In which role the sector's list names an issuer for a type; empty for a type that is not theirs, null for an unknown issuer. */
  readonly role: (issuer: string, type: string, at: number) => string | null;
  readonly titlesOf: (type: string) => { readonly nl: string; readonly en: string };
  readonly day: (iso: string, language: "nl" | "en") => string;
}

/** What the loaded script draws with, so that it carries no second copy. */
export const KIT = { h, actions, button, step, twoWays, words, drawQr, day, language, t };

/** What the loaded script answers. */
export interface Answering {
  answer(kind: SkillKind | Asked, fields: JsonObject, given: Given): JsonValue;
  /** What is written down, and how it is asked on the stage first; null: it needs no step. */
  draws(kind: SkillKind, fields: JsonObject, given: Given, kit: typeof KIT): ((answer: (yes: boolean) => void) => HTMLElement) | null;
  /** The event that a message writes; null for one that only asks. */
  writes(kind: SkillKind, fields: JsonObject, id: string): { readonly type: string; readonly data: JsonObject } | null;
  reminders(given: Given): JsonObject[];
}

/** What the flows ask beside the messages: own words that a colleague can confirm, and the talk card. */
export type Asked = "askable" | "talk_card";

export type SkillKind = Extract<MessageKind, (typeof KINDS)[number]>;

/** What the flows of skills work with. */
export interface SkillPage {
  readonly wallet: Wallet;
  readonly run: (flow: Flow, given: JsonValue) => Promise<JsonValue>;
  readonly read: () => Promise<Read[]>;
  readonly role: Given["role"];
}

let loading: Promise<Answering> | undefined;

/** The script of skills, loaded once. */
export function loaded(): Promise<Answering> {
  const address = "/skills.js"; // a file of its own, with the framework beside it
  loading ??= import(address) as Promise<Answering>;
  loading.catch(() => { loading = undefined; });
  return loading;
}

/** The document of the screens that a screen stands in. */
export function documentOf(screen: JsonValue | undefined, state: State): string {
  const name = String(screen);
  return SCREENS.has(name) && (state === "open" || ALONE.has(name)) ? "/skills.html" : "/screens.html";
}

/** The handlers of the messages about skills. */
export function skillHandlers(page: SkillPage): Pick<Handlers, SkillKind> {
  return Object.fromEntries(KINDS.map((kind) => [kind, async (fields: JsonObject) => {
    const { answer, draws, writes } = await loaded();
    const given = await givenOf(page);
    const written = writes(kind, fields, b64url(CHANCE.octets(9)));
    const drawn = draws(kind, fields, given, KIT);
    if (!written && !drawn) return answer(kind, fields, given);
    const flow = async (wallet: Wallet, stage: Stage): Promise<JsonValue> => {
      if (drawn && !(await stage.ask<boolean>(drawn))) return { done: false };
      await wallet.ensureOpen(stage);
      if (written) await wallet.note(written.type, written.data);
      return { done: true };
    };
    if (drawn || page.wallet.state !== "open") return page.run(flow, null);
    await page.wallet.note(written!.type, written!.data);
    return { done: true };
  }])) as unknown as Pick<Handlers, SkillKind>;
}

/** Reminders of what ends and of what was planned; none while nothing calls for them. */
export async function remindersOf(page: SkillPage): Promise<JsonObject[]> {
  return (await loaded()).reminders(await givenOf(page));
}

/** What is read from the wallet now. */
export async function givenOf({ wallet, read, role }: SkillPage): Promise<Given> {
  const open = wallet.state === "open";
  const reads = open ? await read() : [];
  return { reads, name: nameIn(reads), events: open ? wallet.log().events : [], at: wallet.now(), role, titlesOf, day };
}
