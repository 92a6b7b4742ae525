/** The recovery card: shown in groups and as a code, printed, and two groups asked back (section 5). */

import { codeOf, newSecret } from "../keeper/recovery.ts";
import { CHANCE } from "../keeper/seals.ts";
import { makeSlot } from "../keeper/slots.ts";
import type { Log } from "../keeper/vault.ts";
import type { Octets } from "../protocol/octets.ts";
import { h } from "./dom.ts";
import { added, removed } from "./entry.ts";
import { actions, button, field, form, notice, step, submit, words } from "./parts.ts";
import { drawQr } from "./qr.ts";
import type { Stage } from "./stage.ts";
import { day, t } from "./texts.ts";
import type { Wallet } from "./wallet.ts";

/** A fresh card in place of the old one; false when the person wants it later. */
export async function renewCard(wallet: Wallet, stage: Stage, mayWait: boolean): Promise<boolean> {
  const card = await makeCard(stage, mayWait);
  if (!card) return false;
  stage.busy(t("web.card.saving"));
  let log: Log = wallet.log();
  let { opened } = wallet.vault();
  const old = opened.slots.filter(({ kind }) => kind === "rec");
  [opened, log] = await added(opened, log, await makeSlot("rec", card, opened.wid, CHANCE));
  for (const { id } of old) [opened, log] = await removed(opened, log, id);
  await wallet.changeSlots(opened, log, undefined, card);
  await stage.ask<void>((answer) => step(
    t("web.card.done"), notice("positive", t("web.card.done_title"), t("web.card.done_text")),
    actions(button(t("web.next"), () => answer(), "primary")),
  ));
  return true;
}

/** Show a fresh card until two of its groups were typed back; undefined: later. */
export async function makeCard(stage: Stage, mayWait: false): Promise<Octets>;
export async function makeCard(stage: Stage, mayWait: boolean): Promise<Octets | undefined>;
export async function makeCard(stage: Stage, mayWait: boolean): Promise<Octets | undefined> {
  const secret = newSecret(CHANCE);
  const code = await codeOf(secret);
  const groups = code.split("-");
  for (;;) {
    const go = await stage.ask<boolean>((answer) => drawCard(answer, code, mayWait));
    if (!go) return undefined;
    const again = await stage.ask<boolean>((answer) => drawCheck(answer, groups, twoOf(groups.length)));
    if (!again) return secret;
  }
}

function drawCard(answer: (go: boolean) => void, code: string, mayWait: boolean): HTMLElement {
  const groups = code.split("-").map((group, place) => h("li", {}, h("span", { class: "sp-small" }, `${place + 1}`), " ", group));
  const card = h(
    "section", { class: "sp-card sp-recovery", "aria-label": t("web.card.name") },
    h("div", { class: "sp-stack--sm" },
      h("h2", {}, t("web.card.name")), words(t("web.card.of", { day: day(Date.now() / 1000) }), true),
      h("ol", { class: "sp-groups", "data-content": true }, ...groups)),
    drawQr(code, t("web.card.qr")),
    h("p", { class: "sp-print" }, t("web.card.print_help", { host: location.host })),
  );
  return step(
    t("web.card.make"), words(t("web.card.why")), card,
    actions(
      button(t("web.card.have"), () => answer(true), "primary"),
      button(t("web.card.print"), () => print(), "plain", "printer"),
      mayWait ? button(t("web.card.later"), () => answer(false)) : null,
    ),
    words(t("web.card.keep"), true),
  );
}

/** Asks two groups back; answers true to see the card once more. */
function drawCheck(answer: (again: boolean) => void, groups: readonly string[], asked: readonly number[]): HTMLElement {
  const fields = asked.map((place) => field(t("web.card.nth", { group: place + 1 }), "", {
    autocapitalize: "characters", class: "sp-code", maxlength: "6", "data-group": String(place + 1),
  }));
  const check = (): void => {
    const wrong = fields.filter(({ input }, nth) => alike(input.value) !== groups[asked[nth] ?? 0]);
    for (const each of fields) each.fault(wrong.includes(each) ? t("web.card.nth_wrong") : "");
    if (wrong.length === 0) answer(false);
    else wrong[0]?.input.focus();
  };
  return step(t("web.card.check"), words(t("web.card.check_text")), form(
    check, ...fields.map(({ box }) => box),
    actions(submit(t("web.next")), button(t("web.card.look"), () => answer(true))),
  ));
}

/** As it is printed: O is 0, I and L are 1. */
const alike = (typed: string): string =>
  typed.trim().toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");

/** Two places that differ, in order. */
function twoOf(count: number): [number, number] {
  const [first = 0, second = 0] = CHANCE.octets(2);
  const [one, step] = [first % count, 1 + (second % (count - 1))];
  const other = (one + step) % count;
  return [Math.min(one, other), Math.max(one, other)];
}
