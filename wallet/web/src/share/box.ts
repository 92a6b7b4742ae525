/**
 * The page of a box: somebody without a passport reads what a worker chose, and answers.
 *
 * What is drawn depends on what the box is for. At its end the page starts anew without its key, so
 * that nothing of it stays in memory (decision 0057).
 */

import TEXTS from "skillspass:texts/box";

import { h } from "../page/dom.ts";
import { button } from "../page/parts.ts";
import { parseBoxLink, type BoxKind, type BoxLink, type Opened } from "../mailbox/letters.ts";
import { Refusal } from "../protocol/errors.ts";
import type { JsonObject } from "../protocol/json.ts";
import { look, openBox, propose } from "./box_service.ts";
import { begin, drawBusy, drawTold, redrawBy, show } from "./frame.ts";
import { t, teach } from "./words.ts";

const OVER = "#over";
const LOOK_AGAIN = 15_000; // milliseconds between two looks whether the worker ended it
const LONGEST_WAIT = 2 ** 31 - 1; // of a timer

/**
 * Draw a box of one kind in `root`, whose h1 gets the focus; called again in another language.
 *
 * `send` leaves a proposal for the worker. It refuses `mailbox_full` and `box_unreachable`, whose
 * words `faultOf` has; a box that is over ends the page by itself.
 */
export type Draw = (root: HTMLElement, snapshot: JsonObject, send: (proposal: JsonObject) => Promise<void>, box: { readonly until: number }) => void;

/** What each kind is drawn by, loaded when a box of it is opened; `wide`: two columns where they fit. */
const DRAWERS: Readonly<Partial<Record<BoxKind, { readonly wide: boolean; readonly load: () => Promise<{ draw: Draw }> }>>> = {
  adviser: { wide: true, load: () => import("./box_adviser.ts") },
  confirm: { wide: false, load: () => import("./box_confirm.ts") },
  talk: { wide: false, load: () => import("./box_talk.ts") },
};

void start();

async function start(): Promise<void> {
  teach(TEXTS);
  begin("box.title");
  if (location.hash === OVER) return told("box.over", ["box.over_text", "box.over_left"]);
  try {
    await enter(parseBoxLink(location.href));
  } catch (error) {
    refused(error);
  }
}

async function enter(link: BoxLink): Promise<void> {
  drawBusy("box.busy");
  const opened = await openBox(link, Date.now() / 1000);
  const drawer = DRAWERS[opened.kind];
  if (!drawer) throw new TypeError(opened.kind);
  const { draw } = await drawer.load();
  const send = (proposal: JsonObject): Promise<void> => orOver(() => propose(link, opened, proposal));
  const redraw = (): void => {
    const root = h("div", { class: "sp-reader sp-stack--lg", id: "box", "data-kind": opened.kind });
    draw(root, opened.snapshot, send, { until: opened.until });
    show(root, drawer.wide);
  };
  redrawBy(redraw);
  redraw();
  watch(link, opened);
}

/** End with the box: by its time, or when the worker takes it down. */
function watch(link: BoxLink, { until }: Opened): void {
  setTimeout(over, Math.min(until * 1000 - Date.now(), LONGEST_WAIT));
  setInterval(() => void orOver(() => look(link)).catch(() => undefined), LOOK_AGAIN);
}

async function orOver(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Refusal && error.code === "mailbox_gone") over();
    throw error;
  }
}

/** Begin anew without the key: what was read and written here is gone from memory. */
function over(): void {
  history.replaceState(null, "", `${location.pathname}${OVER}`);
  location.reload();
}

function refused(error: unknown): void {
  const code = error instanceof Refusal ? error.code : "failed";
  if (code === "mailbox_gone") over();
  else if (code === "box_link_invalid") told("box.broken", ["box.broken_text"]);
  else if (code === "box_unreachable") told("share.offline", ["share.offline_text"], "share.retry");
  else told("box.damaged", ["box.damaged_text"]);
}

/** One thing to read, also in another language. */
function told(heading: string, texts: readonly string[], again?: string): void {
  const draw = (): void => drawTold(heading, texts, again ? button(t(again), () => location.reload(), "primary") : null);
  redrawBy(draw);
  draw();
}
