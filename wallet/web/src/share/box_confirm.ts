/**
 * A colleague's page: says per skill whether it was seen, and signs with a key that lives as long as
 * this page (decision 0058). Every word of a skill is the framework's, so what is read is what is signed.
 */

import GUIDING from "skillspass:guiding";
import TEXTS from "skillspass:texts/box_confirm";

import { isLine, lined, MAX_EXAMPLE, MAX_NAME, readAsking, RELATIONS, type Asking, type Names, type Rated, type Relation } from "../confirming/asking.ts";
import { giveConfirmation, type Answered } from "../confirming/giving.ts";
import { CHANCE } from "../keeper/seals.ts";
import { newDeviceSigner } from "../keeper/signing.ts";
import { gauge, h, type Child } from "../page/dom.ts";
import { actions, button, form } from "../page/parts.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { Draw } from "./box.ts";
import { faultOf, untilLine } from "./frame.ts";
import { icon, language, t, teach } from "./words.ts";

const NAMES: Names = Object.fromEntries(GUIDING.skills.map(({ id, nl, en }) => [id, [nl, en]]));
const YEAR = /^(?:19|20)\d{2}$/;

/** What was filled in so far; it outlives another language, and ends with the page. */
interface Draft {
  readonly seen: Map<string, number>; // skill to level; 0: not seen
  from: string;
  until: string;
  relation: Relation | "";
  example: string;
  name: string;
  step: "fill" | "check" | "done";
}

const draft: Draft = { seen: new Map(), from: "", until: "", relation: "", example: "", name: "", step: "fill" };

interface Page {
  readonly root: HTMLElement;
  readonly asking: Asking;
  readonly send: (proposal: JsonObject) => Promise<void>;
  readonly until: number;
}

/** Draw it. */
export const draw: Draw = (root, snapshot, send, { until }) => {
  teach(TEXTS);
  void readAsking(snapshot, NAMES).then(
    (asking) => drawStep({ root, asking, send, until }),
    () => root.replaceChildren(h("h1", { tabindex: "-1" }, t("box.damaged")), h("p", {}, t("box.damaged_text"))));
};

function drawStep(page: Page): void {
  const drawn = { fill: drawForm, check: drawCheck, done: drawDone }[draft.step];
  page.root.replaceChildren(...drawn(page));
  page.root.querySelector<HTMLElement>("h1")?.focus();
  scrollTo(0, 0);
}

function go(page: Page, step: Draft["step"]): void {
  draft.step = step;
  drawStep(page);
}

const plate = (title: string, ...children: readonly Child[]): HTMLElement =>
  h("section", { class: "sp-plate sp-plate--rivets sp-stack--sm" }, h("h1", { tabindex: "-1" }, title), ...children);

const card = (...children: readonly Child[]): HTMLElement => h("section", { class: "sp-card sp-stack--sm" }, ...children);

function drawForm(page: Page): HTMLElement[] {
  const { asking: { name, skills }, until } = page;
  const wrong = h("p", { class: "sp-fault", role: "alert" });
  const from = yearField("confirm.from", draft.from, (value) => { draft.from = value; });
  const to = yearField("confirm.until", draft.until, (value) => { draft.until = value; }, "confirm.until_help");
  const handIn = (): void => {
    const fault = faultIn(skills);
    wrong.replaceChildren(...(fault ? [icon("circle-alert"), ` ${t(fault)}`] : []));
    if (!fault) go(page, "check");
  };
  return [
    plate(name ? t("confirm.title", { name }) : t("confirm.title_nameless"), h("p", { class: "sp-subtle" }, t("confirm.lead")), untilLine(until)),
    form(handIn,
      h("h2", {}, t("confirm.skills")), ...skills.map(drawSkill),
      card(h("h2", {}, t("confirm.together")), from, to),
      card(drawRelation()), card(drawExample()), card(drawName()),
      wrong, h("div", { class: "sp-actions" }, h("button", { class: "sp-button sp-button--primary", type: "submit" }, icon("eye"), t("confirm.look")))),
  ];
}

/** One skill: its example as the owner would say it, yes or no, and at which level; none is ticked beforehand. */
function drawSkill({ skill, level }: Rated): HTMLElement {
  const known = GUIDING.skills.find(({ id }) => id === skill);
  const says = GUIDING.levels.find((each) => each.level === level)?.[language()] ?? "";
  const list = h("select", { id: `level-${skill}` }, ...GUIDING.levels.filter((each) => each.level <= level)
    .map((each) => h("option", { value: each.level, selected: each.level === (draft.seen.get(skill) || level) }, each[language()])));
  const levels = h("div", { class: "sp-field", hidden: !draft.seen.get(skill) }, h("label", { for: list.id }, t("confirm.level")), list);
  list.addEventListener("change", () => draft.seen.set(skill, Number(list.value)));
  const say = (value: number): void => {
    draft.seen.set(skill, value);
    levels.hidden = value === 0;
  };
  const choice = (key: string, checked: boolean, value: () => number): HTMLElement => h("label", { class: "sp-choice" },
    h("input", { type: "radio", name: `seen-${skill}`, checked, onchange: () => say(value()) }), h("span", {}, t(key)));
  const told = draft.seen.get(skill);
  return h("fieldset", { class: "sp-card sp-stack--sm", "data-skill": skill },
    h("legend", { class: "sp-hidden" }, known?.[language()] ?? skill),
    h("div", { "data-content": true }, h("strong", { class: "sp-name" }, known?.[language()] ?? skill), h("p", {}, known?.[`example_${language()}`] ?? "")),
    h("p", { class: "sp-small sp-row sp-row--icon", "data-content": true }, gauge(level), h("span", {}, t("confirm.says", { level: says }))),
    choice("confirm.yes", Boolean(told), () => Number(list.value)), choice("confirm.no", told === 0, () => 0), levels);
}

function yearField(key: string, value: string, keep: (value: string) => void, help = ""): HTMLElement {
  const id = key.replace(".", "-");
  const input = h("input", { id, type: "text", inputmode: "numeric", maxlength: "4", autocomplete: "off", value, "aria-describedby": help ? `${id}-help` : null });
  input.addEventListener("input", () => keep(input.value.trim()));
  return h("div", { class: "sp-field" }, h("label", { for: id }, t(key)), help ? h("p", { id: `${id}-help`, class: "sp-small sp-subtle" }, t(help)) : null, input);
}

function drawRelation(): HTMLElement {
  const choice = (value: Relation | ""): HTMLElement => h("label", { class: "sp-choice" },
    h("input", { type: "radio", name: "relation", checked: draft.relation === value, onchange: () => { draft.relation = value; } }), h("span", {}, t(`confirm.relation.${value || "none"}`)));
  return h("fieldset", { class: "sp-stack--sm" }, h("legend", {}, h("h2", {}, t("confirm.relation"))), ...RELATIONS.map(choice), choice(""));
}

function drawExample(): HTMLElement {
  const area = h("textarea", { id: "confirm-example", maxlength: MAX_EXAMPLE, rows: 3, "aria-describedby": "confirm-example-help" });
  area.value = draft.example;
  area.addEventListener("input", () => { draft.example = area.value; });
  return h("div", { class: "sp-field" }, h("label", { for: area.id }, h("strong", {}, t("confirm.example"))), h("p", { id: "confirm-example-help", class: "sp-small sp-subtle" }, t("confirm.example_help")), area);
}

function drawName(): HTMLElement {
  const input = h("input", { id: "confirm-name", type: "text", maxlength: MAX_NAME, autocomplete: "name", value: draft.name, "aria-describedby": "confirm-name-help" });
  input.addEventListener("input", () => { draft.name = input.value; });
  return h("div", { class: "sp-field" }, h("label", { for: input.id }, h("strong", {}, t("confirm.name"))), h("p", { id: "confirm-name-help", class: "sp-small sp-subtle" }, t("confirm.name_help")), input);
}

/** The key of what is missing; undefined where all is said. */
function faultIn(skills: readonly Rated[]): string | undefined {
  if (!skills.every(({ skill }) => draft.seen.has(skill))) return "confirm.choose";
  if (![...draft.seen.values()].some((level) => level > 0)) return "confirm.nothing";
  if (![draft.from, draft.until].every((year) => year === "" || YEAR.test(year)) || (draft.until && !draft.from)) return "confirm.year";
  return draft.until && draft.until < draft.from ? "confirm.years" : undefined;
}

const answered = ({ skills }: Asking): Answered => ({
  skills: skills.map(({ skill }) => ({ skill, level: draft.seen.get(skill) ?? 0 })).filter(({ level }) => level > 0),
  from: draft.from, until: draft.until, relation: draft.relation, example: lined(draft.example), name: lined(draft.name),
});

/** Everything that will be signed, once more, before it is. */
function drawCheck(page: Page): HTMLElement[] {
  const said = answered(page.asking);
  const wrong = h("p", { class: "sp-fault", role: "alert" });
  const status = h("p", { class: "sp-said", role: "status" });
  const line = (key: string, text: string): HTMLElement | null => (text ? h("div", {}, h("dt", {}, t(key)), h("dd", { "data-content": true }, text)) : null);
  const sign = h("button", { class: "sp-button sp-button--primary", type: "button", onclick: () => void give() }, icon("send"), t("confirm.send"));
  const give = async (): Promise<void> => {
    if (sign.disabled) return;
    sign.disabled = true;
    status.replaceChildren(t("confirm.sending"));
    try {
      const credential = await giveConfirmation(page.asking, said, NAMES, await newDeviceSigner(), Date.now() / 1000, CHANCE);
      await page.send({ v: 1, credential });
      go(page, "done");
    } catch (error) {
      status.replaceChildren();
      wrong.replaceChildren(icon("circle-alert"), ` ${faultOf(error)}`);
      sign.disabled = false;
    }
  };
  const years = said.from ? `${said.from} - ${said.until || t("confirm.still")}` : "";
  return [
    plate(t("confirm.check"), h("p", { class: "sp-subtle" }, t("confirm.check_text"))),
    h("ul", { class: "sp-card sp-list", "data-content": true }, ...said.skills.map(({ skill, level }) => h("li", {}, h("div", {},
      h("strong", { class: "sp-name" }, NAMES[skill]?.[language() === "nl" ? 0 : 1] ?? skill),
      h("span", { class: "sp-row sp-row--icon sp-small" }, gauge(level), GUIDING.levels.find((each) => each.level === level)?.[language()] ?? ""))))),
    h("dl", { class: "sp-card sp-facts" }, line("confirm.together", years), line("confirm.relation", said.relation && t(`confirm.relation.${said.relation}`)),
      line("confirm.example", said.example), line("confirm.name", isLine(said.name, MAX_NAME) && said.name ? said.name : t("confirm.nameless"))),
    wrong, actions(sign, button(t("confirm.back"), () => go(page, "fill"))), status,
  ];
}

function drawDone(): HTMLElement[] {
  return [plate(t("confirm.done"), h("p", {}, t("confirm.done_text"))), h("p", {}, t("confirm.done_proof")), h("p", { class: "sp-subtle" }, t("confirm.close"))];
}
