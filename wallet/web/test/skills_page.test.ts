/** What the page of skills answers: discover, overview, compare, grow, reminders and the talk card. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Event } from "../src/keeper/events.ts";
import type { Given } from "../src/page/skills/asking.ts";
import { answer, reminders, writes } from "../src/page/skills/answers.ts";
import type { Read } from "../src/page/cards.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NOW = Date.parse("2026-11-23T12:00:00Z") / 1000;
const DAY = 86_400;
const TYPES = "https://skillspass.example/types/";

/** An event of a moment, as the log has it. */
function event(type: string, data: JsonObject, at = NOW): Event {
  let [rest, ulid] = [Math.round(at * 1000), ""];
  for (let place = 0; place < 10; place++) [ulid, rest] = [CROCKFORD[rest % 32] + ulid, Math.floor(rest / 32)];
  return { ulid: ulid + "0".repeat(16), device: "d", lamport: 1, type, data, prev: "" };
}

/** What a message of the screens writes. */
function wrote(kind: "keep" | "wish" | "plan" | "finish" | "talked", fields: JsonObject, id = "one", at = NOW): Event {
  const found = writes(kind, fields, id);
  assert.ok(found);
  return event(found.type, found.data, at);
}

function given(events: readonly Event[], reads: readonly Read[] = [], at = NOW): Given {
  return { reads, name: "", events, at, role: (_, type) => (type.includes("vca") ? "exam_centre" : "training_provider"), titlesOf: (type) => ({ nl: type, en: type }), day: (iso) => iso };
}

/** A proof that is held, as `readAll` gives it. */
function proof(type: string, claims: JsonObject, more: { until?: number; word?: string; addedAt?: number } = {}): Read {
  const credential = { type: `${TYPES}${type}/1`, issuer: "did:web:school.example", claims, issuedAt: NOW - 100 * DAY, validUntil: more.until };
  const held = { id: type, giver: { name: "School" }, addedAt: more.addedAt ?? NOW - 50 * DAY };
  return { held, unverified: { credential }, check: { word: more.word ?? "valid" }, known: true } as unknown as Read;
}

const rows = (value: JsonValue | undefined): JsonObject[] => value as JsonObject[];
const object = (value: JsonValue): JsonObject => value as JsonObject;
const skillsIn = (of: Given): JsonObject[] => rows(object(answer("skills", {}, of))["groups"]).flatMap((group) => rows(group["skills"]));

test("a job proposes its skills with an example, and not what was said already", () => {
  const asked = { job: "cnc-draaier", text: "" };
  const all = rows(object(answer("suggest", asked, given([])))["found"]);
  assert.ok(all.length > 10);
  assert.ok(all.every((each) => String(each["example_nl"]).startsWith("Ik ") && each["because"] === "job"));
  const own = wrote("keep", { levels: { "cnc-draaien": 3 } });
  const left = rows(object(answer("suggest", asked, given([own])))["found"]);
  assert.deepEqual(left.map(({ id }) => id), all.map(({ id }) => id).filter((id) => id !== "cnc-draaien"));
});

test("own words propose with the words that led there, and are silent where no skill is named", () => {
  const [first] = rows(object(answer("suggest", { job: "", text: "ik las al 20 jaar plaatwerk" }, given([])))["found"]);
  assert.equal(first?.["because"], "words");
  assert.ok(String(first?.["told_nl"]).length > 0);
  assert.deepEqual(object(answer("suggest", { job: "", text: "ik drink koffie" }, given([])))["found"], []);
});

test("each skill stands there once, by its strongest word, until it is taken back", () => {
  const said = wrote("keep", { levels: { heftruck: 4, "vliegers vouwen": 2 } });
  const held = proof("heftruck", { skills: [{ skill: "heftruck", level: 2 }], date_of_test: "2026-08-15" });
  const found = skillsIn(given([said], [held]));
  assert.deepEqual(found.map(({ id, level, grade, more, known }) => [id, level, grade, more, known]), [
    ["heftruck", 2, "assessed", 1, true],
    ["vliegers vouwen", 2, "self", 0, false],
  ]);
  const back = wrote("keep", { levels: { "vliegers vouwen": 0 } });
  assert.deepEqual(skillsIn(given([said, back], [held])).map(({ id }) => id), ["heftruck"]);
});

test("a withdrawn proof counts no more than the own word, and says why", () => {
  const said = wrote("keep", { levels: { heftruck: 1 } });
  const gone = proof("heftruck", { skills: [{ skill: "heftruck", level: 4 }], date_of_test: "2026-08-15" }, { word: "revoked" });
  const [line] = skillsIn(given([said], [gone]));
  assert.deepEqual([line?.["level"], line?.["grade"], line?.["counts"]], [1, "self", true]);
  const detail = object(answer("skill", { id: "heftruck" }, given([said], [gone])));
  assert.deepEqual(rows(detail["said"]).map(({ why }) => why === null), [true, false]);
  assert.ok(rows(detail["levels"]).length === 4 && String(detail["meaning"]).length > 0 && rows(detail["places"]).length > 0);
});

test("a giver whom nobody knows counts as a colleague, one who may not give it as the own word, and both say why", () => {
  const held = proof("werkervaringsverklaring", { skills: [{ skill: "lagers", level: 3 }] });
  for (const [role, grade] of [["employer", "manager"], [null, "colleague"], ["", "self"]] as const) {
    const of: Given = { ...given([], [held]), role: () => role };
    const [line] = rows(object(answer("skill", { id: "lagers" }, of))["said"]);
    assert.deepEqual([line?.["grade"], line?.["why"] === null], [grade, role === "employer"]);
    assert.equal(skillsIn(of)[0]?.["grade"], grade);
  }
});

test("before the first talk nothing is new; afterwards what came later is", () => {
  const before = wrote("keep", { levels: { lagers: 2 } }, "one", NOW - 30 * DAY);
  assert.deepEqual(object(answer("skills", {}, given([before])))["news"], []);
  const events = [before, wrote("talked", {}, "two", NOW - 20 * DAY), wrote("keep", { levels: { esd: 2 } })];
  const found = object(answer("skills", {}, given(events)));
  assert.deepEqual(rows(found["news"]).map(({ kind, nl }) => [kind, String(nl).length > 0]), [["new", true]]);
  assert.deepEqual(skillsIn(given(events)).filter(({ fresh }) => fresh).map(({ id }) => id), ["esd"]);
});

test("functions are put in order of overlap, with light work marked, and say what is missing", () => {
  const said = wrote("keep", { levels: { "las-mag": 4, "las-visueel": 3, "meten-schuifmaat": 3 } });
  const found = rows(answer("fit", {}, given([said])));
  assert.ok(Number(found[0]?.["met"]) >= Number(found[1]?.["met"]));
  assert.ok(found.some(({ lighter }) => lighter === true) && found.some(({ lighter }) => lighter === false));
  const job = object(answer("job", { id: "vac-001" }, given([said])));
  const gaps = new Map(rows(job["rows"]).map(({ id, gap }) => [id, gap]));
  assert.deepEqual([gaps.get("mech-monteren"), gaps.get("meten-schuifmaat"), gaps.get("vca-basis")], ["missing", null, "certificate"]);
  assert.throws(() => answer("job", { id: "nowhere" }, given([])), { code: "function_unknown" });
});

test("every gap gives an action with a next step, who pays and a day; EVC where only the own word is there", () => {
  const said = wrote("keep", { levels: { lagers: 3 } });
  const offered = (skill: string): string[] => rows(object(answer("actions", { skill }, given([said])))["actions"]).map((each) => {
    assert.ok(each["next_nl"] && each["pays_nl"] && String(each["day"]) > "2026-11-23");
    return String(each["id"]);
  });
  assert.ok(offered("lagers").includes("evc"));
  assert.ok(offered("mech-monteren").includes("practice") && !offered("mech-monteren").includes("evc"));
  assert.deepEqual(offered("vca-basis"), ["exam"]);
});

test("wishes and steps are counted, ended and taken back; a finished step asks for its proof", () => {
  const wish = wrote("wish", { skill: "", text: "Leren solderen" }, "w");
  const first = wrote("plan", { skill: "esd", action: "course", day: "2027-03-01" }, "s");
  const second = wrote("plan", { skill: "lagers", action: "evc", day: "2026-11-23" }, "t");
  const open = object(answer("growth", {}, given([wish, first, second])));
  assert.deepEqual(rows(open["wishes"]).map(({ nl }) => nl), ["Leren solderen"]);
  assert.deepEqual(rows(open["steps"]).map(({ id, due }) => [id, due]), [["t", true], ["s", false]]);
  assert.deepEqual([open["started"], open["finished"]], [2, 0]);
  const more = [wrote("finish", { id: "t", how: "done" }), wrote("finish", { id: "w", how: "dropped" })];
  const after = object(answer("growth", {}, given([wish, first, second, ...more])));
  assert.deepEqual([after["started"], after["finished"], rows(after["wishes"]).length], [2, 1, 0]);
  const done = rows(after["steps"]).find(({ id }) => id === "t");
  assert.ok(done && String(done["proof_nl"]).includes("bewijs") && done["due"] === false);
});

test("a reminder comes for what ends and for a step whose day has come, and for nothing else", () => {
  const step = wrote("plan", { skill: "esd", action: "course", day: "2026-11-23" }, "s");
  const vca = (until: number, word = "valid"): Read => proof("vca-basis", { date_of_exam: "2016-12-20" }, { until, word });
  const kinds = (of: Given): unknown[] => reminders(of).map(({ kind }) => kind);
  assert.deepEqual(kinds(given([step])), ["step"]);
  assert.deepEqual(kinds(given([step, wrote("finish", { id: "s", how: "stopped" })])), []);
  assert.deepEqual(kinds(given([step], [], NOW - DAY)), []);
  assert.deepEqual(kinds(given([], [vca(NOW + 27 * DAY)])), ["validity"]);
  assert.deepEqual(kinds(given([], [vca(NOW - DAY)])), ["validity"]);
  assert.deepEqual(kinds(given([], [vca(NOW + 27 * DAY, "revoked")])), []);
  assert.deepEqual(kinds(given([], [proof("werkervaringsverklaring", { period: "2004-03/2026-08", skills: [] })])), []);
  const [told] = reminders(given([], [vca(NOW + 27 * DAY)]));
  assert.match(String(told?.["text_nl"]), /2026-12-20/);
  assert.deepEqual(told?.["card"], { standing: "ending", until: "2026-12-20" });
  const old = proof("heftruck", { date_of_test: "2020-01-10", skills: [{ skill: "heftruck", level: 2 }] });
  assert.deepEqual(reminders(given([], [old])).map(({ kind, card }) => [kind, card]), [["validity", null]]);
});

test("a talk card holds what was ticked and no more", () => {
  const levels = Object.fromEntries(["esd", "lagers", "heftruck", "bhv", "las-mag", "opspannen", "inwerken", "tek-lezen"].map((skill) => [skill, 2]));
  const events = [wrote("keep", { levels }), wrote("wish", { skill: "", text: "Weg hier" }, "w"), wrote("wish", { skill: "cam", text: "" }, "v")];
  const card = (fields: JsonObject): JsonObject => object(answer("talk_card", fields, given(events)));
  const bare = card({});
  assert.deepEqual([bare["strengths"], bare["wishes"], bare["agreements"]], [[], [], ["", "", ""]]);
  const full = card({ skills: Object.keys(levels), wishes: ["v"], agreements: [" Cursus ", "b", "c", "d"] });
  assert.ok(rows(full["strengths"]).length <= 6);
  assert.equal(rows(full["wishes"]).length, 1);
  assert.ok(!JSON.stringify(full).includes("Weg hier"));
  assert.deepEqual(full["agreements"], ["Cursus", "b", "c"]);
});
