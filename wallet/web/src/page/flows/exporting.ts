/** Take everything along: one sealed file, without anybody's leave (wallet design, section 6). */

import { showables } from "../../journeys/sharing.ts";
import { CHANCE } from "../../keeper/seals.ts";
import { pack } from "../../portability/archive.ts";
import { sealExport, type ExportSecret } from "../../portability/export.ts";
import { filesOf } from "../../portability/files.ts";
import { viewerOf } from "../../portability/viewer.ts";
import type { JsonValue } from "../../protocol/json.ts";
import { utf8 } from "../../protocol/octets.ts";
import { h, icon } from "../dom.ts";
import { actions, button, step, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { day, language, t } from "../texts.ts";
import { valueIn } from "../values.ts";
import type { Wallet } from "../wallet.ts";
import { isUnconfirmed, rethrowStop, showFault } from "./faults.ts";
import { labelOf, titleOf } from "./pieces.ts";
import { askSecret } from "./secrets.ts";

const NAME = "skillspass-export.jwe";

/** From a secret to a file on the device. */
export async function exporting(wallet: Wallet, stage: Stage): Promise<JsonValue> {
  for (let fault = ""; ; ) {
    const secret = await askSecret(stage, true, fault);
    stage.busy(t("flow.export.busy"));
    try {
      await wallet.confirm();
      const file = await sealed(wallet, secret);
      await wallet.note("export", { kind: "passphrase" in secret ? "words" : "card" });
      await hand(stage, file);
      return { done: true };
    } catch (error) {
      rethrowStop(error);
      if (isUnconfirmed(error)) fault = t("flow.unconfirmed");
      else if (!(await showFault(stage, error))) return { done: false };
    }
  }
}

async function sealed(wallet: Wallet, secret: ExportSecret): Promise<string> {
  const files = await filesOf(wallet.log().events);
  const cards = (await showables(wallet.log(), wallet.entryOf)).map(({ held, unverified: { credential }, option }) => ({
    title: titleOf(credential.type), by: `${held.giver.name}, ${day(credential.issuedAt)}`,
    lines: [...option.lines, ...option.hidden].map((line): [string, string] => [labelOf(line), valueIn(line.value, language())]),
  }));
  files.set("README.txt", utf8(`${t("flow.export.readme")}\n`));
  files.set("index.html", utf8(viewerOf(language(), t("web.name"), t("flow.export.viewer"), cards)));
  return sealExport(await pack(files), secret, CHANCE);
}

/** The file as a link to save it; it lives no longer than the step. */
async function hand(stage: Stage, file: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([file], { type: "application/jose" }));
  try {
    await stage.ask<void>((answer) => step(t("flow.export.title"), words(t("flow.export.text")),
      h("div", { class: "sp-actions" },
        h("a", { class: "sp-button sp-button--primary", href: address, download: NAME }, icon("download"), t("flow.export.save"))),
      words(t("flow.export.secret"), true), actions(button(t("flow.to_passport"), () => answer()))));
  } finally {
    URL.revokeObjectURL(address);
  }
}
