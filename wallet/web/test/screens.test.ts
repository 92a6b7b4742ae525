/** The worker's screens: links, days, standings and sentences; what they look like is tested in a browser. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";

import type { Card, Entry, Standing } from "../src/screens/contract.ts";
import { byDay, day, moment, nearDay, nightsUntil } from "../src/screens/days.ts";
import { flowOf } from "../src/screens/links.ts";
import { SCREENS, screenFor, TABS } from "../src/screens/routes.ts";
import { drawingOf, isShowable, lookOf, wordsOf } from "../src/screens/standing.ts";

const ROOT = new URL("../../../../", import.meta.url);
const NOW = new Date(2026, 10, 23, 13, 0);
const SOURCES = new URL("wallet/web/src/screens/", ROOT);

type Texts = Record<string, { nl: string; en: string }>;

const texts = (name: string): Texts => parse(readFileSync(new URL(`schemas/messages/${name}.yaml`, ROOT), "utf-8")) as Texts;
const SKILL_TEXTS = { ...texts("wallet_web_skills"), ...texts("wallet_web_adviser"), ...texts("wallet_web_confirm") };
const TEXTS = { ...texts("wallet_screens"), ...Object.fromEntries(Object.entries(SKILL_TEXTS).filter(([key]) => key.startsWith("screens."))) };
const FILES = readdirSync(SOURCES, { recursive: true, encoding: "utf-8" }).filter((name) => /\.(?:svelte|ts)$/.test(name));
const SOURCE = FILES.map((name) => readFileSync(new URL(name, SOURCES), "utf-8")).join("\n");

const card = (changed: Partial<Card>): Card => ({
  id: "c", title_nl: "VCA", title_en: "VCA", issuer: { name: "Centrum", host: "centrum.example", known: true },
  received: "2026-11-02T09:00:00Z", from: null, until: null, standing: "valid", reason: null, checked: null,
  icon: "hard-hat", grade: "accredited", format: "dc+sd-jwt", copies: 5, older: false, device_only: false, ...changed,
});

test("a link leads to the flow that it is for, and any other text to none", () => {
  const cases: [string, "receive" | "present" | undefined][] = [
    ["https://wallet.example/o#https://school.example/offers/1", "receive"],
    ["  http://wallet.localhost:8002/o#https://school.example/offers/1 ", "receive"],
    ["openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fschool.example", "receive"],
    ["haip-vci://?credential_offer=%7B%7D", "receive"],
    ["https://other.example/get?credential_offer_uri=https%3A%2F%2Fschool.example", "receive"],
    ["https://wallet.example/v#request", "present"],
    ["openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Ffirm.example", "present"],
    ["haip-vp://?request_uri=https%3A%2F%2Ffirm.example", "present"],
    ["https://deel.example/s/abc#key", undefined],
    ["http://wallet.example/o#https://school.example", undefined],
    ["javascript:alert(1)", undefined],
    ["lasser", undefined],
    ["", undefined],
  ];
  assert.deepEqual(cases.map(([link]) => flowOf(link)), cases.map(([, flow]) => flow));
});

test("any text is a flow or none, never an error", () => {
  for (let turn = 0; turn < 500; turn += 1) {
    const letters = Array.from({ length: turn % 40 }, () => String.fromCharCode(Math.floor(Math.random() * 0x2_00)));
    assert.ok([undefined, "receive", "present"].includes(flowOf(letters.join(""))));
  }
});

test("days are said as people say them", () => {
  assert.equal(day("2026-11-30", "nl", NOW), "30 november");
  assert.equal(day("2024-06-14T10:00:00Z", "nl", NOW), "14 juni 2024");
  assert.equal(day("2024-06-14", "en", NOW), "14 June 2024");
  assert.equal(nearDay(new Date(2026, 10, 23, 0, 1).toISOString(), "nl", NOW), "vandaag");
  assert.equal(moment(new Date(2026, 10, 22, 14, 10).toISOString(), "nl", NOW), "gisteren 14:10");
  assert.equal(moment(new Date(2026, 10, 22, 14, 10).toISOString(), "en", NOW), "yesterday 14:10");
  assert.equal(nightsUntil("2026-11-23", NOW), 0);
  assert.equal(nightsUntil("2027-02-01", NOW), 70);
  assert.equal(nightsUntil("2026-11-22", NOW), -1);
});

test("the log is grouped by day and loses nothing", () => {
  const entry = (id: string, at: Date): Entry =>
    ({ id, at: at.toISOString(), type: "export", nl: "", en: "", who: null, lines_nl: [], lines_en: [], erasable: false });
  const entries = [entry("d", new Date(2026, 10, 23, 9)), entry("c", new Date(2026, 10, 23, 0, 1)), entry("b", new Date(2026, 10, 22, 23, 59))];
  assert.deepEqual(byDay(entries).map((group) => group.entries.map(({ id }) => id)), [["d", "c"], ["b"]]);
});

test("only what is valid now is green", () => {
  const all: Standing[] = ["valid", "ending", "ended", "not_yet", "revoked", "suspended", "unknown", "refused"];
  assert.deepEqual(all.filter((standing) => lookOf(standing)[0] === "positive"), ["valid"]);
  assert.deepEqual(all.filter((standing) => !isShowable(card({ standing }))), ["revoked", "refused"]);
  assert.deepEqual(wordsOf(card({ until: "2031-03-09" }), NOW), ["standing.until", 0]);
  assert.deepEqual(wordsOf(card({ standing: "ending", until: "2027-02-01" }), NOW), ["standing.weeks", 10]);
  assert.deepEqual(wordsOf(card({ standing: "ending", until: "2026-11-25" }), NOW), ["standing.days", 2]);
  assert.deepEqual(wordsOf(card({ standing: "unknown", until: "2031-03-09" }), NOW), ["standing.unknown", 0]);
  assert.equal(drawingOf(card({ icon: "no-such-drawing" })), "file-check");
});

test("without an open passport no screen shows what is in it", () => {
  const names = [...Object.keys(SCREENS), "nowhere", "toString", ""];
  assert.deepEqual([...new Set(names.map((name) => screenFor(name, "new")))], ["start", "add", "discover", "about", "help"]);
  assert.deepEqual([...new Set(names.map((name) => screenFor(name, "locked")))], ["locked", "add", "discover", "about", "help"]);
  assert.equal(screenFor("nowhere", "open"), "passport");
  assert.equal(screenFor("toString", "open"), "passport");
  assert.deepEqual(TABS.map(([name]) => SCREENS[name]), TABS.map(([name]) => name));
});

/** What the sources say: whole keys, and beginnings of keys that are put together. */
function used(): (key: string) => boolean {
  const whole = new Set([...SOURCE.matchAll(/"([a-z_]+(?:\.[a-z_]+)*)"/g)].map(([, key]) => key));
  const parts = [...SOURCE.matchAll(/`((?:[a-z_]+\.)+)\$\{/g)].map(([, part]) => part!);
  const titled = (key: string): boolean => /^[a-z]+\.(?:title|back)$/.test(key); // `${name}.title`
  return (key) => whole.has(key) || whole.has(key.replace(/\.(?:one|plain)$/, "")) || titled(key) || parts.some((part) => key.startsWith(part));
}

test("every sentence is used, and every sentence that is used is there", () => {
  const known = new Set(Object.keys(TEXTS).map((key) => key.replace("screens.", "")));
  const isUsed = used();
  assert.ok(isUsed("start.title") && !isUsed("nobody.says"));
  assert.deepEqual([...known].filter((key) => !isUsed(key)), []);
  const said = [...SOURCE.matchAll(/\bt\("([a-z_.]+)"/g)].map(([, key]) => key!);
  assert.ok(said.length > 50);
  assert.deepEqual(said.filter((key) => !known.has(key) && !["skip", "languages"].includes(key)), []);
});

const FORBIDDEN = {
  nl: /\b(?:credential|verifier|issuer|holder|DID|VC|JWT|token|hash|sleutels?|presentatie|valideren|verifi\S+|competentie|kwalificatie|authenticatie|autoriseren|derden|indien|middels|dient te|alsmede|betreffende)\b/i,
  en: /\b(?:credential|verifier|issuer|holder|JWT|token|hash|keys?|presentation|validate|authentication)\b/i,
};

function faults(language: "nl" | "en", sentence: string): string[] {
  const long = sentence.split(/(?<=[.?:])\s/).filter((part) => part.split(/\s+/).length > 15);
  return [...long, ...(FORBIDDEN[language].exec(sentence) ?? []), ...(/!/.exec(sentence) ?? [])];
}

test("every sentence is plain: at most fifteen words, and no word of the trade", () => {
  assert.deepEqual(faults("nl", "Je sleutel staat klaar."), ["sleutel"]);
  assert.equal(faults("en", "one ".repeat(16)).length, 1);
  const found = Object.entries({ ...TEXTS, ...SKILL_TEXTS }).flatMap(([key, both]) =>
    (["nl", "en"] as const).flatMap((language) => faults(language, both[language]).map((fault) => `${key} ${language}: ${fault}`)));
  assert.deepEqual(found, []);
});

test("no source of the screens is long, stores, fetches or writes markup", () => {
  const loose = /localStorage|sessionStorage|indexedDB|document\.cookie|innerHTML|@html|fetch\(|XMLHttpRequest|WebSocket|eval\(|import\(/;
  assert.ok(loose.test("{@html text}"));
  assert.equal(loose.exec(SOURCE), null);
  assert.deepEqual(FILES.filter((name) => readFileSync(new URL(name, SOURCES), "utf-8").split("\n").length > 300), []);
});
