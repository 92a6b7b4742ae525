/** A new device beside the old one: a code, two words on both, and a way in of its own (section 5). */

import WORDS from "skillspass:transfer_words";

import { reopen, unlock } from "../../account/safe.ts";
import * as service from "../../account/service.ts";
import {
  checkKey, greeting, invitationCode, LIFE, openNote, parseGreeting, parseInvitation, sealNote, share, type Invitation, type Shared,
} from "../../account/transfer.ts";
import { momentOf } from "../../keeper/events.ts";
import { CHANCE, publicJwk } from "../../keeper/seals.ts";
import { makeSlot, wordPlaces } from "../../keeper/slots.ts";
import { heldIn } from "../../keeper/vault.ts";
import { Refusal, rejected } from "../../protocol/errors.ts";
import type { JsonObject, JsonValue } from "../../protocol/json.ts";
import { b64url, type Octets } from "../../protocol/octets.ts";
import { h } from "../dom.ts";
import { added, removed, settle } from "../entry.ts";
import { actions, button, field, form, next, notice, step, submit, twoWays, words } from "../parts.ts";
import { drawQr } from "../qr.ts";
import { canScan, scan } from "../scanning.ts";
import type { Stage } from "../stage.ts";
import { errorText, language, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { isUnconfirmed } from "./faults.ts";
import { toPassport } from "./pieces.ts";
import { awaited, letterIn } from "./letters.ts";

/** On the device that has the passport; `link` is the code of the new one, where it was scanned already. */
export async function transfer(wallet: Wallet, stage: Stage, link: JsonValue): Promise<JsonValue> {
  const invitation = await askCode(stage, typeof link === "string" ? link : "");
  const { id } = invitation;
  let isIn = false;
  try {
    const shared = await meet(wallet, stage, invitation);
    isIn = shared !== undefined && (await letIn(wallet, stage, shared.pair, shared.both));
    if (!isIn || !shared) return await nothing(stage, id, "");
    await service.putLetter(id, await sealNote({ step: "added", wid: b64url(wallet.vault().opened.wid) }, shared.pair, id, CHANCE));
    const waiting = (): HTMLElement => step(t("flow.move.waiting"), words(t("flow.move.waiting_text")), h("progress", { "aria-label": t("flow.move.waiting") }));
    const note = await openNote(await awaited(stage, waiting, (on) => letterIn(id, 4, on)), shared.pair, id);
    if (note["step"] !== "settled") throw rejected("transfer_failed", "another note");
    await reread(wallet);
    await stage.ask<void>((answer) => step(t("flow.move.done"), words(t("flow.move.done_text")), toPassport(answer)));
    return { done: true };
  } catch (error) {
    if (isIn) await shut(wallet, stage);
    if (!(error instanceof Refusal) || error.code === "stopped") throw error;
    return await nothing(stage, id, error.code === "mailbox_gone" ? t("flow.move.late") : errorText(error));
  } finally {
    await service.removeMailbox(id).catch(() => undefined); // it ends by itself
  }
}

/** On the new device: show the code, compare, and make a way in; refuses `stopped` and what went wrong. */
export async function moveHere(wallet: Wallet, stage: Stage): Promise<void> {
  const own = await CHANCE.agreementKey();
  const [id, key] = [CHANCE.octets(16), await publicJwk(own.publicKey)];
  const code = await invitationCode(id, key);
  try {
    const first = await awaited(stage, () => drawCode(code), (on) => letterIn(id, 1, on, LIFE));
    const other = await parseGreeting(first);
    await service.putLetter(id, greeting(key));
    const pair = await share(own.privateKey, other);
    const both = await wordPlaces(other, key);
    const look = (): HTMLElement => step(t("flow.move.check"), drawWords(both), words(t("flow.move.check_text")), words(t("flow.move.words_why"), true));
    const note = await openNote(await awaited(stage, look, (on) => letterIn(id, 3, on)), pair, id);
    await takeOver(wallet, stage, pair, note);
    await service.putLetter(id, await sealNote({ step: "settled" }, pair, id, CHANCE)).catch(() => undefined); // it is ours already
    await stage.ask<void>((answer) => step(t("flow.move.done"), words(t("flow.move.done_text")), next(answer)));
  } catch (error) {
    await service.removeMailbox(id).catch(() => undefined); // so that the old device hears of it
    throw error;
  }
}

/** The code of the new device: given, scanned or typed. */
async function askCode(stage: Stage, given: string): Promise<Invitation> {
  for (let [typed, fault] = [given, ""]; ; ) {
    if (typed) {
      try {
        return parseInvitation(typed);
      } catch (error) {
        fault = errorText(error);
      }
    }
    const [before, wrong] = [typed, fault];
    typed = await stage.ask<string>((answer) => drawAsking(answer, before, wrong)) || await scan(stage);
  }
}

/** Greet each other by way of a mailbox; undefined: nobody came. */
async function meet(wallet: Wallet, stage: Stage, invitation: Invitation): Promise<{ pair: Shared; both: [number, number] } | undefined> {
  const { id } = invitation;
  const own = await CHANCE.agreementKey();
  const key = await publicJwk(own.publicKey);
  stage.busy(t("flow.move.looking"));
  await wallet.awake(() => service.makeMailbox(id, wallet.now() + LIFE));
  await service.putLetter(id, greeting(key));
  const looking = (): HTMLElement => step(t("flow.move.looking"), h("progress", { "aria-label": t("flow.move.looking") }));
  const other = await parseGreeting(await awaited(stage, looking, (on) => letterIn(id, 2, on)));
  await checkKey(invitation, other);
  return { pair: await share(own.privateKey, other), both: await wordPlaces(key, other) };
}

/** After the same words and a fresh passkey: a ticket for the account, and a slot for the vault. */
async function letIn(wallet: Wallet, stage: Stage, pair: Shared, both: [number, number]): Promise<boolean> {
  for (let fault = ""; ; ) {
    const wrong = fault;
    const same = await stage.ask<boolean>((answer) => step(t("flow.move.words"), wrong ? notice("warning", wrong, "", true) : null, drawWords(both),
      words(t("flow.move.words_why")),
      twoWays(button(t("flow.move.same"), () => answer(true), "equal"), button(t("flow.move.differ"), () => answer(false), "equal"))));
    if (!same) return false;
    stage.busy(t("flow.move.adding"));
    try {
      const confirmed = await wallet.confirm();
      await reread(wallet);
      const again = await service.inviteDevice(pair.ticket, confirmed);
      const { opened } = wallet.vault();
      const slot = await makeSlot("xfer", pair.slot, opened.wid, CHANCE);
      await wallet.changeSlots(...(await added(opened, wallet.log(), slot)), again);
      return true;
    } catch (error) {
      if (!isUnconfirmed(error)) throw error;
      fault = t("flow.unconfirmed");
    }
  }
}

/** The account by the ticket, the vault by the slot, then a passkey of this device's own. */
async function takeOver(wallet: Wallet, stage: Stage, pair: Shared, note: JsonObject): Promise<void> {
  stage.busy(t("flow.move.settling"));
  const confirmed = await service.comeIn(pair.ticket);
  const safe = await unlock(wallet.device, "xfer", pair.slot);
  const { events, wid } = safe.opened;
  if (note["step"] !== "added" || note["wid"] !== b64url(wid)) throw rejected("transfer_failed", "another vault");
  const last = events.at(-1);
  await settle(wallet, { safe, confirm: async () => confirmed, written: last ? momentOf(last) : 0, proofs: heldIn(events).length }, false, {});
}

/** Take the slot away again that nobody used. */
async function shut(wallet: Wallet, stage: Stage): Promise<void> {
  await reread(wallet);
  const { opened } = wallet.vault();
  const left = opened.slots.find(({ kind }) => kind === "xfer");
  if (!left) return;
  stage.reopen();
  await stage.ask<void>((answer) => step(t("flow.move.nothing"), words(t("flow.move.close")), next(answer)));
  await wallet.changeSlots(...(await removed(opened, wallet.log(), left.id)));
}

async function nothing(stage: Stage, id: Octets, why: string): Promise<JsonValue> {
  await service.removeMailbox(id).catch(() => undefined); // so that the new device hears of it
  await stage.ask<void>((answer) => step(t("flow.move.nothing"), why ? notice("warning", why, "", true) : null, words(t("flow.move.nothing_text")), toPassport(answer)));
  return { done: false };
}

/** What another device wrote meanwhile. */
async function reread(wallet: Wallet): Promise<void> {
  const { slotId, key } = wallet.vault();
  await wallet.take({ opened: await reopen(wallet.device, slotId, key), slotId, key });
}

function drawAsking(answer: (typed: string) => void, typed: string, fault: string): HTMLElement {
  const code = field(t("flow.move.code"), t("flow.move.code_help"), { class: "sp-typed", maxlength: "200", value: typed, autocapitalize: "none" });
  if (fault) queueMicrotask(() => code.fault(fault));
  const handIn = (): void => (code.input.value.trim() ? answer(code.input.value) : code.fault(t("error.transfer_invalid")));
  return step(t("flow.move.title"), words(t("flow.move.text")),
    canScan() ? actions(button(t("flow.move.scan"), () => answer(""), "primary", "scan-qr-code")) : null,
    form(handIn, code.box, actions(submit(t("web.next"), canScan() ? "plain" : "primary"))));
}

function drawCode(code: string): HTMLElement {
  const groups = code.match(/.{1,6}/g) ?? [];
  return step(t("flow.move.new"), words(t("flow.move.new_text")), drawQr(`${location.origin}/#t=${code}`, t("flow.move.qr")),
    words(t("flow.move.no_camera"), true), h("p", { class: "sp-card sp-spelled", id: "transfer-code", "data-content": true }, groups.join(" ")));
}

/** In the language of this device; the place means the same in the other. */
function drawWords(places: readonly number[]): HTMLElement {
  const spoken = places.map((place) => WORDS[place]?.[language() === "nl" ? 0 : 1] ?? "");
  return h("p", { class: "sp-plate sp-words", id: "transfer-words" }, spoken.join(" "));
}
