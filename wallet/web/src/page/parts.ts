/** The parts that steps are made of: a title, words, fields, notices and buttons. */

import { h, icon, type Child } from "./dom.ts";
import { t } from "./texts.ts";

/** How a button looks: the one thing to do, an equal yes or no, a quiet other way, or something that ends. */
export type Look = "primary" | "equal" | "plain" | "negative";

const TONES = { info: "info", warning: "triangle-alert", negative: "circle-alert", positive: "circle-check" };

/** One step: its title and what belongs to it. */
export function step(title: string, ...children: readonly Child[]): HTMLElement {
  return h("div", { class: "sp-stack" }, h("h1", {}, title), ...children);
}

/** A paragraph. */
export const words = (text: string, subtle = false): HTMLElement => h("p", subtle ? { class: "sp-subtle" } : {}, text);

/** A button that does one thing. */
export function button(text: string, action: () => unknown, look: Look = "plain", symbol?: string): HTMLButtonElement {
  const style = look === "plain" ? "sp-button" : `sp-button sp-button--${look}`;
  return h("button", { class: style, type: "button", onclick: action }, symbol ? icon(symbol) : null, text);
}

/** The buttons of a step, one below the other. */
export const actions = (...buttons: readonly Child[]): HTMLElement => h("div", { class: "sp-actions" }, ...buttons);

/** Two buttons of the same size. */
export const twoWays = (...buttons: readonly Child[]): HTMLElement =>
  h("div", { class: "sp-actions sp-actions--two" }, ...buttons);

/** A notice with a first bold sentence; `alert` is read aloud at once. */
export function notice(tone: keyof typeof TONES, title: string, text = "", alert = false): HTMLElement {
  const body = h("div", {}, h("strong", {}, title), text ? h("p", {}, text) : null);
  return h("div", { class: `sp-notice is-${tone}`, role: alert ? "alert" : "note" }, icon(TONES[tone]), body);
}

/** A field with its label, a line of help, and what is wrong with it. */
export interface Field {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement;
  /** Say what is wrong; empty: nothing any more. */
  fault(text: string): void;
}

let fields = 0;

/** A field for one line of text. */
export function field(label: string, help: string, attributes: Readonly<Record<string, string>> = {}): Field {
  const id = `field-${++fields}`;
  const wrong = h("p", { id: `${id}-wrong`, class: "sp-fault", role: "alert" });
  const hint = help ? h("p", { id: `${id}-help`, class: "sp-subtle sp-small" }, help) : null;
  const described = `${help ? `${id}-help ` : ""}${id}-wrong`;
  const input = h("input", { id, type: "text", autocomplete: "off", spellcheck: "false", "aria-describedby": described, ...attributes });
  const box = h("div", { class: "sp-stack--sm" }, h("label", { for: id }, h("strong", {}, label)), hint, input, wrong);
  const fault = (text: string): void => {
    wrong.replaceChildren(...(text ? [icon("circle-alert"), ` ${text}`] : []));
    input.setAttribute("aria-invalid", String(text !== ""));
    if (text) input.focus();
  };
  return { box, input, fault };
}

/** A form whose button, or Enter, hands in what was filled in. */
export function form(onsubmit: () => unknown, ...children: readonly Child[]): HTMLFormElement {
  const handIn = (event: Event): void => {
    event.preventDefault();
    onsubmit();
  };
  return h("form", { class: "sp-stack", novalidate: true, onsubmit: handIn }, ...children);
}

/** The button of a form. */
export const submit = (text: string, look: Look = "primary"): HTMLButtonElement =>
  h("button", { class: `sp-button sp-button--${look}`, type: "submit" }, text);

/** The button that only goes on. */
export const next = (answer: () => void, text = t("web.next")): HTMLElement => actions(button(text, answer, "primary"));
