/** What the keeper's page tells its screens: cards, log, notices, address and settings. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import TEXTS from "skillspass:texts/page";

import type { Event } from "../src/keeper/events.ts";
import { beginVault } from "../src/keeper/sealed.ts";
import { CHANCE } from "../src/keeper/seals.ts";
import type { Slot } from "../src/keeper/slots.ts";
import { cardOf, detailOf, nameIn, standingOf, titlesOf, type Read } from "../src/page/cards.ts";
import { entriesAbout, entriesOf } from "../src/page/entries.ts";
import { isSafe, noticesOf } from "../src/page/notices.ts";
import { readSettings } from "../src/page/settings.ts";
import { valueIn } from "../src/page/values.ts";
import { canonicalJson, type JsonObject } from "../src/protocol/json.ts";
import { NOW, refusal } from "./cases.ts";

const FORKLIFT = "https://skillspass.example/types/heftruck/1";
const DAY = 86_400;

function read(more: { until?: number; word?: "valid" | "revoked" | "suspended" | "unknown" | "refused"; claims?: JsonObject } = {}): Read {
  const claims: JsonObject = more.claims ?? {
    given_name: "Jan", family_name: "Bakker", date_of_test: "2026-09-07", skills: [{ skill: "heftruck", level: 3 }, "x"],
    details: [{ label: "Baan", value: true }, 5],
  };
  const credential = {
    type: FORKLIFT, issuer: "did:web:school.example", claims, issuedAt: NOW - DAY, validFrom: NOW - DAY,
    validUntil: more.until, status: [], credentialId: undefined,
  };
  const giver = { id: "did:web:school.example", name: "School", host: "school.example", listed: false };
  const held = { id: "c1", format: "dc+sd-jwt", wire: "x", key: {}, giver, addedAt: NOW, copies: [{ wire: "x", key: {} }] };
  const unverified = { format: "dc+sd-jwt", wire: "x", credential, keyId: undefined, holder: undefined, disclosable: [], presented: false, placed: [] };
  return { held, unverified, check: more.word && { word: more.word, at: NOW }, known: true };
}

test("what nobody checked is unknown, and what was withdrawn is never valid again", () => {
  const stands = (more: Parameters<typeof read>[0]): string => standingOf(read(more), NOW);
  assert.deepEqual(
    [stands({}), stands({ word: "unknown" }), stands({ word: "valid" }), stands({ word: "valid", until: NOW + 300 * DAY })],
    ["unknown", "unknown", "valid", "valid"]);
  assert.deepEqual(
    [stands({ word: "valid", until: NOW + 10 * DAY }), stands({ word: "valid", until: NOW }), stands({ word: "revoked", until: NOW })],
    ["ending", "ended", "revoked"]);
  assert.deepEqual([stands({ word: "suspended" }), stands({ word: "refused", until: NOW - DAY })], ["suspended", "refused"]);
  assert.equal(standingOf({ ...read({ word: "valid" }), unverified: undefined }, NOW), "unknown");
});

test("a card names its type and giver, and a detail every line once", () => {
  const card = cardOf(read({ word: "valid" }), [], NOW);
  assert.equal(card["title_nl"], titlesOf(FORKLIFT).nl);
  assert.deepEqual([card["grade"], card["copies"], card["standing"]], ["assessed", 0, "valid"]);
  assert.equal(cardOf({ ...read({ word: "valid" }), known: false }, [], NOW)["grade"], "self", "of a giver whom no list names");
  const detail = detailOf(read({ word: "valid" }), [], NOW, []);
  const lines = detail["lines"] as JsonObject[];
  assert.deepEqual(lines.map(({ nl, value_nl: value }) => [nl, value]), [
    [lines[0]?.["nl"], "7 september 2026"], ["Baan", "ja"],
  ]);
  const [skill] = detail["skills"] as JsonObject[];
  assert.deepEqual([skill?.["level"], typeof skill?.["label_en"]], [3, "string"]);
  assert.equal(nameIn([read({ claims: {} }), read()]), "Jan Bakker");
});

test("strange claims become text, and never markup", () => {
  const odd: JsonObject = { given_name: { a: 1 }, skills: "none", details: "none", remark: ["<b>", { x: null }, 1.5] };
  const detail = detailOf(read({ claims: odd }), [], NOW, []);
  assert.deepEqual(detail["skills"], []);
  assert.equal((detail["lines"] as JsonObject[])[0]?.["value_nl"], "<b>, , 1,5");
  assert.equal(valueIn("2026-02-31", "nl"), "2026-02-31");
});

function event(type: string, data: JsonObject, lamport = 1): Event {
  return { ulid: `0${"1".repeat(24)}${lamport}`, device: "d", lamport, type, data, prev: "" };
}

test("the log says in both languages what happened, newest first, and each type has its words", () => {
  const shown = { name: "Firma", credentials: [{ id: "c1", type: FORKLIFT, labels_nl: ["heftruck"], labels_en: ["fork lift"] }] };
  const events = [
    event("holder_key_made", { thumbprint: "t" }), event("credential_added", { id: "c1", giver: { name: "School" } }),
    event("request_answered", { ...shown, deletion_uri: "https://firma.example/x" }, 2),
    event("deletion_asked", { entry: `0${"1".repeat(24)}2`, outcome: "deleted", at: NOW }, 3),
    event("slot_added", { slot: "s", kind: "rec" }, 4),
  ];
  const entries = entriesOf(events);
  assert.deepEqual(entries.map(({ type }) => type), ["slot_added", "deletion_asked", "request_answered", "credential_added"]);
  assert.equal(entries[0]?.["nl"], TEXTS["web.log.slot_added.rec"]?.[0]);
  const kept = entriesOf(events, new Map([["c1", FORKLIFT]])).at(-1);
  assert.deepEqual([kept?.["nl"], entries.at(-1)?.["en"]], [`Bewaard: ${titlesOf(FORKLIFT).nl}`, "Kept: a proof"]);
  assert.deepEqual([entries[1]?.["who"], entries[2]?.["who"], entries[3]?.["who"]], ["Firma", "Firma", "School"]);
  assert.equal((entries[2]?.["lines_en"] as string[])[1], "fork lift");
  assert.equal(entries[2]?.["erasable"], false); // it was asked already
  assert.equal(entriesAbout(events.slice(0, 3), "c1")[0]?.["erasable"], true);
});

test("one way in is not safe, and a card that was used is told until there is a fresh one", () => {
  const slot = (kind: string): Slot => ({ id: kind, kind, pub: {}, sk: {} });
  const vault = (kinds: string[], events: Event[] = []) => ({ ...beginVault(CHANCE), slots: kinds.map(slot), events });
  assert.deepEqual([["prf"], ["dev"], ["prf", "dev"], ["dev", "rec"], ["prf", "prf"]].map((kinds) => isSafe(vault(kinds))), [false, false, false, true, true]);
  const kinds = (opened: ReturnType<typeof vault>): unknown[] => noticesOf(opened, [], false).map(({ kind }) => kind);
  const back = event("slot_added", { kind: "prf", recovered: true });
  assert.deepEqual(kinds(vault(["prf", "rec"], [event("slot_added", { kind: "rec" }), back])), ["recovered"]);
  assert.deepEqual(kinds(vault(["prf", "rec"], [back, event("slot_added", { kind: "rec" })])), []);
  const cards = ["revoked", "suspended", "ending", "valid"].map((standing, at) => ({ id: `c${at}`, standing, copies: at === 3 ? 1 : 5 }));
  const all = noticesOf(vault(["prf"]), cards, true).map(({ kind, id }) => [kind, id]);
  assert.deepEqual(all, [["update", null], ["unsafe", null], ["withdrawn", "c0"], ["withdrawn", "c1"], ["ending", "c2"], ["copies", "c3"]]);
});

test("settings are ours or refused", async () => {
  const sound = { wallet: "https://w.example", share: "https://d.example", check: "https://v.example/api/check", origins: {}, list: null, anchor: null, demo: false };
  assert.equal(readSettings(canonicalJson(sound)).list, undefined);
  for (const wrong of [{ wallet: 1 }, { origins: [] }, { origins: { a: 1 } }, { check: null }]) {
    assert.equal(await refusal(() => readSettings(canonicalJson({ ...sound, ...wrong }))), "config_invalid");
  }
});

test("every text that the page names is written, in words that a step can hold", () => {
  const folder = new URL("../../src/page/", import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf-8" }).filter((name) => name.endsWith(".ts"));
  const named = sources.flatMap((name) => [...readFileSync(new URL(name, folder), "utf-8").matchAll(/\bt\("([^"]+)"/g)].map(([, key = ""]) => key));
  assert.ok(named.length > 60);
  assert.deepEqual(named.filter((key) => !Object.hasOwn(TEXTS, key)), []);
  const long = Object.values(TEXTS).flat().flatMap((text) => text.split(/[.?!:]\s/)).filter((sentence) => sentence.split(/\s+/).length > 15);
  assert.deepEqual(long, []);
});
