/** Adviser mode: what an adviser may see, and what each proposal becomes, by the paths of the screens (R18). */

import SKILLS from "skillspass:skills";

import { CHANCE } from "../../keeper/seals.ts";
import { append } from "../../keeper/vault.ts";
import { readAdvice, type Advice } from "../../mailbox/advice.ts";
import type { NewBox, Written } from "../../mailbox/box.ts";
import { malformed } from "../../protocol/errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../../protocol/json.ts";
import { b64url } from "../../protocol/octets.ts";
import { gauge, h, type Child } from "../dom.ts";
import { field, form, notice, step, submit, words } from "../parts.ts";
import { givenOf, loaded, type SkillKind, type SkillPage } from "../skills/asking.ts";
import type { Stage } from "../stage.ts";
import { day, language, t } from "../texts.ts";
import { textAt } from "../values.ts";
import type { BoxFlow, Shown } from "./boxes.ts";
import { choices, tick } from "./pieces.ts";

const HOURS = [2, 4, 8, 24];
const USUAL_HOURS = "4";
const MOST_NAME = "40";

/** What the worker chose. */
interface Chosen {
  readonly hours: number;
  readonly name: string;
  readonly skills: boolean;
  readonly wishes: boolean;
  readonly steps: boolean;
}

/** The flow of this kind. */
export const adviser: BoxFlow = {
  ask: async (page, stage) => {
    const { name } = await givenOf(page);
    const chosen = await choose(stage, name.split(" ")[0] ?? "");
    const { hours, ...shown } = chosen;
    return { kind: "adviser", hours, snapshot: await snapshotOf(page, chosen), about: shown } satisfies NewBox;
  },
  show: async (page, _box, proposal) => shownOf(page, readAdvice(proposal)),
  take: async (_page, _box, proposal) => {
    const advice = readAdvice(proposal);
    return advice.what === "remark" ? { written: [], kept: { remark: advice.text } } : { written: [await writtenOf(advice)] };
  },
};

/** How long, and what is seen; nothing but the skills is ticked beforehand. */
function choose(stage: Stage, first: string): Promise<Chosen> {
  return stage.ask<Chosen>((answer) => {
    const hours = choices(t("flow.adviser.hours"), HOURS.map((count) => [String(count), t("flow.adviser.of_hours", { count })] as const), USUAL_HOURS);
    const name = field(t("flow.adviser.name"), t("flow.adviser.name_help"), { maxlength: MOST_NAME, value: first, autocomplete: "given-name" });
    const [skills, wishes, steps] = [tick(t("flow.adviser.skills"), "", true), tick(t("flow.adviser.wishes")), tick(t("flow.adviser.steps"))];
    const wrong = h("div", { role: "alert" });
    const handIn = (): void => {
      const shown = { skills: skills.box.checked, wishes: wishes.box.checked, steps: steps.box.checked };
      if (!Object.values(shown).some(Boolean)) return wrong.replaceChildren(notice("warning", t("flow.adviser.nothing")));
      answer({ hours: Number(hours.value()), name: name.input.value.trim(), ...shown });
    };
    return step(t("flow.adviser.title"), words(t("flow.adviser.text")), form(handIn, hours.box,
      h("fieldset", { class: "sp-stack--sm" }, h("legend", {}, h("h2", {}, t("flow.adviser.sees"))), skills.row, wishes.row, steps.row),
      name.box, wrong, h("div", { class: "sp-actions" }, submit(t("flow.adviser.make")))));
  });
}

/** What goes into the snapshot: what was ticked, as it stands now, and never a proof itself. */
async function snapshotOf(page: SkillPage, { name, skills, wishes, steps }: Chosen): Promise<JsonObject> {
  const [{ groups }, growth] = [await asked(page, "skills"), await asked(page, "growth")];
  const rows = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
  return {
    name,
    skills: skills ? rows(groups).flatMap((group) => rows(group["skills"])).filter(({ counts }) => counts === true)
      .map(({ id = "", level = 0, grade = "self" }) => ({ skill: id, level, grade })) : [],
    wishes: wishes ? rows(growth["wishes"]).map((each) => ({ skill: textAt(each, "skill"), text: textAt(each, "skill") ? "" : textAt(each, "nl") })) : [],
    steps: steps ? rows(growth["steps"]).filter(({ how }) => how === "").map((each) => ({ skill: textAt(each, "skill"), action: textAt(each, "action"), day: textAt(each, "day") })) : [],
  };
}

/** What a proposal would do, in words. */
async function shownOf(page: SkillPage, advice: Advice): Promise<Shown> {
  const title = t(`flow.adviser.${advice.what}`);
  switch (advice.what) {
    case "skill": return { title, lines: [name(advice.skill), h("span", { class: "sp-row sp-row--level" }, gauge(advice.level), h("span", {}, t(`common.level.${advice.level}`)))] };
    case "wish": return { title, lines: [advice.skill ? name(advice.skill) : h("p", {}, advice.text)] };
    case "remark": return { title, lines: [h("p", {}, advice.text)] };
    default: return { title, lines: [name(advice.skill), ...await stepLines(page, advice)] };
  }
}

/** A step as the screens would draw it, if it were written; refuses `proposal_malformed` for one that nobody knows. */
async function stepLines(page: SkillPage, advice: Advice & { what: "step" }): Promise<Child[]> {
  const { type, data } = await writtenOf(advice);
  const log = await append(page.wallet.log(), type, data);
  const { answer } = await loaded();
  const growth = answer("growth", {}, { ...(await givenOf(page)), events: log.events });
  const all = isObject(growth) && Array.isArray(growth["steps"]) ? growth["steps"].filter(isObject) : [];
  const label = textAt(all.find(({ id }) => id === data["id"]), `label_${language()}`);
  if (!label) throw malformed("proposal_malformed", "an unknown action");
  return [h("p", {}, label), h("p", { class: "sp-subtle" }, t("flow.adviser.day", { day: day(advice.day) }))];
}

/** The event that the screens would write for the same. */
async function writtenOf(advice: Exclude<Advice, { what: "remark" }>): Promise<Written> {
  const { writes } = await loaded();
  const id = b64url(CHANCE.octets(9));
  const found = advice.what === "skill" ? writes("keep", { levels: { [advice.skill]: advice.level } }, id)
    : advice.what === "wish" ? writes("wish", { skill: advice.skill, text: advice.text }, id)
    : writes("plan", { skill: advice.skill, action: advice.action, day: advice.day }, id);
  if (!found) throw malformed("proposal_malformed", "nothing to write");
  return found;
}

async function asked(page: SkillPage, kind: SkillKind): Promise<JsonObject> {
  const { answer } = await loaded();
  const found = answer(kind, {}, await givenOf(page));
  return isObject(found) ? found : {};
}

/** A skill by its name; one in own words is its own. */
function name(skill: string): HTMLElement {
  return h("strong", { class: "sp-line" }, SKILLS[skill]?.[language() === "nl" ? 0 : 1] ?? skill);
}
