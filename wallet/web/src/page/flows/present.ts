/** Answer a question: who asks, which proof, what will be seen, yes or no (wallet design, section 10). */

import LISTS from "skillspass:declarations";

import { takesSeveral, type Group } from "../../answering/needs.ts";
import { isKnownAsker } from "../../journeys/listing.ts";
import { servedAt } from "../../journeys/network.ts";
import {
  answerRequest, askerOf, declineRequest, findAnswers, readQuestion, refuseQuietly, type Asked, type Choice, type Delivered, type Fit,
  type Question,
} from "../../journeys/presenting.ts";
import { Paths } from "../../protocol/claims.ts";
import type { JsonValue } from "../../protocol/json.ts";
import { h, icon } from "../dom.ts";
import { actions, button, form, notice, step, submit, twoWays, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { day, has, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { attempt, codeOf, isUnconfirmed, rethrowStop, showFault } from "./faults.ts";
import { askTime } from "./own_employer.ts";
import { facts, heading, labelOf, lineChoice, lineRow, status, symbolOf, tile, titleOf, toPassport } from "./pieces.ts";

/** From a link to an answer; `done` is false where nothing was shown. */
export async function present(wallet: Wallet, stage: Stage, link: string): Promise<JsonValue> {
  const { askers, anchor } = wallet.settings;
  const knows = (clientId: string): Promise<boolean> => isKnownAsker(clientId, askers, anchor, wallet.now());
  const question = await attempt(stage, "flow.present.reading", () => readQuestion(inFull(link), LISTS, wallet.now(), knows));
  if (!question) return { done: false };
  if (wallet.state !== "open") {
    const goOn = await stage.ask<boolean>((answer) => drawAsker(answer, question, wallet.state === "new"));
    if (!goOn) return refused(wallet, stage, question);
    await wallet.ensureOpen(stage);
  }
  const asked = await attempt(stage, "flow.present.reading", () => findAnswers(question, wallet.log(), wallet.entryOf));
  if (!asked) return { done: false };
  if (asked.groups.length + asked.extras.length === 0) {
    await stage.ask<void>((answer) => drawNothing(answer, question));
    return refused(wallet, stage, question, false);
  }
  const wait = await askTime(wallet, stage, asked);
  if (wait === "wait") return { done: false };
  if (wait === "no") return refused(wallet, stage, question);
  const fits = await choose(stage, asked);
  return (fits.length > 0 && (await agree(wallet, stage, asked, fits))) || refused(wallet, stage, question);
}

/** A link of our own site, whose fragment is a request or its address, as any other link. */
export function inFull(link: string): string {
  const [, fragment = ""] = /^[^?#]*#(.*)$/.exec(link.trim()) ?? [];
  if (fragment === "") return link;
  return /^https?:/.test(fragment) ? fragment : `?${fragment}`;
}

/** What is needed, and what the person wants to show beside it. */
async function choose(stage: Stage, asked: Asked): Promise<Fit[]> {
  const fits = await chosenOf(stage, asked, asked.groups);
  if (asked.extras.length === 0) return fits;
  const { chooseExtras } = await import("./later.ts");
  return [...fits, ...(await chosenOf(stage, asked, await chooseExtras(stage, asked)))];
}

/** Of each group the proof to show, or the proofs; one that has no rival needs no choice. */
async function chosenOf(stage: Stage, asked: Asked, groups: readonly Group<Fit>[]): Promise<Fit[]> {
  const fits: Fit[] = [];
  for (const group of groups) {
    if (group.length === 1) fits.push(...group);
    else if (takesSeveral(asked.request.query, group)) fits.push(...(await (await import("./later.ts")).chooseSeveral(stage, asked, group)));
    else fits.push(await stage.ask<Fit>((answer) => drawRivals(answer, asked, group)));
  }
  return fits;
}

/** What will be seen; then a passkey, and the answer goes out once. Undefined: no. */
async function agree(wallet: Wallet, stage: Stage, asked: Asked, fits: readonly Fit[]): Promise<JsonValue | undefined> {
  let ticked: readonly Paths[] = fits.map(() => new Paths());
  for (let fault = ""; ; ) {
    const choices = await stage.ask<readonly Choice[] | undefined>((answer) => drawConsent(answer, asked, fits, ticked, fault));
    if (!choices) return undefined;
    ticked = choices.map(({ picked }) => picked);
    stage.busy(t("flow.present.confirming"));
    try {
      await wallet.confirm();
    } catch (error) {
      rethrowStop(error);
      if (!isUnconfirmed(error)) return (await showFault(stage, error)) ? agree(wallet, stage, asked, fits) : { done: false };
      fault = t("flow.unconfirmed");
      continue;
    }
    stage.busy(t("flow.present.sending"));
    try {
      return await shown(wallet, stage, asked, await answerRequest(asked, choices, wallet.log()));
    } catch (error) {
      rethrowStop(error);
      if (codeOf(error) === "failed") throw error;
      if (codeOf(error) === "choice_incomplete") fault = t("error.choice_incomplete");
      else if (!(await showFault(stage, error))) return { done: false };
    }
  }
}

/** It is there; now the log, whose writing may be tried again without showing anything twice. */
async function shown(wallet: Wallet, stage: Stage, asked: Asked, { log, redirect, match }: Delivered): Promise<JsonValue> {
  await attempt(stage, "flow.present.noting", () => wallet.write(log));
  await stage.ask<void>((answer) => drawDone(answer, asked, match, redirect));
  return { done: true };
}

/** No; the asker hears the same as when nothing fits, and the log remembers it where it is open. */
async function refused(wallet: Wallet, stage: Stage, question: Question, told = true): Promise<JsonValue> {
  stage.busy(t("flow.present.refusing"));
  if (wallet.state === "open") await wallet.write(await declineRequest(question, wallet.log()));
  else await refuseQuietly(question);
  if (told) {
    await stage.ask<void>((answer) => step(t("flow.declined.title"), words(t("flow.ask.silent_done")), toPassport(answer)));
  }
  return { done: false };
}

/** Who asks, as what, what for and how long they keep it. */
export function asker(question: Question): HTMLElement {
  const { name, host, known } = askerOf(question);
  const isChecked = known && question.declaration?.checked !== false; // nobody looked up who uses a known service without account
  const { relation, purpose, retentionDays } = question.declaration ?? {};
  const why = question.request.purpose;
  const rows: [string, string][] = [];
  if (relation !== undefined) rows.push([t("flow.ask.relation"), t(`declaration.relation.${relation}`)]);
  if (purpose !== undefined || why) rows.push([t("flow.ask.why"), purpose === undefined ? why ?? "" : t(`declaration.purpose.${purpose}`)]);
  if (retentionDays !== undefined) rows.push([t("flow.ask.term"), termOf(retentionDays)]);
  return h("div", { class: "sp-stack" },
    h("div", { class: "sp-row sp-row--tight sp-asker" }, tile("building-2"), h("div", {},
      h("p", { class: "sp-subtle" }, t("flow.ask.from")), h("h1", { "data-content": true }, name),
      h("p", { class: "sp-small sp-top-2" }, h("span", { class: "sp-subtle sp-line" }, host),
        isChecked ? status("positive", "badge-check", t("flow.ask.known")) : status("warning", "circle-question-mark", t("flow.ask.unchecked"))))),
    rows.length > 0 ? facts(rows) : null,
    question.declaration === undefined ? notice("warning", t("flow.ask.undeclared")) : null);
}

function termOf(days: number): string {
  const key = `declaration.retention_days.${days}`;
  return t("flow.ask.keep", { term: has(key) ? t(key) : t("flow.ask.days", { days }) });
}

function drawAsker(answer: (goOn: boolean) => void, question: Question, isNew: boolean): HTMLElement {
  return h("div", { class: "sp-stack--lg" }, asker(question),
    words(t(isNew ? "flow.ask.new" : "flow.ask.locked")),
    twoWays(
      button(t(isNew ? "flow.ask.have" : "flow.ask.open"), () => answer(true), "equal"),
      button(t("flow.ask.no"), () => answer(false), "equal", "x")),
    h("p", { class: "sp-subtle sp-small" }, t("flow.ask.silent")));
}

function drawNothing(answer: (value: void) => void, question: Question): HTMLElement {
  return h("div", { class: "sp-stack--lg" }, asker(question),
    notice("info", t("flow.nothing.title"), t("flow.nothing.text")),
    actions(button(t("flow.ask.no"), () => answer(), "equal", "x")),
    h("p", { class: "sp-subtle sp-small" }, t("flow.nothing.same")));
}

function drawRivals(answer: (fit: Fit) => void, asked: Asked, group: readonly Fit[]): HTMLElement {
  const inputs = group.map((_, at) => h("input", { type: "radio", name: "proof", value: at }));
  const rows = group.map((fit, at) => proofChoice([fit], inputs[at] ?? null));
  const wrong = h("div", { role: "alert" });
  const handIn = (): void => {
    const fit = group[inputs.findIndex(({ checked }) => checked)];
    if (fit) answer(fit);
    else wrong.replaceChildren(notice("warning", t("flow.share.none")));
  };
  return h("div", { class: "sp-stack--lg" }, asker(asked), form(handIn,
    h("fieldset", { class: "sp-stack--sm" }, h("legend", {}, h("h2", {}, t("flow.choose.title"))), h("div", { class: "sp-card sp-list" }, ...rows)),
    wrong, actions(submit(t("web.next"))), words(t("flow.choose.note"), true)));
}

/** Proofs that are chosen together, by one button or box. */
export function proofChoice(fits: readonly Fit[], input: HTMLElement | null): HTMLElement {
  const [first] = fits;
  return h("label", { class: "sp-choice" }, input, tile(symbolOf(first?.unverified.credential.type ?? "")),
    h("span", { "data-content": true }, ...fits.flatMap(({ held, unverified: { credential } }) => [
      h("strong", { class: "sp-line" }, titleOf(credential.type)),
      h("span", { class: "sp-small sp-subtle sp-line" }, `${held.giver.name}, ${day(credential.issuedAt)}`)])));
}

function drawConsent(
  answer: (choices: readonly Choice[] | undefined) => void, asked: Asked, fits: readonly Fit[], ticked: readonly Paths[], fault: string,
): HTMLElement {
  const more = new Set(asked.extras.flat(2));
  const parts = fits.map((fit, at) => consentPart(fit, ticked[at] ?? new Paths(), more.has(fit)));
  const yes = (): void => answer(parts.map(({ fit, picked }) => ({ fit, picked: picked() })));
  return h("div", { class: "sp-stack--lg" }, asker(asked),
    fault ? notice("negative", fault, "", true) : null,
    ...parts.flatMap(({ boxes }) => boxes),
    twoWays(
      button(t("flow.ask.yes"), yes, "equal", "check"),
      button(t("flow.ask.no"), () => answer(undefined), "equal", "x")),
    h("p", { class: "sp-subtle sp-small" }, t("flow.ask.silent")));
}

/** One proof on the consent screen: what is seen anyway, what can be ticked, what is not seen. */
function consentPart(fit: Fit, ticked: Paths, more: boolean): { fit: Fit; picked: () => Paths; boxes: readonly (HTMLElement | null)[] } {
  const { type } = fit.unverified.credential;
  const { lines, hidden } = fit.option;
  const fixed = lines.filter(({ kind }) => kind === "always" || kind === "asked");
  const free = lines.filter(({ kind }) => kind === "pick" || kind === "optional")
    .map((line) => ({ line, ...lineChoice(line, type, ticked.has(line.path)) }));
  const over = lines.filter((line) => line.over).map(labelOf);
  const offered = (kind: "pick" | "optional", key: string): HTMLElement | null => {
    const rows = free.filter(({ line }) => line.kind === kind).map(({ row }) => row);
    return rows.length === 0 ? null : h("fieldset", { class: "sp-top-3" }, h("legend", {}, h("h3", {}, t(key))),
      h("ul", { class: "sp-list", "data-content": true }, ...rows));
  };
  const seen = h("section", { class: "sp-card" }, heading("eye", t("flow.seen.title")),
    h("p", { class: "sp-top-2", "data-content": true }, h("strong", { class: "sp-line" }, titleOf(type)),
      h("span", { class: "sp-small sp-subtle" }, fit.held.giver.name)),
    more ? words(t("flow.more.yours")) : null,
    fixed.length === 0 ? null : h("ul", { class: "sp-list sp-top-2", "data-content": true }, ...fixed.map((line) => lineRow(line, type))),
    offered("pick", "flow.pick.title"), offered("optional", "flow.optional.title"));
  const names = [...new Set(hidden.map(labelOf))];
  const unseen = h("section", { class: "sp-card sp-card--inset sp-stack--sm" }, heading("eye-off", t("flow.hidden.title")),
    names.length > 0 ? h("p", { "data-content": true }, sentence(names)) : null, words(t("flow.hidden.rest")));
  return {
    fit,
    picked: () => new Paths(free.filter(({ box }) => box.checked).map(({ line }) => line.path)),
    boxes: [over.length > 0 ? notice("warning", t("flow.over.title", { lines: over.join(", ") }), t("flow.over.text")) : null, seen, unseen],
  };
}

function drawDone(answer: (value: void) => void, asked: Asked, match: string, redirect: string | undefined): HTMLElement {
  const { name } = askerOf(asked);
  const back = redirect === undefined ? undefined : servedAt(redirect);
  return step(t("flow.done.title"),
    notice("positive", t("flow.done.text", { name })),
    h("section", { class: "sp-card sp-stack--sm sp-center" }, h("h2", {}, t("flow.match.title")),
      h("p", { class: "sp-match" }, h("code", { "aria-label": [...match].join(" ") }, match)), words(t("flow.match.text"), true)),
    h("div", { class: "sp-actions" },
      back !== undefined && mayFollow(back)
        ? h("a", { class: "sp-button", href: back, rel: "noreferrer" }, icon("arrow-right"), t("flow.done.back", { name })) : null,
      button(t("flow.to_passport"), () => answer(), "primary", "id-card")));
}

/** Only a web page may be linked to: https, or this very machine. */
function mayFollow(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && /(?:^|\.)localhost$/.test(hostname));
}

function sentence(names: readonly string[]): string {
  const text = names.join(", ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
