/** An adviser's page: what the worker chose to show, and a form to propose from; nothing here shares. */

import GUIDING from "skillspass:guiding";
import TEXTS from "skillspass:texts/box_adviser";

import { isDay, readSnapshot, type Advice, type Grade, type Snapshot } from "../mailbox/advice.ts";
import { gauge, h, type Child } from "../page/dom.ts";
import { form } from "../page/parts.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { Draw } from "./box.ts";
import { faultOf, untilLine } from "./frame.ts";
import { day, icon, language, t, teach } from "./words.ts";

const OWN = "own"; // of the list of skills: in own words
const STRENGTHS: Readonly<Record<Grade, string>> = {
  self: "message-circle", colleague: "users", manager: "hard-hat", assessed: "clipboard-check", accredited: "award",
};
const WAYS = ["skill", "wish", "step", "remark"] as const;

type Way = (typeof WAYS)[number];
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** What was sent from this page, as long as it is open. */
const sent: Advice[] = [];

/** Draw it. */
export const draw: Draw = (root, data, send, { until }) => {
  teach(TEXTS);
  const snapshot = readSnapshot(data);
  const list = h("div", { class: "sp-stack--sm" });
  drawSent(list);
  const title = snapshot.name ? t("adviser.title", { name: snapshot.name }) : t("adviser.title_nameless");
  root.append(
    h("section", { class: "sp-plate sp-plate--rivets sp-stack--sm" }, h("h1", { tabindex: "-1" }, title), h("p", { class: "sp-subtle" }, t("adviser.lead")), untilLine(until)),
    h("div", { class: "sp-grid sp-grid--two" },
      h("div", { class: "sp-stack--lg" }, drawSkills(snapshot), drawWishes(snapshot), drawSteps(snapshot)),
      h("div", { class: "sp-stack--lg" }, drawForm(send, () => drawSent(list)), list)));
};

function drawSkills({ skills }: Snapshot): HTMLElement {
  const rows = skills.map(({ skill, level, grade }) => h("li", {}, h("div", {},
    h("strong", {}, nameOf(skill)),
    h("div", { class: "sp-row sp-row--between sp-top-1" },
      h("span", { class: "sp-row sp-row--level" }, level ? gauge(level) : null, level ? h("span", { class: "sp-small sp-subtle" }, t(`common.level.${level}`)) : null),
      h("span", { class: `sp-grade sp-grade--${grade}` }, icon(STRENGTHS[grade]), t(`common.grade.${grade}`))))));
  return part("skills", t("adviser.skills"), rows.length > 0 ? h("ul", { class: "sp-card sp-list", "data-content": true }, ...rows) : h("p", {}, t("adviser.no_skills")));
}

function drawWishes({ wishes }: Snapshot): HTMLElement | null {
  if (wishes.length === 0) return null;
  return part("wishes", t("adviser.wishes"), h("ul", { class: "sp-card sp-list", "data-content": true },
    ...wishes.map(({ skill, text }) => h("li", {}, icon("leaf"), h("div", {}, skill ? nameOf(skill) : text)))));
}

function drawSteps({ steps }: Snapshot): HTMLElement | null {
  if (steps.length === 0) return null;
  return part("steps", t("adviser.steps"), h("ul", { class: "sp-card sp-list", "data-content": true },
    ...steps.map((each) => h("li", {}, icon("calendar-check"), h("div", {}, ...stepLines(each))))));
}

function stepLines({ skill, action, day: until }: { skill: string; action: string; day: string }): Child[] {
  const known = GUIDING.actions.find(({ id }) => id === action);
  return [h("p", {}, h("strong", {}, nameOf(skill))), h("p", { class: "sp-small sp-subtle" }, [known?.[language()] ?? "", isDay(until) ? t("adviser.until_day", { day: day(Date.parse(until) / 1000) }) : ""].filter(Boolean).join(". "))];
}

const part = (id: string, title: string, ...children: readonly Child[]): HTMLElement =>
  h("section", { class: "sp-stack--sm", "aria-labelledby": id }, h("h2", { id }, title), ...children);

/** One form for four kinds of proposal; what belongs to another kind is not there. */
function drawForm(send: (proposal: JsonObject) => Promise<void>, told: () => void): HTMLElement {
  const place = h("div", { class: "sp-stack" });
  const said = h("p", { class: "sp-said", role: "status" });
  const wrong = h("p", { class: "sp-fault", role: "alert" });
  let read: () => Advice | undefined = () => undefined;
  const turn = (way: Way): void => {
    const fields = FIELDS[way]();
    read = fields.read;
    place.replaceChildren(...fields.boxes);
    wrong.replaceChildren();
  };
  const ways = WAYS.map((way) => h("label", { class: "sp-choice" }, h("input", { type: "radio", name: "what", value: way, checked: way === "skill", onchange: () => turn(way) }), h("span", {}, t(`adviser.what.${way}`))));
  const button = h("button", { class: "sp-button sp-button--primary", type: "submit" }, icon("send"), t("adviser.send"));
  const handIn = async (): Promise<void> => {
    const advice = read();
    said.replaceChildren();
    wrong.replaceChildren(...(advice ? [] : [icon("circle-alert"), ` ${t("adviser.missing")}`]));
    if (!advice || button.disabled) return;
    button.disabled = true;
    said.replaceChildren(t("adviser.sending"));
    try {
      await send({ ...advice });
      sent.push(advice);
      told();
      turn(advice.what);
      said.replaceChildren(t("adviser.sent"));
    } catch (error) {
      said.replaceChildren();
      wrong.replaceChildren(icon("circle-alert"), ` ${faultOf(error)}`);
    } finally {
      button.disabled = false;
    }
  };
  turn("skill");
  return part("propose", t("adviser.propose"), h("div", { class: "sp-card" },
    form(handIn, h("fieldset", { class: "sp-stack--sm" }, h("legend", {}, h("strong", {}, t("adviser.what"))), ...ways), place, wrong, h("div", { class: "sp-actions" }, button), said)));
}

interface Fields {
  readonly boxes: readonly HTMLElement[];
  readonly read: () => Advice | undefined; // undefined: something is missing
}

const FIELDS: Readonly<Record<Way, () => Fields>> = {
  skill: () => {
    const [skill, level] = [skillField(), levelField()];
    return {
      boxes: [...skill.boxes, level.box],
      read: () => (skill.value() && level.value() ? { what: "skill", skill: skill.value(), level: level.value() } : undefined),
    };
  },
  wish: () => {
    const skill = skillField();
    return { boxes: skill.boxes, read: () => (skill.value() ? { what: "wish", skill: skill.own() ? "" : skill.value(), text: skill.own() ? skill.value() : "" } : undefined) };
  },
  step: () => {
    const day = labelled(t("adviser.day"), h("input", { type: "date" }));
    const action = labelled(t("adviser.action"), h("select"));
    const fit = (kind: string): void => {
      action.control.replaceChildren(...GUIDING.actions.filter(({ kinds }) => kinds.length === 0 || kinds.includes(kind)).map((each) => h("option", { value: each.id }, each[language()])));
      propose();
    };
    const propose = (): void => {
      const days = GUIDING.actions.find(({ id }) => id === action.control.value)?.days ?? 0;
      day.control.value = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    };
    action.control.addEventListener("change", propose);
    const skill = skillField((id) => fit(GUIDING.skills.find((each) => each.id === id)?.kind ?? ""), false);
    fit("");
    const read = (): Advice | undefined => (skill.value() && action.control.value && isDay(day.control.value)
      ? { what: "step", skill: skill.value(), action: action.control.value, day: day.control.value } : undefined);
    return { boxes: [...skill.boxes, action.box, day.box], read };
  },
  remark: () => {
    const remark = labelled(t("adviser.remark"), h("textarea", { maxlength: "280", rows: "3" }));
    return { boxes: [remark.box], read: () => (remark.control.value.trim() ? { what: "remark", text: remark.control.value } : undefined) };
  },
};

let controls = 0;

function labelled<C extends Control>(label: string, control: C): { box: HTMLElement; control: C } {
  control.id = `control-${++controls}`;
  return { box: h("div", { class: "sp-field" }, h("label", { for: control.id }, h("strong", {}, label)), control), control };
}

interface SkillField {
  readonly boxes: readonly HTMLElement[];
  readonly value: () => string; // an id, or own words; empty while nothing was chosen
  readonly own: () => boolean;
}

/** A skill of the framework with its example sentence (R2), or own words where those are allowed. */
function skillField(chosen: (id: string) => void = () => undefined, words = true): SkillField {
  const groups = GUIDING.groups.map((group) => h("optgroup", { label: group[language()] },
    ...GUIDING.skills.filter((each) => each.group === group.id).map((each) => h("option", { value: each.id }, each[language()]))));
  const list = labelled(t("adviser.skill"), h("select", {}, h("option", { value: "" }, t("adviser.choose")), words ? h("option", { value: OWN }, t("adviser.own")) : null, ...groups));
  const own = labelled(t("adviser.words"), h("input", { type: "text", maxlength: "100", autocomplete: "off" }));
  const example = h("p", { class: "sp-small sp-subtle", "data-content": true });
  const isOwn = (): boolean => list.control.value === OWN;
  own.box.hidden = true;
  list.control.addEventListener("change", () => {
    const found = GUIDING.skills.find(({ id }) => id === list.control.value);
    own.box.hidden = !isOwn();
    example.replaceChildren(found?.[`example_${language()}`] ?? "");
    chosen(list.control.value);
  });
  return { boxes: [list.box, example, own.box], own: isOwn, value: () => (isOwn() ? own.control.value.trim() : list.control.value) };
}

function levelField(): { box: HTMLElement; value: () => number } {
  const boxes = GUIDING.levels.map(({ level, ...named }) => ({ level, input: h("input", { type: "radio", name: "level", value: level }), text: named[language()] }));
  const box = h("fieldset", { class: "sp-stack--sm" }, h("legend", {}, h("strong", {}, t("adviser.level"))),
    ...boxes.map(({ input, level, text }) => h("label", { class: "sp-choice" }, input, gauge(level), h("span", {}, text))));
  return { box, value: () => boxes.find(({ input }) => input.checked)?.level ?? 0 };
}

/** What was proposed from here; whether it was taken over, only the worker knows. */
function drawSent(list: HTMLElement): void {
  list.replaceChildren(...(sent.length === 0 ? [] : [h("h2", {}, t("adviser.sent_list")),
    h("ul", { class: "sp-card sp-list", "data-content": true, id: "sent" }, ...sent.map((each) => h("li", {}, icon("check"), h("div", {}, ...linesOf(each)))))]));
}

function linesOf(advice: Advice): Child[] {
  if (advice.what === "step") return stepLines(advice);
  const text = "skill" in advice && advice.skill ? nameOf(advice.skill) : "text" in advice ? advice.text : "";
  const under = advice.what === "skill" ? t(`common.level.${advice.level}`) : t(`adviser.what.${advice.what}`);
  return [h("p", {}, h("strong", {}, text)), h("p", { class: "sp-small sp-subtle" }, under)];
}

function nameOf(skill: string): string {
  return GUIDING.skills.find(({ id }) => id === skill)?.[language()] ?? skill;
}
