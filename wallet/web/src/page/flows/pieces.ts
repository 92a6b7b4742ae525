/** What the steps of the flows show of credentials: a plate, lines with their values, and who asks. */

import TYPES from "skillspass:types";

import type { Line } from "../../keeper/consent.ts";
import { isObject, member } from "../../protocol/json.ts";
import { titlesOf } from "../cards.ts";
import { gauge, h, icon, type Child } from "../dom.ts";
import { actions, button } from "../parts.ts";
import { language, t } from "../texts.ts";
import { valueIn } from "../values.ts";

const GRADES = { self: "message-circle", colleague: "users", manager: "hard-hat", assessed: "clipboard-check", accredited: "award" };

/** The name of a type in the language that is spoken. */
export const titleOf = (type: string): string => titlesOf(type)[language()];

/** The drawing of a type. */
export const symbolOf = (type: string): string => TYPES[type]?.icon || "file-check";

/** The face of a credential: what it is, and below it what belongs there. */
export function plate(type: string, ...children: readonly Child[]): HTMLElement {
  return h("section", { class: "sp-plate sp-plate--rivets", "data-content": true },
    h("p", { class: "sp-row sp-row--icon" }, icon(symbolOf(type)), h("span", { class: "sp-subtle" }, t("flow.proof"))),
    h("h2", { class: "sp-plate__title" }, titleOf(type)), ...children);
}

/** An icon on a small plate, for lists. */
export const tile = (symbol: string): HTMLElement => h("span", { class: "sp-tile" }, icon(symbol));

/** A word with its icon and tone. */
export function status(tone: "positive" | "warning" | "negative", symbol: string, text: string): HTMLElement {
  return h("span", { class: `sp-status is-${tone}` }, icon(symbol), text);
}

/** Whether the sector's list names who gave it. */
export const listedStatus = (listed: boolean): HTMLElement => (listed
  ? status("positive", "badge-check", t("flow.giver.known"))
  : status("warning", "circle-question-mark", t("flow.giver.unknown")));

/** Where a flow is: bars, and the same in words. */
export function progress(current: number, total: number): HTMLElement {
  const bars = Array.from({ length: total }, (_, at) =>
    h("li", at + 1 === current ? { "aria-current": "step" } : at + 1 < current ? { class: "is-done" } : {}));
  return h("div", { class: "sp-stack--sm" },
    h("p", { class: "sp-small sp-subtle" }, t("flow.step", { current, total })), h("ol", { class: "sp-steps", "aria-hidden": "true" }, ...bars));
}

/** What a line is called. */
export const labelOf = (line: Line): string => line[language()];

/** What stands at a line besides its name: a level with its gauge, or a value. */
function worthOf(line: Line, type: string): Child {
  const level = isObject(line.value) ? member(line.value, "level") : undefined;
  if (!isSkill(line)) return h("span", { class: "sp-small sp-subtle sp-line" }, valueIn(line.value, language()));
  if (typeof level !== "number") return null;
  const grade = TYPES[type]?.grade;
  return h("span", { class: "sp-row sp-row--between sp-row--level" },
    h("span", { class: "sp-row sp-row--level" }, gauge(level), h("span", { class: "sp-small sp-subtle" }, t(`common.level.${level}`))),
    grade ? h("span", { class: `sp-grade sp-grade--${grade}` }, icon(GRADES[grade]), t(`common.grade.${grade}`)) : null);
}

/** A line that is seen. */
export function lineRow(line: Line, type: string): HTMLElement {
  if (!isSkill(line)) {
    return h("li", {}, h("div", { class: "sp-pair" },
      h("span", { class: "sp-subtle" }, labelOf(line)), h("strong", {}, valueIn(line.value, language()))));
  }
  return h("li", {}, h("div", {}, h("strong", {}, labelOf(line)), worthOf(line, type)));
}

/** A line that the person may tick; never ticked beforehand. */
export function lineChoice(line: Line, type: string, ticked = false): { row: HTMLElement; box: HTMLInputElement } {
  const box = h("input", { type: "checkbox", checked: ticked });
  const text = h("span", { class: "sp-grow" }, h("strong", {}, labelOf(line)), worthOf(line, type));
  return { row: h("li", {}, h("label", { class: "sp-choice sp-choice--line" }, box, text)), box };
}

/** A box with a word, and a line of help. */
export function tick(text: string, help = "", ticked = false): { row: HTMLElement; box: HTMLInputElement } {
  const box = h("input", { type: "checkbox", checked: ticked });
  const words = h("span", {}, text, help ? h("span", { class: "sp-small sp-subtle sp-line" }, help) : null);
  return { row: h("label", { class: "sp-choice" }, box, words), box };
}

/** One of a few, side by side; tells the value that is chosen. */
export function choices(
  title: string, options: readonly (readonly [value: string, text: string])[], chosen: string,
): { box: HTMLElement; value: () => string } {
  const name = `choice-${title}`;
  const inputs = options.map(([value]) => h("input", { type: "radio", name, value, checked: value === chosen }));
  const labels = options.map(([, text], at) => h("label", {}, inputs[at], text));
  return {
    box: h("fieldset", { class: "sp-stack--sm" }, h("legend", {}, h("h2", {}, title)), h("div", { class: "sp-seg" }, ...labels)),
    value: () => inputs.find(({ checked }) => checked)?.value ?? chosen,
  };
}

/** Terms with what belongs to them. */
export function facts(rows: readonly (readonly [term: string, value: string])[]): HTMLElement {
  return h("dl", { class: "sp-facts" }, ...rows.map(([term, value]) =>
    h("div", {}, h("dt", {}, term), h("dd", { "data-content": true }, value))));
}

/** The one way on at the end of a flow. */
export const toPassport = (answer: (value: void) => void): HTMLElement =>
  actions(button(t("flow.to_passport"), () => answer(), "primary", "id-card"));

/** A link with a button that copies it, and what is said of that. */
export function linkLine(link: string, id: string): HTMLElement[] {
  const copied = h("span", { role: "status", class: "sp-small" });
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    copied.replaceChildren(t("flow.share.copied"));
  };
  return [h("div", { class: "sp-row sp-linkline" }, h("code", { "data-content": true, id }, link),
    h("button", { class: "sp-button sp-button--small", type: "button", onclick: copy }, icon("copy"), t("flow.share.copy"))), copied];
}

/** A heading with its icon. */
export const heading = (symbol: string, text: string): HTMLElement =>
  h("h2", { class: "sp-row sp-row--icon" }, icon(symbol), text);

const isSkill = ({ path, value }: Line): boolean => path[0] === "skills" && path.length > 1 && isObject(value);
