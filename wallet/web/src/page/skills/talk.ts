/**
 * The talk card: at most two pages that the worker prepares, printed from this page (R12).
 *
 * It holds what was chosen and no more: no wish stands on it that was not ticked.
 */

import { isObject, type JsonObject, type JsonValue } from "../../protocol/json.ts";
import { overview, type SkillLine } from "../../skills/evidence.ts";
import { textAt } from "../values.ts";
import type { Given, KIT } from "./asking.ts";
import { data, framework, nameOf, type Named } from "./data.ts";
import { wishesIn } from "./growth.ts";
import { lastTalk } from "./overview.ts";
import { isoDay, ownWords, statementsIn } from "./statements.ts";
import { drawPages } from "./talk_pages.ts";

type Kit = typeof KIT;

const STRENGTHS = 6; // so that it stays two pages
const WISHES = 4;
const AGREEMENTS = 3;

/** The card on the stage, with a button that prints it. */
export function drawTalk(fields: JsonObject, given: Given, kit: Kit): (answer: (yes: boolean) => void) => HTMLElement {
  const { h, button, actions, words, t, day, language } = kit;
  const [link, since] = [textAt(fields, "share"), lastTalk(given.events)];
  const sheet = {
    name: given.name, day: day(given.at, language()), since: since === null ? "" : day(since, language()),
    strengths: strengths(fields, given).map(({ skill, statements: [{ level, grade }] }) =>
      ({ name: nameOf(skill)[language()], how: data.levels.find((each) => each.level === level)?.[language()] ?? "", says: t(`common.grade.${grade}`) })),
    wishes: wishes(fields, given).map((each) => each[language()]), agreements: agreements(fields),
    code: link ? { link, text: t("web.talk.code") } : null, signed: null,
  };
  return (answer) => h("div", { class: "sp-stack" }, h("h1", {}, t("web.talk.title")), words(t("web.talk.text")),
    h("article", { class: "sp-card sp-talk", "data-content": true, lang: language() }, ...drawPages(sheet, kit)),
    actions(button(t("web.talk.print"), () => print(), "primary", "printer"), button(t("web.talk.ready"), () => answer(true))));
}

/** What a card that is sent holds, but for the name and the key. */
export function talkCard(fields: JsonObject, given: Given): JsonObject {
  return {
    v: 1, made: isoDay(given.at), name: given.name, agreements: agreements(fields), wishes: wishes(fields, given).map(({ nl, en }) => ({ nl, en })),
    strengths: strengths(fields, given).map(({ skill, statements: [{ level, grade }] }) => ({ ...nameOf(skill), level: level ?? 0, grade })),
  };
}

/** The own words that a colleague can be asked about: skills of the framework, as the worker said them. */
export function askable(given: Given): JsonValue[] {
  return [...ownWords(given.events)].filter(([skill, { level }]) => level > 0 && framework.skills.has(skill))
    .map(([skill, { level }]) => ({ skill, level, ...nameOf(skill) }));
}

function strengths(fields: JsonObject, given: Given): SkillLine[] {
  const chosen = namesIn(fields["skills"]);
  return overview(statementsIn(given)).filter(({ skill }) => chosen.includes(skill)).slice(0, STRENGTHS);
}

function wishes(fields: JsonObject, given: Given): Named[] {
  const chosen = namesIn(fields["wishes"]);
  return wishesIn(given.events).filter(({ id }) => chosen.includes(id)).slice(0, WISHES)
    .map(({ skill, text }) => (skill ? nameOf(skill) : { nl: text, en: text }));
}

function agreements(fields: JsonObject): string[] {
  const told = namesIn(fields["agreements"]);
  return Array.from({ length: AGREEMENTS }, (_, place) => told[place]?.trim() ?? "");
}

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
