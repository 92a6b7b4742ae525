/** The keeper's page: its settings, its wallet, the screens in their frame, and what links hand over. */

import { load } from "skillspass:loading";

import { Refusal, rejected } from "../protocol/errors.ts";
import { rememberIn } from "../journeys/listing.ts";
import { serveAt } from "../journeys/network.ts";
import type { JsonObject, JsonValue } from "../protocol/json.ts";
import { b64url, sha } from "../protocol/octets.ts";
import { Bridge } from "./bridge.ts";
import { Checks } from "./checks.ts";
import { h } from "./dom.ts";
import { flows, type Flow } from "./flows.ts";
import { answerScreens, type Handlers } from "./messages.ts";
import { actions, button, notice, step } from "./parts.ts";
import { Place } from "./place.ts";
import { renewCard } from "./safe_card.ts";
import { readSettings } from "./settings.ts";
import { documentOf } from "./skills/asking.ts";
import { PageStage } from "./stage.ts";
import { errorText, has, language, speak, t } from "./texts.ts";
import { isNewCode, Updates, type Found, type TrustedTypesFactory } from "./updates.ts";
import { Wallet } from "./wallet.ts";

declare const SCREENS: string; // SHA-256 of the screens' document, base64url: set by the build
declare const SKILL_SCREENS: string; // of their second document

const IDLE_LOOK = 15_000; // milliseconds
const LETTERS = { latin: "U+0-10FFFF", "latin-ext": "U+100-130, U+132-151, U+154-2BA, U+1E00-1EFF" } as const; // as in base.css

let frame: HTMLIFrameElement | null = null;
let shown = "";
let named = false; // a wallet was open: there are names on the screens
const tell = (message: JsonObject): void => frame?.contentWindow?.postMessage(message, "*");
const stage = new PageStage(element("stage"), () => frame);

void start().catch(async (error: unknown) => {
  await load().catch(() => undefined); // its texts
  element("stage").hidden = false;
  element("stage").replaceChildren(h("main", { class: "sp-page" }, step(t("web.failed.title"), notice("negative", errorText(error)))));
});

async function start(): Promise<void> {
  const settings = readSettings(await octetsOf("/config.json"));
  serveAt(settings.origins, settings.wallet);
  const changed = (): void => {
    if (!named && wallet.state === "open" && frame) void lendLetters(frame, ["latin-ext"]);
    named ||= wallet.state === "open";
    tell({ event: "changed" });
    void turn();
  };
  const wallet = await Wallet.start(settings, changed);
  rememberIn(wallet.device);
  named = wallet.state === "open";
  speak((await wallet.device.language()) ?? (navigator.language.startsWith("en") ? "en" : "nl"));
  const checks = await Checks.open(wallet.device, changed);
  const updates = new Updates(versionOf(), (found) => drawUpdate(updates, found));
  const place = new Place((message) => {
    tell(message);
    void turn();
  });
  const turn = (): Promise<void> => turnTo(documentOf(place.screen()["name"], wallet.state));
  const run = runner(wallet);
  const bridge = new Bridge({ wallet, checks, updates, place, flows, run });
  const handlers = bridge.handlers();
  const go = async (fields: JsonObject): Promise<JsonValue> => {
    const answer = await handlers.go(fields);
    void turn();
    return answer;
  };
  answerScreens(window, () => frame?.contentWindow ?? null, patient({ ...handlers, go, receive: afterwards(wallet, handlers.receive) }));
  const handed = place.take();
  const taking = {
    receive: afterwards(wallet, handlers.receive), present: handlers.present,
    transfer: ({ link = null }: JsonObject): Promise<JsonValue> => run(flows.transfer, link),
  };
  await turn();
  await load();
  speak(language());
  if (frame) frame.title = t("web.name");
  watch(wallet);
  if (handed) void open(taking[handed.flow], handed.link, place);
  if (await isNewCode(wallet.device, updates.version)) drawUpdate(updates, "update", true);
  await updates.start();
}

/** The first screen stands before texts and types are here; whatever needs them waits. */
function patient(handlers: Handlers): Handlers {
  const waiting = Object.entries(handlers).map(([kind, handle]) =>
    [kind, kind === "state" ? handle : async (fields: JsonObject) => (await load(), handle(fields))] as const);
  return Object.fromEntries(waiting) as unknown as Handlers;
}

/** What a link handed over is drawn at once, before anything else. */
async function open(flow: (fields: JsonObject) => Promise<JsonValue>, link: string, place: Place): Promise<void> {
  try {
    const answer = await flow({ link }) as { done?: boolean; id?: string };
    if (answer.id) place.show("card", answer.id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error; // it was told on the stage
  }
}

/** After a first credential: a second way in, which may wait. */
function afterwards(wallet: Wallet, receive: (fields: JsonObject) => Promise<JsonValue>): (fields: JsonObject) => Promise<JsonValue> {
  return async (fields) => {
    const answer = await receive(fields) as JsonObject;
    if (answer["done"] === true && !wallet.isSafe()) await runner(wallet)(async () => ({ done: await renewCard(wallet, stage, true) }), null).catch(() => undefined);
    return answer;
  };
}

let drawing = false;

/** Draws one flow at a time; what goes wrong is told on the stage, and by its code to the screens. */
function runner(wallet: Wallet): (flow: Flow, given: JsonValue) => Promise<JsonValue> {
  return async (flow, given) => {
    if (drawing) throw rejected("flow_running");
    drawing = true;
    try {
      return await flow(wallet, stage, given);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "stopped")) await drawFault(error);
      throw error;
    } finally {
      drawing = false;
      stage.close();
    }
  };
}

async function drawFault(error: unknown): Promise<void> {
  const draw = (answer: (value: void) => void): HTMLElement => step(
    t("web.fault.title"), notice("negative", errorText(error), "", true), actions(button(t("web.fault.back"), () => answer(), "primary")),
  );
  await stage.ask<void>(draw).catch(() => undefined);
}

/** Put the document that belongs to a screen in a frame of its own; back and forward stay the keeper's. */
async function turnTo(path: string): Promise<void> {
  if (path === shown) return;
  const again = shown !== "";
  shown = path;
  const html = await documentAt(path);
  if (path !== shown) return; // turned again meanwhile
  const made = h("iframe", { id: "screens", sandbox: "allow-scripts", title: has("web.name") ? t("web.name") : document.title, allow: "clipboard-write *" });
  made.hidden = drawing; // a step covers them
  made.inert = drawing;
  made.srcdoc = html as string;
  frame = made;
  made.addEventListener("load", () => {
    void lendLetters(made, named ? ["latin", "latin-ext"] : ["latin"]);
    if (again && !drawing) made.focus();
  });
  element("place").replaceChildren(made);
}

const HASHES: Readonly<Record<string, string>> = { "/screens.html": SCREENS, "/skills.html": SKILL_SCREENS };
const documents = new Map<string, string>();
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypesFactory };
const policy = trustedTypes?.createPolicy("screens", { createHTML: (path) => documents.get(path) ?? "" });

/** The screens run without an origin of their own, and only as they were built with this page. */
async function documentAt(path: string): Promise<unknown> {
  if (!documents.has(path)) {
    const octets = await octetsOf(path);
    if (b64url(await sha(octets)) !== HASHES[path]) throw rejected("screens_changed");
    documents.set(path, new TextDecoder().decode(octets));
  }
  return policy ? policy.createHTML(path) : documents.get(path);
}

/** The frame can fetch nothing, so it is lent the letters that this page has; rarer ones only where names are. */
async function lendLetters(screens: HTMLIFrameElement, scripts: readonly (keyof typeof LETTERS)[]): Promise<void> {
  for (const script of scripts) {
    for (const weight of ["400", "700"]) {
      const octets = await octetsOf(`/fonts/next-${script}-${weight}.woff2`).catch(() => undefined);
      if (octets) screens.contentWindow?.postMessage({ event: "font", weight, range: LETTERS[script], octets: octets.buffer }, "*");
    }
  }
}

/** Lock a wallet that was left alone. */
function watch(wallet: Wallet): void {
  for (const name of ["pointerdown", "keydown", "message"]) addEventListener(name, () => wallet.touch());
  setInterval(() => {
    if (wallet.idle() && !drawing) void wallet.lock();
  }, IDLE_LOOK);
  addEventListener("online", () => wallet.changed());
  addEventListener("offline", () => wallet.changed());
}

/** A bar above the screens, which they cannot draw over. */
function drawUpdate(updates: Updates, found: Found, taken = false): void {
  const key = taken ? "web.update.new" : `web.update.${found}`;
  const close = (): void => element("bar").replaceChildren();
  const take = (): Promise<void> => updates.take();
  const ways = found === "update" && !taken ? [button(t("web.update.take"), take), button(t("web.update.later"), close)] : [button(t("web.update.seen"), close)];
  const note = notice(found === "changed" ? "negative" : "info", t(`${key}.title`), t(`${key}.text`, { version: updates.version.slice(0, 12) }), true);
  note.append(h("div", { class: "sp-row" }, ...ways));
  element("bar").replaceChildren(note);
  tell({ event: "changed" });
}

async function octetsOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(path);
  if (!answer.ok) throw rejected("service_failed", path);
  return new Uint8Array(await answer.arrayBuffer());
}

function versionOf(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=version]")?.content ?? "";
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw rejected("page_broken", id);
  return found;
}

