/**
 * A manager's page: reads a talk card, answers it and signs with a key that lives as long as this
 * page; or, of a card that both signed, who signed when. What is on the card cannot be changed here.
 */

import TEXTS from "skillspass:texts/box_talk";

import { lined, MAX_NAME } from "../confirming/asking.ts";
import { MAX_AGREEMENT, MAX_COMMENT, readCard, readSigned, signReply, type Reply, type Signed, type TalkCard } from "../confirming/talking.ts";
import { newDeviceSigner } from "../keeper/signing.ts";
import { gauge, h, type Child } from "../page/dom.ts";
import { form } from "../page/parts.ts";
import type { JsonObject } from "../protocol/json.ts";
import type { Draw } from "./box.ts";
import { faultOf, untilLine } from "./frame.ts";
import { day, icon, language, t, teach } from "./words.ts";

/** What was filled in; it outlives another language, and ends with the page. */
const draft: { agreements: string[] | undefined; comment: string; name: string; sent: boolean } = { agreements: undefined, comment: "", name: "", sent: false };

/** Draw it. */
export const draw: Draw = (root, snapshot, send, { until }) => {
  teach(TEXTS);
  void drawn(snapshot, send, until).then(
    (parts) => root.replaceChildren(...parts),
    () => root.replaceChildren(h("h1", { tabindex: "-1" }, t("box.damaged")), h("p", {}, t("box.damaged_text"))),
  ).then(() => root.querySelector<HTMLElement>("h1")?.focus());
};

async function drawn(snapshot: JsonObject, send: (proposal: JsonObject) => Promise<void>, until: number): Promise<HTMLElement[]> {
  if ("mark" in snapshot) return drawSigned(await readSigned(snapshot, Date.now() / 1000), until);
  const card = await readCard(snapshot["card"]);
  const place = h("div", { class: "sp-stack--lg" });
  const redraw = (): void => place.replaceChildren(...(draft.sent ? drawDone() : [drawAnswer(card, send, redraw)]));
  redraw();
  return [head(card, h("p", { class: "sp-subtle" }, t("talk.lead")), untilLine(until)), drawCard(card), place];
}

const head = ({ name }: TalkCard, ...children: readonly Child[]): HTMLElement =>
  h("section", { class: "sp-plate sp-plate--rivets sp-stack--sm" }, h("h1", { tabindex: "-1" }, name ? t("talk.title", { name }) : t("talk.title_nameless")), ...children);

/** What stands on it: nothing here can be changed. */
function drawCard({ made, strengths, wishes }: TalkCard): HTMLElement {
  const rows = strengths.map((each) => h("li", {}, h("div", {}, h("strong", { class: "sp-name" }, each[language()]),
    h("div", { class: "sp-row sp-row--between sp-small" }, h("span", { class: "sp-row sp-row--level" }, each.level ? gauge(each.level) : null, h("span", {}, each.level ? t(`common.level.${each.level}`) : "")),
      h("span", { class: "sp-subtle" }, t(each.grade === "self" ? "talk.self" : `common.grade.${each.grade}`))))));
  return h("section", { class: "sp-stack" }, h("p", { class: "sp-small sp-subtle" }, t("talk.made", { day: day(Date.parse(made) / 1000) })),
    rows.length > 0 ? h("h2", {}, t("talk.strengths")) : null, rows.length > 0 ? h("ul", { class: "sp-card sp-list", "data-content": true }, ...rows) : null,
    wishes.length > 0 ? h("h2", {}, t("talk.wishes")) : null,
    wishes.length > 0 ? h("ul", { class: "sp-card sp-list", "data-content": true }, ...wishes.map((each) => h("li", {}, icon("leaf"), h("div", {}, each[language()])))) : null);
}

function drawAnswer(card: TalkCard, send: (proposal: JsonObject) => Promise<void>, redraw: () => void): HTMLElement {
  const agreements = (draft.agreements ??= card.agreements.map((each) => each.trim()));
  const wrong = h("p", { class: "sp-fault", role: "alert" });
  const status = h("p", { class: "sp-said", role: "status" });
  const sign = h("button", { class: "sp-button sp-button--primary", type: "submit" }, icon("send"), t("talk.send"));
  const handIn = async (): Promise<void> => {
    if (sign.disabled) return;
    const fault = lined(draft.name) ? "" : t("talk.name_needed");
    wrong.replaceChildren(...(fault ? [icon("circle-alert"), ` ${fault}`] : []));
    if (fault) return;
    sign.disabled = true;
    try {
      const reply = await signReply(card, { agreements, comment: draft.comment, name: draft.name }, await newDeviceSigner(), Date.now() / 1000);
      await send({ v: 1, reply });
      draft.sent = true;
      redraw();
    } catch (error) {
      wrong.replaceChildren(icon("circle-alert"), ` ${faultOf(error)}`);
      sign.disabled = false;
    }
  };
  const rows = agreements.map((_, place) => area(t("talk.agreement", { count: place + 1 }), `talk-agreement-${place + 1}`, MAX_AGREEMENT, agreements[place] ?? "", (value) => { agreements[place] = value; }));
  return h("section", { class: "sp-card sp-stack" }, h("h2", {}, t("talk.yours")), h("p", { class: "sp-small sp-subtle" }, t("talk.agreement_help")),
    form(() => void handIn(), ...rows,
      area(t("talk.comment"), "talk-comment", MAX_COMMENT, draft.comment, (value) => { draft.comment = value; }, 4),
      line(t("talk.name"), draft.name, (value) => { draft.name = value; }),
      h("p", { class: "sp-small sp-subtle" }, t("talk.sign_help")), wrong, h("div", { class: "sp-actions" }, sign), status));
}

function area(label: string, id: string, most: number, value: string, keep: (value: string) => void, rows = 2): HTMLElement {
  const input = h("textarea", { id, maxlength: most, rows });
  input.value = value;
  input.addEventListener("input", () => keep(input.value));
  return h("div", { class: "sp-field" }, h("label", { for: id }, h("strong", {}, label)), input);
}

function line(label: string, value: string, keep: (value: string) => void): HTMLElement {
  const input = h("input", { id: "talk-name", type: "text", maxlength: MAX_NAME, autocomplete: "name", value });
  input.addEventListener("input", () => keep(input.value));
  return h("div", { class: "sp-field" }, h("label", { for: input.id }, h("strong", {}, label)), input);
}

const drawDone = (): HTMLElement[] => [h("section", { class: "sp-card sp-stack--sm", role: "status" }, h("h2", {}, t("talk.done")), h("p", {}, t("talk.done_text")), h("p", { class: "sp-subtle" }, t("confirm.close")))];

function drawSigned({ card, reply, at }: Signed, until: number): HTMLElement[] {
  const by = (name: string, moment: number): HTMLElement => h("p", { class: "sp-row sp-row--icon" }, icon("circle-check"), h("span", {}, t("talk.signed_by", { name, day: day(moment) })));
  return [
    head(card, untilLine(until)),
    h("section", { class: "sp-card sp-stack--sm", id: "signed" }, h("h2", {}, t("talk.signed")), by(reply.name, reply.at), by(card.name || t("talk.worker"), at),
      h("p", { class: "sp-small sp-subtle" }, t("talk.signed_proof"))),
    h("h2", {}, t("talk.agreed")), drawAgreed(reply), drawCard(card),
  ];
}

function drawAgreed({ agreements, comment, name }: Reply): HTMLElement {
  return h("div", { class: "sp-stack--sm" },
    h("ol", { class: "sp-card sp-list", "data-content": true }, ...agreements.filter((each) => each.trim()).map((each) => h("li", {}, h("div", {}, each)))),
    comment ? h("p", {}, h("strong", { class: "sp-name" }, t("talk.remark", { name })), h("span", { "data-content": true }, comment)) : null);
}
