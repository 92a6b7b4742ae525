/**
 * The talk card: at most two pages that the worker prepares, printed from this page (R12).
 *
 * It holds what was chosen and no more: no wish stands on it that was not ticked.
 */

import { isObject, type JsonObject, type JsonValue } from "../../protocol/json.ts";
import { overview } from "../../skills/evidence.ts";
import { textAt } from "../values.ts";
import type { Given, KIT } from "./asking.ts";
import { data, nameOf } from "./data.ts";
import { wishesIn } from "./growth.ts";
import { lastTalk } from "./overview.ts";
import { statementsIn } from "./statements.ts";

type Kit = typeof KIT;

const STRENGTHS = 6; // so that it stays two pages
const WISHES = 4;
const AGREEMENTS = 3;

/** The card on the stage, with a button that prints it. */
export function drawTalk(fields: JsonObject, given: Given, kit: Kit): (answer: (yes: boolean) => void) => HTMLElement {
  const { h, button, actions, words, t } = kit;
  return (answer) => h("div", { class: "sp-stack" }, h("h1", {}, t("web.talk.title")), words(t("web.talk.text")),
    h("article", { class: "sp-card sp-talk", "data-content": true, lang: kit.language() },
      firstPage(fields, given, kit), secondPage(fields, given, kit)),
    actions(button(t("web.talk.print"), () => print(), "primary", "printer"), button(t("web.talk.ready"), () => answer(true))));
}

function firstPage(fields: JsonObject, given: Given, kit: Kit): HTMLElement {
  const { h, t, drawQr, day, language } = kit;
  const link = textAt(fields, "share");
  const since = lastTalk(given.events);
  return h("section", { class: "sp-stack" },
    h("header", { class: "sp-row sp-row--between" },
      h("div", { class: "sp-stack--sm" }, h("h2", {}, t("web.talk.card")), given.name ? h("p", {}, h("strong", {}, given.name)) : null,
        h("p", {}, day(given.at, language())), since === null ? null : h("p", {}, t("web.talk.since", { day: day(since, language()) }))),
      link ? h("figure", { class: "sp-talk__code" }, drawQr(link, t("web.talk.code")), h("figcaption", { class: "sp-small" }, t("web.talk.code"))) : null),
    h("h3", {}, t("web.talk.strengths")), strengths(fields, given, kit),
    h("h3", {}, t("web.talk.wishes")), wishes(fields, given, kit));
}

function strengths(fields: JsonObject, given: Given, { h, t, language }: Kit): HTMLElement {
  const chosen = namesIn(fields["skills"]);
  const lines = overview(statementsIn(given)).filter(({ skill }) => chosen.includes(skill)).slice(0, STRENGTHS);
  return h("table", { class: "sp-table" },
    h("thead", {}, h("tr", {}, ...["can", "how", "says"].map((name) => h("th", { scope: "col" }, t(`web.talk.${name}`))))),
    h("tbody", {}, ...lines.map(({ skill, statements: [{ level, grade }] }) => h("tr", {},
      h("td", {}, h("strong", {}, nameOf(skill)[language()])),
      h("td", {}, data.levels.find((each) => each.level === level)?.[language()] ?? ""),
      h("td", {}, t(`common.grade.${grade}`))))));
}

function wishes(fields: JsonObject, given: Given, { h, language }: Kit): HTMLElement {
  const chosen = namesIn(fields["wishes"]);
  const found = wishesIn(given.events).filter(({ id }) => chosen.includes(id)).slice(0, WISHES);
  if (found.length === 0) return lines(h, 3);
  return h("ul", { class: "sp-list" }, ...found.map(({ skill, text }) => h("li", {}, skill ? nameOf(skill)[language()] : text)));
}

function secondPage(fields: JsonObject, given: Given, { h, t }: Kit): HTMLElement {
  const told = namesIn(fields["agreements"]);
  return h("section", { class: "sp-stack sp-talk__next" }, h("h2", {}, t("web.talk.agree")),
    ...Array.from({ length: AGREEMENTS }, (_, place) => h("div", { class: "sp-talk__box" },
      h("h3", {}, t("web.talk.agreement", { count: place + 1 })), told[place]?.trim() ? h("p", {}, told[place]) : lines(h, 2),
      h("p", { class: "sp-small" }, t("web.talk.who")))),
    h("h3", {}, t("web.talk.remark")), h("p", { class: "sp-small" }, t("web.talk.proposal")), lines(h, 3),
    h("h3", {}, t("web.talk.signed")), h("div", { class: "sp-talk__two" }, lines(h, 1), lines(h, 1)),
    h("p", { class: "sp-small" }, given.name ? t("web.talk.of", { name: given.name }) : t("web.talk.yours")));
}

/** Lines for a pen. */
const lines = (h: Kit["h"], count: number): HTMLElement =>
  h("div", { class: "sp-talk__pen" }, ...Array.from({ length: count }, () => h("hr", { "aria-hidden": "true" })));

const namesIn = (value: JsonValue | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What is kept before it goes into the passport, once more in words. */
export function drawKeep(fields: JsonObject, _given: Given, { h, t, step, words, twoWays, button, language }: Kit): (answer: (yes: boolean) => void) => HTMLElement {
  const levels = isObject(fields["levels"]) ? Object.entries(fields["levels"]) : [];
  const level = (value: JsonValue): string => data.levels.find((each) => each.level === value)?.[language()] ?? t("web.keep.away");
  return (answer) => step(t("web.keep.title"), words(t("web.keep.text")),
    h("ul", { class: "sp-card sp-list", "data-content": true },
      ...levels.map(([skill, value]) => h("li", {}, h("div", {}, h("strong", { class: "sp-line" }, nameOf(skill)[language()]), h("span", { class: "sp-subtle sp-small" }, level(value)))))),
    twoWays(button(t("web.keep.yes"), () => answer(true), "primary", "check"), button(t("web.keep.no"), () => answer(false))));
}
