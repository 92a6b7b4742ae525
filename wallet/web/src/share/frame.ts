/** What every page on the share site has: its bar with two languages, and a place for what is shown. */

import { h, type Child } from "../page/dom.ts";
import { actions } from "../page/parts.ts";
import { Refusal } from "../protocol/errors.ts";
import { drawing, icon, language, moment, preferred, speak, t, type Language } from "./words.ts";

const NAMES = { nl: "Nederlands", en: "English" };

let redraw: () => void = () => undefined;
let heading = "";

/** Speak as the browser asks, and draw the bar; `title` is the key of the page's name. */
export function begin(title: string): void {
  heading = title;
  speak(preferred(navigator.languages));
  drawBar();
}

/** Show something, on a wide place where two columns fit. */
export function show(content: HTMLElement, wide = false): void {
  byId("place").classList.toggle("sp-page--wide", wide);
  byId("place").replaceChildren(content);
  content.querySelector<HTMLElement>("h1")?.focus();
}

/** What is drawn when somebody chooses another language. */
export function redrawBy(again: () => void): void {
  redraw = again;
}

/** One thing to read, and perhaps one to do. */
export function drawTold(title_: string, texts: readonly string[], action: Child = null): void {
  show(h("div", { class: "sp-reader sp-stack" }, title(title_), ...texts.map((line) => h("p", {}, t(line))), action ? actions(action) : null));
}

/** Something is being done. */
export function drawBusy(text: string): void {
  show(h("div", { class: "sp-busy sp-stack", role: "status" }, h("p", {}, t(text)), h("progress", { "aria-label": t(text) })));
}

/** The one title; it gets the focus. */
export const title = (key: string): HTMLElement => h("h1", { tabindex: "-1" }, t(key));

function drawBar(): void {
  document.title = `${t(heading)} - skillspass`;
  const ways = (["nl", "en"] as const).map((each) => h("button", {
    type: "button", lang: each, "aria-pressed": String(each === language()), onclick: () => swap(each),
  }, h("span", { class: "sp-languages__long" }, NAMES[each]),
  h("span", { class: "sp-languages__short", "aria-hidden": "true" }, each.toUpperCase())));
  byId("bar").replaceChildren(h("header", { class: "sp-bar" }, h("div", {},
    h("span", { class: "sp-logo" }, drawing("nut"), h("span", {}, "skillspass")),
    h("div", { class: "sp-languages", role: "group", "aria-label": t("share.language") }, ...ways))));
}

function swap(wanted: Language): void {
  speak(wanted);
  drawBar();
  redraw();
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new TypeError(id);
  return found;
}

/** Until when a box is open. */
export const untilLine = (until: number): HTMLElement =>
  h("p", { class: "sp-row", id: "until" }, icon("clock"), h("span", {}, t("box.until", { moment: moment(until) })));

/** What to tell of a proposal that did not arrive. */
export const faultOf = (error: unknown): string =>
  t(error instanceof Refusal && error.code === "mailbox_full" ? "box.full" : "share.offline");
