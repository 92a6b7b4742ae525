/** The ways into the vault, drawn on the stage: make one, a passkey, the recovery card (section 5). */

import { secretOf, wrongGroups } from "../keeper/recovery.ts";
import { Refusal } from "../protocol/errors.ts";
import type { Octets } from "../protocol/octets.ts";
import { beginAccount, finishAccount, openHere, recoverWith, settle, type Recovered } from "./entry.ts";
import { actions, button, field, form, next, notice, step, submit, twoWays, words } from "./parts.ts";
import { makeCard } from "./safe_card.ts";
import { canScan, scan } from "./scanning.ts";
import type { Stage } from "./stage.ts";
import { day, errorText, t } from "./texts.ts";
import type { Wallet } from "./wallet.ts";

type Way = "make" | "known" | "passkey" | "card" | "device";

/** Open the vault of this browser, or make one; `known`: the person has one. Refuses `stopped`. */
export async function openOnStage(wallet: Wallet, stage: Stage, known = wallet.owner() !== undefined): Promise<void> {
  let wrong: unknown;
  while (wallet.state !== "open") {
    const fault = wrong;
    const way = await stage.ask<Way>((answer) => (known ? drawOpening(answer, fault, wallet.owner() === undefined) : drawMaking(answer, fault)));
    wrong = undefined;
    if (way === "known") return openOnStage(wallet, stage, true);
    try {
      if (way === "make") await make(wallet, stage);
      if (way === "passkey") await openHere(wallet);
      if (way === "card") await recover(wallet, stage);
      if (way === "device") await (await import("./flows/later.ts")).moveHere(wallet, stage);
    } catch (error) {
      if (error instanceof Refusal && error.code === "stopped") throw error;
      wrong = error;
    }
  }
}

/** A passkey, then the vault; where the device keeps no secret of it, the card comes first. */
async function make(wallet: Wallet, stage: Stage): Promise<void> {
  const begun = await beginAccount(wallet);
  const card = begun.kind === "dev" ? await makeCard(stage, false) : undefined;
  stage.busy(t("web.making.busy"));
  await finishAccount(wallet, begun, card);
}

/** The card, what it found, a new passkey; and the old phone is shut out, or not. */
async function recover(wallet: Wallet, stage: Stage): Promise<void> {
  let wrong: unknown;
  let found: Recovered | undefined;
  while (!found) {
    const card = await askCard(stage, wrong);
    stage.busy(t("web.card.busy"));
    try {
      found = await recoverWith(wallet, card);
    } catch (error) {
      wrong = error;
    }
  }
  wrong = undefined;
  while (wallet.state !== "open") {
    const vault = found;
    const alone = await stage.ask<boolean>((answer) => drawFound(answer, vault, wrong));
    stage.busy(t("web.making.busy"));
    try {
      await settle(wallet, vault, alone);
    } catch (error) {
      wrong = error;
    }
  }
  await stage.ask<void>((answer) => step(t("web.found.done"), words(t("web.found.then")), next(answer)));
}

/** The secret of a card that is typed or scanned; a slip is told by its group. */
async function askCard(stage: Stage, wrong: unknown): Promise<Octets> {
  for (let typed = "", fault = wrong ? errorText(wrong) : ""; ; ) {
    const asked = await stage.ask<string>((answer) => drawCard(answer, typed, fault));
    typed = asked === "" ? await scan(stage) : asked;
    const groups = await wrongGroups(typed);
    if (groups.length > 0) {
      fault = t(groups.length === 1 ? "web.card.group" : "web.card.groups", { groups: groups.join(", ") });
      continue;
    }
    try {
      return await secretOf(typed);
    } catch (error) {
      fault = errorText(error);
    }
  }
}

function drawMaking(answer: (way: Way) => void, wrong: unknown): HTMLElement {
  return step(
    t("web.making.title"), wrong ? notice("negative", errorText(wrong), "", true) : null,
    words(t("web.making.text")), words(t("web.making.blind"), true),
    actions(
      button(t("web.making.yes"), () => answer("make"), "primary", "key-round"),
      button(t("web.making.known"), () => answer("known")),
    ),
  );
}

function drawOpening(answer: (way: Way) => void, wrong: unknown, isNew: boolean): HTMLElement {
  return step(
    t("web.open.title"), wrong ? notice("negative", errorText(wrong), t("web.open.other"), true) : null,
    words(t("web.open.text")),
    actions(
      button(t("web.open.passkey"), () => answer("passkey"), "primary", "key-round"),
      isNew ? button(t("flow.move.way"), () => answer("device"), "plain", "smartphone") : null,
      button(t("web.open.card"), () => answer("card"), "plain", "life-buoy"),
    ),
  );
}

function drawCard(answer: (typed: string) => void, typed: string, fault: string): HTMLElement {
  const code = field(t("web.card.code"), t("web.card.code_help"), {
    autocapitalize: "characters", class: "sp-code", inputmode: "text", maxlength: "80", value: typed,
  });
  const handIn = (): void => (code.input.value.trim() ? answer(code.input.value) : code.fault(t("web.card.empty")));
  const drawn = step(t("web.card.title"), words(t("web.card.text")), form(
    handIn, code.box,
    actions(submit(t("web.next")), canScan() ? button(t("web.scan"), () => answer(""), "plain", "scan-qr-code") : null),
  ));
  if (fault) queueMicrotask(() => code.fault(fault));
  return drawn;
}

function drawFound(answer: (alone: boolean) => void, found: Recovered, wrong: unknown): HTMLElement {
  return step(
    t("web.found.title"), wrong ? notice("negative", errorText(wrong), "", true) : null,
    words(t("web.found.text", { day: day(found.written), proofs: found.proofs })),
    words(t("web.found.question")),
    twoWays(
      button(t("web.found.alone"), () => answer(true), "equal"),
      button(t("web.found.both"), () => answer(false), "equal"),
    ),
    words(t("web.found.finger"), true),
  );
}
