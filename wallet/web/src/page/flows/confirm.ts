/** A confirmation by a colleague: which own words are asked, and what of the answer is taken over (decision 0058). */

import SKILLS from "skillspass:skills";

import { askingOf, MAX_NAME, MAX_SKILLS, readAsking, type Rated } from "../../confirming/asking.ts";
import { takeConfirmation, type Confirmation } from "../../confirming/taking.ts";
import { newHolderKey, signerOf } from "../../keeper/signing.ts";
import { addCredential, heldIn, type Log } from "../../keeper/vault.ts";
import type { KeptBox, NewBox } from "../../mailbox/box.ts";
import { malformed, Refusal } from "../../protocol/errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../../protocol/json.ts";
import { gauge, h } from "../dom.ts";
import { actions, button, field, form, notice, step, submit, words } from "../parts.ts";
import { givenOf, loaded, type SkillPage } from "../skills/asking.ts";
import type { Stage } from "../stage.ts";
import { language, t } from "../texts.ts";
import type { BoxFlow } from "./boxes.ts";
import { choices, facts, status, tick } from "./pieces.ts";

const DAYS = [3, 7, 14];
const USUAL_DAYS = "7";
const ONE_TIME = "did:jwk:";

/** The flow of this kind: one link is for one colleague, so that it ends with the first answer that is taken over. */
export const confirm: BoxFlow = {
  once: true,
  ask: async (page, stage, about) => {
    const { name } = await givenOf(page);
    const own = await ownWords(page);
    if (own.length === 0) return nothingToAsk(stage);
    const chosen = await choose(stage, own, name, about);
    const key = await newHolderKey();
    const snapshot = askingOf(chosen.name, chosen.skills, (await signerOf(key)).public);
    return { kind: "confirm", hours: chosen.days * 24, snapshot, about: { asked: snapshot, bound: key } } satisfies NewBox;
  },
  show: async (page, box, proposal) => {
    const found = await confirmationIn(page, box, proposal);
    return { title: t("flow.confirm.found"), lines: [drawFound(found, asked(box))] };
  },
  take: async (page, box, proposal) => {
    const { unverified, name } = await confirmationIn(page, box, proposal);
    const giver = { id: unverified.credential.issuer, name: name || t("flow.confirm.nameless"), host: "", listed: false };
    const before = page.wallet.log();
    const after: Log = await addCredential(before, unverified.format, unverified.wire, boundKey(box), giver);
    return { written: after.events.slice(before.events.length).map(({ type, data }) => ({ type, data })) };
  },
};

/** The own words about skills of the framework, as the worker said them last. */
async function ownWords(page: SkillPage): Promise<Rated[]> {
  const { answer } = await loaded();
  const found = answer("askable", {}, await givenOf(page));
  return (Array.isArray(found) ? found : []).filter(isObject).map(({ skill, level }) => ({ skill: String(skill), level: Number(level) }));
}

async function nothingToAsk(stage: Stage): Promise<undefined> {
  await stage.ask<void>((answer) => step(t("flow.confirm.empty"), words(t("flow.confirm.empty_text")),
    actions(button(t("flow.box.ready"), () => answer(), "primary"))));
  return undefined;
}

interface Chosen {
  readonly skills: readonly Rated[];
  readonly name: string;
  readonly days: number;
}

/** Which skills, whose name and how long; only the skill that the worker came from is ticked. */
function choose(stage: Stage, own: readonly Rated[], called: string, about: string): Promise<Chosen> {
  return stage.ask<Chosen>((answer) => {
    const rows = own.map((each) => ({ each, ...tick(nameOf(each.skill), t(`common.level.${each.level}`), each.skill === about) }));
    const name = field(t("flow.confirm.name"), t("flow.confirm.name_help"), { maxlength: String(MAX_NAME), autocomplete: "name", value: called });
    const days = choices(t("flow.share.days"), DAYS.map((count) => [String(count), t("flow.share.of_days", { count })] as const), USUAL_DAYS);
    const wrong = h("div", { role: "alert" });
    const handIn = (): void => {
      const skills = rows.filter(({ box }) => box.checked).map(({ each }) => each);
      const fault = skills.length === 0 ? t("flow.confirm.none") : skills.length > MAX_SKILLS ? t("flow.confirm.many", { count: MAX_SKILLS }) : "";
      wrong.replaceChildren(...(fault ? [notice("warning", fault)] : []));
      if (fault) return;
      const said = name.input.value.trim();
      if (!said) return name.fault(t("flow.confirm.name_needed"));
      answer({ skills, name: said, days: Number(days.value()) });
    };
    return step(t("flow.confirm.title"), words(t("flow.confirm.text")), form(handIn,
      h("fieldset", { class: "sp-card sp-stack--sm", "data-content": true }, h("legend", { class: "sp-hidden" }, t("flow.confirm.title")), ...rows.map(({ row }) => row)),
      name.box, days.box, wrong, h("div", { class: "sp-actions" }, submit(t("flow.confirm.make")))));
  });
}

/** An answer, held against what this box asked; whatever does not hold is counted with what cannot be read. */
async function confirmationIn({ wallet }: SkillPage, box: KeptBox, proposal: JsonObject): Promise<Confirmation> {
  const { events } = wallet.log();
  try {
    return await takeConfirmation(proposal, await readAsking(box.about["asked"] ?? null, SKILLS), SKILLS, wallet.now(), giversIn(events));
  } catch (error) {
    throw error instanceof Refusal ? malformed("proposal_malformed", error.code) : error;
  }
}

/** Who gave what is held with a key of one use: each may confirm once. */
function giversIn(events: Parameters<typeof heldIn>[0]): Set<string> {
  return new Set(heldIn(events).map(({ giver }) => giver.id).filter((id) => id.startsWith(ONE_TIME)));
}

/** What the colleague says, skill by skill, beside what was asked. */
function drawFound({ skills, together, relation, example, name }: Confirmation, wanted: readonly Rated[]): HTMLElement {
  const lower = ({ skill, level }: Rated): boolean => wanted.some((each) => each.skill === skill && level < each.level);
  const rows = skills.map((each) => h("li", { "data-skill": each.skill }, h("div", {}, h("strong", { class: "sp-line" }, nameOf(each.skill)),
    h("span", { class: "sp-row sp-row--level" }, gauge(each.level), h("span", { class: "sp-small sp-subtle" }, t(`common.level.${each.level}`)),
      lower(each) ? status("warning", "info", t("flow.confirm.lower")) : null))));
  const [from = "", until = ""] = together.split("/");
  const told: [string, string][] = [
    [t("flow.confirm.by"), name || t("flow.confirm.nameless")],
    [t("flow.confirm.together"), from ? `${from} - ${until || t("flow.confirm.now")}` : ""],
    [t("flow.confirm.relation"), relation ? t(`common.value.${relation}`) : ""],
    [t("flow.confirm.example"), example],
  ];
  return h("div", { class: "sp-stack" }, h("ul", { class: "sp-list" }, ...rows), facts(told.filter(([, value]) => value !== "")));
}

function asked({ about }: KeptBox): Rated[] {
  const skills = isObject(about["asked"]) ? about["asked"]["skills"] : undefined;
  return (Array.isArray(skills) ? skills : []).filter(isObject).map(({ skill, level }) => ({ skill: String(skill), level: Number(level) }));
}

function boundKey({ about }: KeptBox): JsonObject {
  const key: JsonValue | undefined = about["bound"];
  return isObject(key) ? key : {};
}

const nameOf = (skill: string): string => SKILLS[skill]?.[language() === "nl" ? 0 : 1] ?? skill;

