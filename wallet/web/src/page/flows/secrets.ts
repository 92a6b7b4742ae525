/** What opens an export: the recovery card, or a sentence of the person's own. */

import { secretOf, wrongGroups } from "../../keeper/recovery.ts";
import type { ExportSecret } from "../../portability/export.ts";
import { h } from "../dom.ts";
import { actions, button, field, form, notice, step, submit, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { errorText, t } from "../texts.ts";

const LEAST = 12; // characters: nobody tries that many out on a file they found

/** Ask for it; `twice` where a slip would lock the file for good. `fault`: what was wrong with the last one. */
export async function askSecret(stage: Stage, twice: boolean, fault = ""): Promise<ExportSecret> {
  const way = await stage.ask<"card" | "words">((answer) => step(t("flow.secret.title"),
    fault ? notice("negative", fault, "", true) : null, words(t(twice ? "flow.secret.make" : "flow.secret.open")),
    actions(
      button(t("flow.secret.card"), () => answer("card"), "primary", "life-buoy"),
      button(t("flow.secret.words"), () => answer("words"), "plain", "key-round"))));
  return way === "card" ? { recovery: await askCard(stage) } : { passphrase: await askWords(stage, twice) };
}

async function askCard(stage: Stage): Promise<Uint8Array<ArrayBuffer>> {
  for (let fault = "", typed = ""; ; ) {
    const [given, wrong]: [string, string] = [typed, fault];
    typed = await stage.ask<string>((answer) => {
      const code = field(t("web.card.code"), t("web.card.code_help"), { class: "sp-code", autocapitalize: "characters", maxlength: "80", value: given });
      if (wrong) queueMicrotask(() => code.fault(wrong));
      return step(t("web.card.title"), form(() => answer(code.input.value), code.box, actions(submit(t("web.next")))));
    });
    const groups = await wrongGroups(typed);
    try {
      if (groups.length === 0) return await secretOf(typed);
      fault = t(groups.length === 1 ? "web.card.group" : "web.card.groups", { groups: groups.join(", ") });
    } catch (error) {
      fault = errorText(error);
    }
  }
}

function askWords(stage: Stage, twice: boolean): Promise<string> {
  return stage.ask<string>((answer) => {
    const hidden = { type: "password", autocomplete: twice ? "new-password" : "current-password", maxlength: "200" };
    const first = field(t("flow.secret.words_label"), twice ? t("flow.secret.words_help", { count: LEAST }) : "", hidden);
    const again = field(t("flow.secret.again"), "", hidden);
    const handIn = (): void => {
      if (first.input.value.length < (twice ? LEAST : 1)) first.fault(t("flow.secret.short", { count: LEAST }));
      else if (twice && first.input.value !== again.input.value) again.fault(t("flow.secret.differ"));
      else answer(first.input.value);
    };
    return h("div", { class: "sp-stack" }, h("h1", {}, t("flow.secret.words_title")), twice ? words(t("flow.secret.lost")) : null,
      form(handIn, first.box, twice ? again.box : null, actions(submit(t("web.next")))));
  });
}
