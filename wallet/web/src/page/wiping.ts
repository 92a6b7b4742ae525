/** Delete everything: a word that is typed, a passkey, every share stopped, and a receipt (section 6). */

import * as service from "../account/service.ts";
import { endShare, sharesIn } from "../journeys/sharing.ts";
import type { JsonObject } from "../protocol/json.ts";
import { h } from "./dom.ts";
import { actions, button, field, form, next, notice, step, submit, words } from "./parts.ts";
import type { Stage } from "./stage.ts";
import { moment, t } from "./texts.ts";
import type { Wallet } from "./wallet.ts";

/** Wipe the account and this browser. */
export async function wipe(wallet: Wallet, stage: Stage): Promise<JsonObject> {
  await stage.ask<void>((answer) => drawSure(answer));
  const confirmed = await wallet.confirm();
  stage.busy(t("web.wipe.busy"));
  for (const share of sharesIn(wallet.log().events).filter(({ stopped }) => !stopped)) {
    await endShare(share, wallet.log()); // the log goes too: only the service has to know
  }
  const receipt = await service.wipe(confirmed);
  await wallet.forget();
  await stage.ask<void>((answer) => drawReceipt(answer, receipt));
  return { done: true };
}

function drawSure(answer: () => void): HTMLElement {
  const word = t("web.wipe.word");
  const typed = field(t("web.wipe.type", { word }), "", { autocapitalize: "none", maxlength: "20" });
  const check = (): void => {
    if (typed.input.value.trim().toLowerCase() === word) answer();
    else typed.fault(t("web.wipe.wrong", { word }));
  };
  return step(
    t("web.wipe.title"), notice("warning", t("web.wipe.all"), t("web.wipe.final")), words(t("web.wipe.seen")),
    form(check, typed.box, actions(submit(t("web.wipe.yes"), "negative"))),
  );
}

function drawReceipt(answer: () => void, receipt: JsonObject): HTMLElement {
  const row = (name: string, value: string): HTMLElement => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return step(
    t("web.wiped.title"), words(t("web.wiped.text")),
    h("dl", { class: "sp-card sp-facts", "data-content": true },
      row(t("web.wiped.when"), moment(String(receipt["deleted"]))), row(t("web.wiped.number"), String(receipt["id"]))),
    words(t("web.wiped.keep"), true),
    actions(button(t("web.wiped.print"), () => print(), "plain", "printer")), next(answer, t("web.wiped.close")),
  );
}
