/** Bring credentials from a file: opened, checked, shown with what was found, then kept (section 6). */

import { keepImport, readImport, type Brought, type Import } from "../../journeys/importing.ts";
import { Refusal, rejected } from "../../protocol/errors.ts";
import type { JsonValue } from "../../protocol/json.ts";
import type { Octets } from "../../protocol/octets.ts";
import { MAX_ARCHIVE_BYTES } from "../../portability/archive.ts";
import { h } from "../dom.ts";
import { actions, button, form, step, submit, twoWays, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { errorText, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { attempt, codeOf, rethrowStop, showFault } from "./faults.ts";
import { bringForeign, bringSkills, reading } from "./foreign.ts";
import { status, symbolOf, tile, titleOf, toPassport } from "./pieces.ts";
import { askSecret } from "./secrets.ts";

/** From a file to what of it is kept. */
export async function importing(wallet: Wallet, stage: Stage): Promise<JsonValue> {
  const octets = await askFile(stage);
  const other = await attempt(stage, "flow.import.busy", () => reading(octets));
  if (!other) return { done: false };
  if ("foreign" in other) return bringForeign(wallet, stage, other.foreign, octets);
  if ("skills" in other) return bringSkills(wallet, stage, other.skills);
  const found = await opened(wallet, stage, other.export);
  if (!found) return { done: false };
  const more = found.brought.some(({ keepable, known }) => keepable && !known) || found.own.length > 0;
  const wanted = await stage.ask<boolean>((answer) => drawFound(answer, found, more));
  if (!wanted) return { done: false };
  const done = await attempt(stage, "flow.receive.keeping", async () => {
    await wallet.write(await keepImport(found, wallet.log()));
    return true;
  });
  if (!done) return { done: false };
  await stage.ask<void>((answer) => step(t("flow.import.done"), words(t("flow.kept.text")), toPassport(answer)));
  return { done: true };
}

/** The file that the person picks. */
async function askFile(stage: Stage): Promise<Octets> {
  const file = await stage.ask<File>((answer) => {
    const input = h("input", { type: "file", id: "import-file" });
    const wrong = h("p", { class: "sp-fault", role: "alert" });
    const handIn = (): void => {
      const [picked] = input.files ?? [];
      if (!picked || picked.size > 2 * MAX_ARCHIVE_BYTES) wrong.replaceChildren(t(picked ? "flow.import.large" : "flow.import.none"));
      else answer(picked);
    };
    return step(t("flow.import.title"), words(t("flow.import.text")),
      form(handIn, h("div", { class: "sp-stack--sm" }, h("label", { for: "import-file" }, h("strong", {}, t("flow.import.label"))), input, wrong),
        actions(submit(t("web.next")))));
  });
  return new Uint8Array(await file.arrayBuffer());
}

async function opened(wallet: Wallet, stage: Stage, file: string): Promise<Import | undefined> {
  for (let fault = ""; ; ) {
    const secret = await askSecret(stage, false, fault);
    stage.busy(t("flow.import.busy"));
    try {
      return await readImport(file, secret, wallet.log());
    } catch (error) {
      rethrowStop(error);
      if (!(error instanceof Refusal)) throw error;
      fault = errorText(error);
      if (codeOf(error) !== "export_not_opened") {
        await showFault(stage, error);
        return undefined;
      }
    }
  }
}

function drawFound(answer: (yes: boolean) => void, { brought }: Import, more: boolean): HTMLElement {
  const rows = brought.map((each) => h("li", {}, tile(symbolOf(each.type)), h("div", { "data-content": true },
    h("strong", { class: "sp-line" }, titleOf(each.type)), h("p", { class: "sp-small sp-subtle" }, each.held.giver.name), verdict(each))));
  return step(t("flow.import.found"), h("ul", { class: "sp-card sp-list" }, ...rows), more
    ? twoWays(button(t("flow.keep.yes"), () => answer(true), "primary", "check"), button(t("flow.keep.no"), () => answer(false)))
    : actions(button(t("flow.to_passport"), () => answer(false), "primary", "id-card")));
}

function verdict({ problem, keepable, known }: Brought): HTMLElement {
  if (known) return status("positive", "circle-check", t("flow.import.known"));
  if (problem === undefined) return status("positive", "circle-check", t("flow.real"));
  return status(keepable ? "warning" : "negative", keepable ? "clock-alert" : "circle-x", errorText(rejected(problem)));
}
