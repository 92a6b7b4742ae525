/** Receive a credential: who gives what, the PIN, "is this you?", keep it or not (wallet design, section 9). */

import { sectorList, type SectorList } from "../../journeys/listing.ts";
import {
  giverOf, isListed, keep, nameIn, refuse, requestByPin, type Deferred, type Preview, type Received,
} from "../../journeys/receiving.ts";
import { layOutFreely, type Line, type TypeEntry } from "../../keeper/consent.ts";
import { heldIn, parseHeld } from "../../keeper/vault.ts";
import { Refusal, rejected } from "../../protocol/errors.ts";
import type { JsonValue } from "../../protocol/json.ts";
import { h } from "../dom.ts";
import { actions, button, field, form, notice, step, submit, twoWays, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { day, errorText, language, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { attempt, codeOf, rethrowStop, showFault } from "./faults.ts";
import { agreeToRelay, arrivals, comeBack, isBack, later, readAnyOffer, visit } from "./visiting.ts";
import { lineRow, listedStatus, plate, progress, status, symbolOf, tile, titleOf, toPassport } from "./pieces.ts";

const TRIES = 5; // then the issuer ends the code
/** What is wrong with the offer or the way to it, and not with the credential. */
const OF_THE_OFFER = /^(?:code_|offer_|fetch_|service_|issuer_metadata_|token_response_|nonce_response_|credential_(?:deferred|refused|response_))/;

/** From a link to a kept credential; `done` is false where nothing was kept. */
export async function receive(wallet: Wallet, stage: Stage, link: string): Promise<JsonValue> {
  const { list, anchor } = wallet.settings;
  const sector = await sectorList(list, anchor, wallet.now());
  if (isBack(link)) {
    const back = await attempt(stage, "flow.receive.fetching", () => comeBack(wallet, link, sector));
    return back ? taken(wallet, stage, back.preview, back.found) : { done: false };
  }
  const preview = await attempt(stage, "flow.receive.reading", () => readAnyOffer(wallet, stage, link));
  if (!preview || !(await agreeToRelay(wallet, stage, preview))) return { done: false };
  if (preview.offer.preAuthorizedCode === undefined) return visit(wallet, stage, preview, sector);
  const found = await redeem(wallet, stage, preview, sector);
  return found ? taken(wallet, stage, preview, found) : { done: false };
}

/** What had to wait and is here now, each with its questions. */
export async function receiveArrived(wallet: Wallet, stage: Stage): Promise<void> {
  for (const { preview, received, done } of await arrivals(wallet)) {
    await taken(wallet, stage, preview, received);
    await done();
  }
}

async function taken(wallet: Wallet, stage: Stage, preview: Preview, received: Received | Deferred): Promise<JsonValue> {
  if ("transactionId" in received) {
    await later(wallet, stage, preview, received);
    return { done: false };
  }
  try {
    return await decide(wallet, stage, preview, received);
  } catch (error) {
    if (codeOf(error) === "stopped") await received.notify("credential_failure");
    throw error;
  }
}

/** The PIN, until it is right; undefined where the offer or the credential ended it. */
async function redeem(
  wallet: Wallet, stage: Stage, preview: Preview, sector: SectorList | undefined,
): Promise<Received | Deferred | undefined> {
  const listed = isListed(preview, sector, wallet.now());
  for (let wrong = 0, fault = ""; ; ) {
    const pin = await stage.ask<string>((answer) => drawOffer(answer, preview, listed, fault));
    stage.busy(t("flow.receive.fetching"));
    try {
      return await requestByPin(preview, pin || undefined, wallet.now(), sector);
    } catch (error) {
      rethrowStop(error);
      if (!(error instanceof Refusal)) throw error;
      wrong += Number(error.code === "pin_wrong");
      if (error.code === "pin_wrong" && wrong < TRIES) {
        fault = t("flow.pin.wrong", { left: TRIES - wrong });
        continue;
      }
      if (error.code === "fetch_failed" && (await showFault(stage, error))) continue;
      if (error.code !== "fetch_failed") await showEnd(stage, preview, wrong === TRIES ? rejected("code_locked") : error);
      return undefined;
    }
  }
}

/** Is this you, and do you want it; a no is told to the issuer and leaves nothing personal behind. */
async function decide(wallet: Wallet, stage: Stage, preview: Preview, received: Received): Promise<JsonValue> {
  const others = wallet.state === "open" ? await namesIn(wallet) : [];
  const mine = await stage.ask<boolean>((answer) => drawName(answer, preview, received, others));
  const wanted = mine && (await stage.ask<boolean>((answer) => drawKeep(answer, preview, received, wallet.entryOf(received.unverified.credential.type))));
  if (!wanted) {
    if (wallet.state === "open") await wallet.write(await refuse(received, wallet.log()));
    else await received.notify("credential_failure");
    await stage.ask<void>((answer) => step(t("flow.dropped.title"),
      words(t(mine ? "flow.dropped.not_kept" : "flow.dropped.not_me")), toPassport(answer)));
    return { done: false };
  }
  await wallet.ensureOpen(stage);
  const kept = await attempt(stage, "flow.receive.keeping", async () => {
    const log = await keep(received, preview, wallet.log());
    await wallet.write(log);
    return heldIn(log.events).at(-1)?.id ?? "";
  });
  await received.notify(kept === undefined ? "credential_failure" : "credential_accepted");
  if (kept === undefined) return { done: false };
  await stage.ask<void>((answer) => step(t("flow.kept.title"),
    plate(received.unverified.credential.type, h("p", {}, giverOf(preview, language()).name)),
    words(t("flow.kept.text")), toPassport(answer)));
  return { done: true, id: kept };
}

function drawOffer(answer: (pin: string) => void, preview: Preview, listed: boolean, fault: string): HTMLElement {
  const { txCode } = preview.offer;
  const length = txCode?.length ?? 6;
  const numeric: Record<string, string> = txCode?.numeric === false ? {} : { inputmode: "numeric" };
  const pin = field(t("flow.pin.label"), t("flow.pin.help", { length }), {
    ...numeric, autocomplete: "one-time-code", class: "sp-pin", maxlength: String(length + 4),
  });
  const handIn = (): void => {
    const typed = pin.input.value.replaceAll(/\s/g, "");
    const whole = txCode?.length === undefined ? typed.length > 0 : typed.length === length;
    if (txCode && !whole) pin.fault(t("flow.pin.length", { length }));
    else answer(typed);
  };
  if (fault) queueMicrotask(() => pin.fault(fault));
  const { name, host } = giverOf(preview, language());
  return h("div", { class: "sp-stack" }, progress(1, 3),
    h("div", {}, h("p", { class: "sp-subtle" }, t("flow.offer.kicker")), h("h1", {}, t("flow.offer.title"))),
    plate(preview.configuration.type,
      h("p", { class: "sp-subtle sp-small" }, t("flow.offer.by")), h("p", {}, h("strong", {}, name), h("span", { class: "sp-small sp-subtle sp-line" }, host))),
    listed ? h("p", {}, listedStatus(true)) : notice("warning", t("flow.giver.unknown_title"), t("flow.giver.unknown_text")),
    h("div", { class: "sp-card" }, form(handIn,
      txCode ? pin.box : words(t("flow.pin.none")), actions(submit(t("web.next"))))));
}

function drawName(
  answer: (yes: boolean) => void, preview: Preview, { name, listed, unverified }: Received, others: readonly string[],
): HTMLElement {
  const { type, issuedAt } = unverified.credential;
  const other = name ? others.find((each) => each !== name) : undefined;
  const title = name ? t("flow.name.question", { name }) : t("flow.name.nameless");
  return h("div", { class: "sp-stack--lg" }, progress(2, 3),
    h("div", { class: "sp-stack sp-center" }, h("span", { class: "sp-tile sp-tile--person" }, tile("user-round").firstChild),
      h("h1", { "data-content": true }, title), name ? words(t("flow.name.why"), true) : null),
    other === undefined ? null : notice("warning", t("flow.name.other", { name: other }), t("flow.name.other_text")),
    h("ul", { class: "sp-card sp-list" },
      h("li", { "data-content": true }, tile(symbolOf(type)), h("div", {}, h("strong", {}, titleOf(type)),
        h("span", { class: "sp-subtle sp-small sp-line" }, `${giverOf(preview, language()).name}, ${day(issuedAt)}`))),
      h("li", {}, h("div", { class: "sp-row" }, status("positive", "circle-check", t("flow.real")), listedStatus(listed)))),
    twoWays(
      button(t("flow.name.yes"), () => answer(true), "equal", "check"),
      button(t("flow.name.no"), () => answer(false), "equal", "x")),
    h("p", { class: "sp-subtle sp-center" }, t("flow.name.then")));
}

function drawKeep(answer: (yes: boolean) => void, preview: Preview, received: Received, entry: TypeEntry): HTMLElement {
  const { type } = received.unverified.credential;
  const { lines, hidden } = layOutFreely(received.unverified, entry);
  const skills = [...lines, ...hidden].filter(({ path }: Line) => path[0] === "skills" && path.length > 1);
  return h("div", { class: "sp-stack--lg" }, progress(3, 3), h("h1", {}, t("flow.keep.title")),
    plate(type, h("p", {}, received.name ? h("strong", { class: "sp-line" }, received.name) : null,
      h("span", { class: "sp-small sp-subtle" }, giverOf(preview, language()).name))),
    skills.length === 0 ? null : h("section", { class: "sp-stack--sm" }, h("h2", {}, t("flow.keep.skills")),
      h("ul", { class: "sp-card sp-list", "data-content": true }, ...skills.map((line) => lineRow(line, type)))),
    twoWays(
      button(t("flow.keep.yes"), () => answer(true), "primary", "check"),
      button(t("flow.keep.no"), () => answer(false))),
    h("p", { class: "sp-subtle sp-center" }, t("flow.keep.note")));
}

/** The end of an offer, or of a credential that failed its check: with its reason, and never kept. */
async function showEnd(stage: Stage, preview: Preview, error: Refusal): Promise<void> {
  if (OF_THE_OFFER.test(error.code) || error.code === "pin_wrong") return void (await showFault(stage, error));
  await stage.ask<void>((answer) => step(t("flow.refused.title"),
    h("p", { "data-content": true }, h("strong", { class: "sp-line" }, titleOf(preview.configuration.type)), giverOf(preview, language()).name),
    notice("negative", errorText(error), "", true), words(t("flow.refused.text")), toPassport(answer)));
}


/** The names on what is held already. */
async function namesIn(wallet: Wallet): Promise<string[]> {
  const names = heldIn(wallet.log().events).map((held) => parseHeld(held).then(nameIn, () => ""));
  return [...new Set(await Promise.all(names))].filter((name) => name !== "");
}
