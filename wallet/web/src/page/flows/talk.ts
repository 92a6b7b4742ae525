/** The talk card that is sent: the manager's reply comes back as a proposal, and both sign (R12, decision 0058). */

import { MAX_NAME } from "../../confirming/asking.ts";
import { readCard, readReply, readSigned, signTalk, type Reply, type Signed, type TalkCard } from "../../confirming/talking.ts";
import { CHANCE } from "../../keeper/seals.ts";
import { newHolderKey, signerOf } from "../../keeper/signing.ts";
import type { KeptBox, NewBox } from "../../mailbox/box.ts";
import { malformed, Refusal, rejected } from "../../protocol/errors.ts";
import { isObject, parseObject, type JsonObject } from "../../protocol/json.ts";
import { b64url } from "../../protocol/octets.ts";
import { h, type Child } from "../dom.ts";
import { actions, button, field, form, step, submit, words } from "../parts.ts";
import { drawQr } from "../qr.ts";
import { givenOf, loaded, type SkillPage } from "../skills/asking.ts";
import { drawPages, type Sheet } from "../skills/talk_pages.ts";
import type { Stage } from "../stage.ts";
import { day, language, t } from "../texts.ts";
import type { BoxFlow } from "./boxes.ts";
import { choices } from "./pieces.ts";

const DAYS = [3, 7, 14];
const USUAL_DAYS = "14";
const KIND = "talk";

/** The flow of this kind: it ends with the reply that is signed. */
export const talk: BoxFlow = {
  once: true,
  ask: async (page, stage, about) => {
    const wanted = parseObject(about);
    return typeof wanted["signed"] === "string" ? showSigned(page, stage, wanted["signed"]) : send(page, stage, wanted);
  },
  show: async (page, box, proposal) => {
    const card = await readCard(box.about["card"]);
    return { title: t("flow.talk.found"), lines: [drawReply(await replyIn(page, box, proposal), card)] };
  },
  take: async (page, box, proposal) => {
    const card = await readCard(box.about["card"]);
    await replyIn(page, box, proposal);
    const reply = String(proposal["reply"]);
    const mark = await signTalk(reply, await signerOf(ownKey(box)), page.wallet.now());
    const kept = { kind: KIND, id: b64url(CHANCE.octets(9)), card, reply, mark };
    await readSigned(kept, page.wallet.now()); // what is kept can be checked by anybody
    return { written: [{ type: "wish_written", data: kept }] };
  },
  under: async (page, box) => {
    const { about, link, until } = box;
    const signed = isObject(about["signed"]) ? await readSigned(about["signed"], page.wallet.now()) : undefined;
    const card = signed?.card ?? (await readCard(about["card"]));
    const code = { link, text: signed ? t("flow.talk.code", { day: day(until) }) : t("flow.talk.qr") };
    return [...drawSheet(sheetOf(card, signed, code))];
  },
};

/** The name on it and how long; what else stands on it was chosen before. */
async function send(page: SkillPage, stage: Stage, wanted: JsonObject): Promise<NewBox> {
  const { answer } = await loaded();
  const made = answer("talk_card", wanted, await givenOf(page));
  const chosen = await stage.ask<{ name: string; days: number }>((say) => {
    const name = field(t("flow.talk.name"), t("flow.talk.name_help"), { maxlength: String(MAX_NAME), autocomplete: "name", value: String(isObject(made) ? made["name"] ?? "" : "") });
    const days = choices(t("flow.share.days"), DAYS.map((count) => [String(count), t("flow.share.of_days", { count })] as const), USUAL_DAYS);
    return step(t("flow.talk.title"), words(t("flow.talk.text")),
      form(() => say({ name: name.input.value.trim(), days: Number(days.value()) }), name.box, days.box, h("div", { class: "sp-actions" }, submit(t("flow.talk.make")))));
  });
  const own = await newHolderKey();
  const card = await readCard({ ...(made as JsonObject), name: chosen.name, key: (await signerOf(own)).public.jwk });
  return { kind: "talk", hours: chosen.days * 24, snapshot: { card }, about: { card, bound: own } };
}

/** A card that both signed, on the stage; with a code where the worker wants one. */
async function showSigned(page: SkillPage, stage: Stage, id: string): Promise<NewBox | undefined> {
  const kept = page.wallet.log().events.find(({ type, data }) => type === "wish_written" && data["kind"] === KIND && data["id"] === id)?.data;
  if (!kept) throw rejected("talk_invalid", "no such card");
  const { card = {}, reply = "", mark = "" } = kept;
  const signed = await readSigned({ card, reply, mark }, page.wallet.now());
  const more = await stage.ask<boolean>((say) => step(t("flow.talk.signed"), ...drawSheet(sheetOf(signed.card, signed, null)),
    actions(button(t("flow.talk.with_code"), () => say(true), "plain", "qr-code"), button(t("flow.box.ready"), () => say(false)))));
  if (!more) return undefined;
  const snapshot = { card, reply, mark };
  return { kind: "talk", hours: 14 * 24, snapshot, about: { signed: snapshot } };
}

/** The reply in a proposal, held against this very card; what does not hold is counted with what cannot be read. */
async function replyIn({ wallet }: SkillPage, { about }: KeptBox, proposal: JsonObject): Promise<Reply> {
  try {
    return await readReply(proposal["reply"], await readCard(about["card"]), wallet.now());
  } catch (error) {
    throw error instanceof Refusal ? malformed("proposal_malformed", error.code) : error;
  }
}

/** Each agreement beside what the worker wrote, and the remark. */
function drawReply({ agreements, comment, name }: Reply, card: TalkCard): HTMLElement {
  const rows = agreements.map((said, place) => {
    const own = card.agreements[place]?.trim() ?? "";
    return h("li", { "data-changed": String(said !== own) }, h("div", {}, h("strong", { class: "sp-line" }, t("flow.talk.agreement", { count: place + 1 })),
      h("p", {}, said || t("flow.talk.empty")),
      h("p", { class: "sp-small sp-subtle" }, said === own ? t("flow.talk.same") : t("flow.talk.was", { text: own || t("flow.talk.empty") }))));
  });
  return h("div", { class: "sp-stack" }, h("ul", { class: "sp-list" }, ...rows),
    comment ? h("p", {}, h("strong", { class: "sp-line" }, t("flow.talk.remark")), comment) : null,
    h("p", { class: "sp-small" }, `${t("flow.talk.by")}: ${name}`), h("p", {}, h("strong", {}, t("flow.talk.sign"))));
}

/** What stands on paper, with the code and the signatures that there are. */
function sheetOf(card: TalkCard, signed: Signed | undefined, code: Sheet["code"]): Sheet {
  const { reply, at } = signed ?? {};
  return {
    name: card.name, day: day(card.made), since: "", wishes: card.wishes.map((each) => each[language()]), code,
    strengths: card.strengths.map((each) => ({ name: each[language()], how: each.level ? t(`common.level.${each.level}`) : "", says: t(`common.grade.${each.grade}`) })),
    agreements: reply?.agreements ?? card.agreements,
    signed: reply && at ? { remark: reply.comment, lines: [t("flow.talk.signed_text", { name: reply.name, first: day(reply.at), second: day(at) })] } : null,
  };
}

function drawSheet(sheet: Sheet): Child[] {
  return [
    h("article", { class: "sp-card sp-talk sp-left", "data-content": true, lang: language() }, ...drawPages(sheet, { h, t, drawQr })),
    actions(button(t("web.talk.print"), () => print(), "plain", "printer")),
  ];
}

function ownKey({ about }: KeptBox): JsonObject {
  const key = about["bound"];
  return isObject(key) ? key : {};
}
