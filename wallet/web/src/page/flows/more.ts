/** What may be shown beside what is needed, and several proofs of one kind: nothing is ticked beforehand. */

import type { Group } from "../../answering/needs.ts";
import type { Asked, Fit } from "../../journeys/presenting.ts";
import { h } from "../dom.ts";
import { actions, form, notice, submit, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { t } from "../texts.ts";
import { asker, proofChoice } from "./present.ts";

/** The groups of each optional set that the person ticks; none at all is an answer too. */
export async function chooseExtras(stage: Stage, asked: Asked): Promise<Group<Fit>[]> {
  const firsts = asked.extras.map((extra) => extra.flatMap((group) => group.slice(0, 1)));
  const places = await stage.ask<number[]>((answer) => drawBoxes(answer, asked, firsts, "flow.more", false));
  return places.flatMap((place) => asked.extras[place] ?? []);
}

/** One or more of a group. */
export async function chooseSeveral(stage: Stage, asked: Asked, group: Group<Fit>): Promise<Fit[]> {
  const places = await stage.ask<number[]>((answer) => drawBoxes(answer, asked, group.map((fit) => [fit]), "flow.several", true));
  return group.filter((_, place) => places.includes(place));
}

function drawBoxes(
  answer: (places: number[]) => void, asked: Asked, choices: readonly (readonly Fit[])[], key: string, needed: boolean,
): HTMLElement {
  const boxes = choices.map(() => h("input", { type: "checkbox" }));
  const wrong = h("div", { role: "alert" });
  const handIn = (): void => {
    const places = [...boxes.keys()].filter((place) => boxes[place]?.checked);
    if (needed && places.length === 0) wrong.replaceChildren(notice("warning", t("flow.share.none")));
    else answer(places);
  };
  return h("div", { class: "sp-stack--lg" }, asker(asked), form(handIn,
    h("fieldset", { class: "sp-stack--sm" }, h("legend", {}, h("h2", {}, t(`${key}.title`))), words(t(`${key}.text`)),
      h("div", { class: "sp-card sp-list" }, ...choices.map((fits, place) => proofChoice(fits, boxes[place] ?? null)))),
    wrong, actions(submit(t("web.next"))), words(t("flow.choose.note"), true)));
}
