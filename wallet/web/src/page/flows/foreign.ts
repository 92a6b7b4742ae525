/** Files of others: looked at first, shown with what was found, and kept only after a yes (section 6). */

import SKILLS from "skillspass:skills";

import type { Brought, Foreign } from "../../foreign/files.ts";
import type { Said } from "../../foreign/profile.ts";
import { checkIssued } from "../../journeys/receiving.ts";
import { addCredential, append, heldIn, readWire, type Log } from "../../keeper/vault.ts";
import type { Unverified } from "../../protocol/credentials.ts";
import { malformed, Refusal } from "../../protocol/errors.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../protocol/json.ts";
import { b64url, type Octets } from "../../protocol/octets.ts";
import { h } from "../dom.ts";
import { actions, button, form, notice, step, submit, twoWays, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { language, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { attempt } from "./faults.ts";
import { facts, status, tick, titleOf, toPassport } from "./pieces.ts";

const MAX_KEPT_BYTES = 1024 * 1024; // ten of them still fit a vault
const MAX_ASKED = 60; // the longest profile seen has some forty
const ENDED = new Set(["expired", "not_yet_valid"]);

/** What was found about a credential; `key` is the one of ours that it is bound to. */
interface Verdict {
  readonly word: "valid" | "ended" | "refused" | "unknown";
  readonly key: JsonObject | undefined;
}

/** What a file is, by the reader that is loaded on need. */
export async function reading(octets: Octets): Promise<Brought> {
  const address = "/foreign.js"; // a file of its own: most people need it never
  const { readForeign } = await import(address) as { readForeign: (octets: Octets) => Brought };
  try {
    return readForeign(octets);
  } catch (error) {
    const { code } = error as { code?: unknown }; // a refusal of that file's own class
    throw typeof code === "string" ? malformed(code) : error;
  }
}

/** Look at one credential, show what was found, and keep it after a yes. */
export async function bringForeign(wallet: Wallet, stage: Stage, read: Foreign, octets: Octets): Promise<JsonValue> {
  const foreign = { ...read, title: /^https?:/.test(read.title) ? titleOf(read.title) : read.title };
  stage.busy(t("flow.import.busy"));
  const verdict = await judge(foreign, wallet.log());
  const isKept = wallet.log().events.some(({ type, data }) => type === "foreign_added" && data["file"] === b64url(octets));
  const may = verdict.word !== "refused" && !isKept && octets.length <= MAX_KEPT_BYTES;
  const wanted = await stage.ask<boolean>((answer) => step(t("flow.import.found"), drawForeign(foreign, verdict),
    isKept ? words(t("flow.foreign.known")) : octets.length > MAX_KEPT_BYTES ? words(t("flow.import.large")) : null,
    may ? twoWays(button(t("flow.keep.yes"), () => answer(true), "primary", "check"), button(t("flow.keep.no"), () => answer(false)))
      : actions(button(t("flow.to_passport"), () => answer(false), "primary", "id-card"))));
  if (!wanted) return { done: false };
  const done = await attempt(stage, "flow.receive.keeping", async () => {
    await wallet.write(await keep(foreign, verdict, octets, wallet.log()));
    return true;
  });
  if (!done) return { done: false };
  await stage.ask<void>((answer) => step(t("flow.foreign.done"), words(t(verdict.key ? "flow.kept.text" : "flow.foreign.then")), toPassport(answer)));
  return { done: true };
}

/** Each skill of a profile with a yes of its own; always own words, whatever the file says of its source. */
export async function bringSkills(wallet: Wallet, stage: Stage, skills: readonly Said[]): Promise<JsonValue> {
  const named = new Map(Object.entries(SKILLS).flatMap(([id, names]) => names.map((name) => [folded(name), id] as const)));
  const known = skills.flatMap(({ name, level }) => {
    const id = named.get(folded(name));
    return id === undefined ? [] : [{ name, id, level: level ?? 1 }];
  }).slice(0, MAX_ASKED);
  const chosen = await stage.ask<typeof known>((answer) => {
    const boxes = known.map((each) => ({ each, ...tick(each.name, t(`common.level.${each.level}`)) }));
    const rows = h("div", { class: "sp-card sp-stack--sm", "data-content": true }, ...boxes.map(({ row }) => row));
    const handIn = (): void => answer(boxes.filter(({ box }) => box.checked).map(({ each }) => each));
    return known.length === 0
      ? step(t("flow.said.none"), words(t("flow.said.none_text")), actions(button(t("flow.to_passport"), () => answer([]), "primary", "id-card")))
      : step(t("flow.said.title"), words(t("flow.said.text")), form(handIn, rows, actions(submit(t("flow.said.keep")))),
        skills.length > known.length ? words(t("flow.said.left", { count: skills.length - known.length }), true) : null);
  });
  if (chosen.length === 0) return { done: false };
  await wallet.note("claim_written", { levels: Object.fromEntries(chosen.map(({ id, level }) => [id, level])), from: "file" });
  await stage.ask<void>((answer) => step(t("flow.said.done"), words(t("flow.said.grade")), toPassport(answer)));
  return { done: true };
}

/** The issuer's signature where this page can check it; what it cannot is unknown, and never green. */
async function judge({ format, wire }: Foreign, log: Log): Promise<Verdict> {
  try {
    const unverified = await readWire(format, wire);
    const key = keyOf(unverified, log);
    try {
      await checkIssued(unverified, log.now());
      return { word: unverified.credential.issuer.startsWith("did:jwk:") ? "unknown" : "valid", key }; // nobody says whose that key is
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const isWrong = error.kind === "rejected" && error.code.endsWith("_invalid"); // all else says nothing about it
      return { word: ENDED.has(error.code) ? "ended" : isWrong ? "refused" : "unknown", key };
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isRefused = format !== "ldp_vc" && error.kind !== "unsupported"; // of documents there are more forms than we read
    return { word: isRefused ? "refused" : "unknown", key: undefined };
  }
}

/** The key of this vault that a credential is bound to. */
function keyOf({ holder }: Unverified, log: Log): JsonObject | undefined {
  const made = log.events.find(({ type, data }) => type === "holder_key_made" && data["thumbprint"] === holder?.thumbprint);
  return made?.data["jwk"] as JsonObject | undefined;
}

/** Bound to a key of ours it is a credential like any other; else it lies beside them, as it came. */
async function keep(foreign: Foreign, { word, key }: Verdict, octets: Octets, log: Log): Promise<Log> {
  const { kind, format, wire, title, issuer, by, ending } = foreign;
  if (key && !heldIn(log.events).some((held) => String(canonicalJson(held.wire)) === String(canonicalJson(wire)))) {
    return addCredential(log, format, wire, key, { id: issuer, name: by, host: issuer.replace(/^did:web:/, ""), listed: false });
  }
  const id = b64url(log.chance.octets(9));
  return append(log, "foreign_added", { id, kind, format, title, issuer, name: by, ending, word, file: b64url(octets) });
}

function drawForeign({ kind, title, by }: Foreign, { word, key }: Verdict): HTMLElement {
  const tones = { valid: "positive", ended: "warning", refused: "negative", unknown: "warning" } as const;
  const icons = { valid: "circle-check", ended: "clock-alert", refused: "circle-x", unknown: "circle-question-mark" } as const;
  return h("div", { class: "sp-card sp-stack" }, h("h2", { "data-content": true }, title),
    facts([[t("flow.foreign.what"), t(`flow.foreign.kind.${kind}`)], [t("flow.foreign.by"), by]]),
    h("p", {}, status(tones[word], icons[word], t(`flow.foreign.word.${word}`))),
    key || word === "refused" ? null : notice("info", t("flow.foreign.not_yours"), t("flow.foreign.not_yours_text")));
}

const folded = (name: string): string => name.toLocaleLowerCase(language()).replaceAll(/\s+/g, " ").trim();
