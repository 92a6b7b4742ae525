/** Boxes: what a guest reads, what the worker gets back, and what is no letter of either. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CHANCE } from "../src/keeper/seals.ts";
import { append, type Log } from "../src/keeper/vault.ts";
import { readAdvice, readSnapshot } from "../src/mailbox/advice.ts";
import { answeredEvent, boxesIn, closeBox, closedEvent, openBox, openedEvent, readBox, type Box, type Postbox } from "../src/mailbox/box.ts";
import { boxLinkText, openSnapshot, parseBoxLink, sealProposal, sealSnapshot, type BoxKind, type Opened } from "../src/mailbox/letters.ts";
import { parseMessage } from "../src/page/messages.ts";
import { rejected } from "../src/protocol/errors.ts";
import { canonicalJson, type JsonObject } from "../src/protocol/json.ts";
import { b64url, fromUtf8, utf8, type Octets } from "../src/protocol/octets.ts";
import { NOW, refusal } from "./cases.ts";
import { chanceFor, octetsFor } from "./chance.ts";

const ORIGIN = "https://deel.example";
const HOURS = 4;
const SNAPSHOT: JsonObject = { name: "Jan", skills: [{ skill: "mig-mag", level: 3, grade: "self" }], wishes: [], steps: [] };

/** A service in memory: what it keeps can be read and changed here as a hostile operator could. */
class Letters implements Postbox {
  readonly boxes = new Map<string, { expires: number; letters: Octets[] }>();

  async makeMailbox(id: Octets, expires: number): Promise<void> {
    this.boxes.set(b64url(id), { expires, letters: [] });
  }

  async putLetter(id: Octets, message: Octets): Promise<void> {
    this.of(id).push(message);
  }

  async lettersIn(id: Octets): Promise<Octets[]> {
    return this.of(id);
  }

  async removeMailbox(id: Octets): Promise<void> {
    this.boxes.delete(b64url(id));
  }

  of(id: Octets): Octets[] {
    const found = this.boxes.get(b64url(id));
    if (!found) throw rejected("mailbox_gone");
    return found.letters;
  }
}

async function opened(kind: BoxKind = "adviser"): Promise<{ service: Letters; box: Box; guest: Opened; letters: Octets[] }> {
  const service = new Letters();
  const box = await openBox(service, { kind, hours: HOURS, snapshot: SNAPSHOT }, { origin: ORIGIN, now: NOW, chance: CHANCE });
  const link = parseBoxLink(box.link);
  const letters = service.of(link.id);
  return { service, box, guest: await openSnapshot(link, letters[0]!), letters };
}

const advice = (skill: string): JsonObject => ({ what: "wish", skill, text: "" });

test("a guest reads what was chosen, and what they propose only the worker reads", async () => {
  const { service, box, guest, letters } = await opened();
  assert.deepEqual([guest.kind, guest.until, guest.snapshot], ["adviser", NOW + HOURS * 3600, SNAPSHOT]);
  assert.equal([...service.boxes.values()][0]?.expires, guest.until);
  letters.push(await sealProposal(guest, advice("tig")));
  letters.push(await sealProposal(guest, advice("vijlen")));
  const { proposals, malformed } = await readBox(service, box);
  assert.deepEqual(proposals.map(({ data }) => data["skill"]), ["tig", "vijlen"]);
  assert.equal(malformed, 0);
  const kept = letters.map((letter) => fromUtf8(utf8(b64url(letter)))).join();
  for (const word of ["mig-mag", "Jan", "tig"]) {
    assert.ok(!letters.some((letter) => Buffer.from(letter).includes(word)), word);
    assert.ok(!kept.includes(b64url(utf8(word))), word);
  }
});

test("whoever has the link but not the worker's key reads no proposal, and the page never gets the key", async () => {
  const { box, guest, letters } = await opened();
  assert.ok(!("d" in guest.key));
  letters.push(await sealProposal(guest, advice("tig")));
  assert.equal(await refusal(() => openSnapshot(parseBoxLink(box.link), letters[1]!)), "box_not_opened");
});

test("another key, another box, or one changed octet opens nothing", async () => {
  const { box, letters } = await opened();
  const link = parseBoxLink(box.link);
  const sealed = letters[0]!;
  assert.equal(await refusal(() => openSnapshot({ ...link, key: CHANCE.octets(16) }, sealed)), "box_not_opened");
  assert.equal(await refusal(() => openSnapshot({ ...link, id: CHANCE.octets(16) }, sealed)), "box_not_opened");
  for (const place of [0, 20, sealed.length - 1]) {
    const bent = sealed.slice();
    bent[place] = (bent[place] ?? 0) ^ 1;
    assert.equal(await refusal(() => openSnapshot(link, bent)), "box_not_opened");
  }
  assert.equal((await openSnapshot(link, sealed)).kind, "adviser");
});

test("letters that do not open are counted and stop nothing; the same letter twice is one", async () => {
  const { service, box, guest, letters } = await opened();
  const good = await sealProposal(guest, advice("tig"));
  const bent = good.slice();
  bent[good.length - 1] = bent[good.length - 1] === 65 ? 66 : 65;
  const stranger = (await opened()).guest;
  letters.push(utf8("no letter"), bent, good, good, await sealProposal(stranger, advice("vijlen")), new Uint8Array(40));
  const { proposals, malformed } = await readBox(service, box);
  assert.deepEqual([proposals.length, malformed], [1, 4]);
});

test("any octets as a letter are counted, and any as a snapshot are our refusal", async () => {
  const { service, box, letters } = await opened();
  const draw = octetsFor("letters");
  for (let round = 0; round < 60; round++) letters.push(draw(1 + (round % 50)));
  assert.deepEqual(await readBox(service, box), { proposals: [], malformed: 60 });
  for (let round = 0; round < 60; round++) {
    assert.equal(await refusal(() => openSnapshot(parseBoxLink(box.link), draw(round))), "box_not_opened");
  }
});

test("a snapshot with the private key in it, or of another form, is none", async () => {
  const { box, guest } = await opened();
  const link = parseBoxLink(box.link);
  const seal = (more: object): Promise<Octets> => sealSnapshot(link, { ...guest, ...more }, CHANCE);
  for (const more of [{ key: box.key }, { until: "x" }, { snapshot: [] }, { key: { ...guest.key, x: guest.key["y"] } }]) {
    assert.equal(await refusal(async () => openSnapshot(link, await seal(more))), "box_not_opened", JSON.stringify(Object.keys(more)));
  }
  assert.equal(await refusal(() => seal({ snapshot: { text: "x".repeat(62_000) } })), "box_too_large");
  assert.equal(await refusal(() => seal({ kind: "talk", snapshot: { text: "x".repeat(13_000) } })), "box_too_large");
  assert.equal(await refusal(() => sealProposal(guest, { text: "x".repeat(9_000) })), "box_too_large");
});

test("sizes tell only steps", async () => {
  const sizes = await Promise.all(["a", "a".repeat(900)].map(async (name) => {
    const service = new Letters();
    const box = await openBox(service, { kind: "talk", hours: 1, snapshot: { name } }, { origin: ORIGIN, now: NOW, chance: CHANCE });
    return service.of(parseBoxLink(box.link).id)[0]?.length;
  }));
  assert.equal(sizes[0], sizes[1]);
  const { guest } = await opened();
  assert.equal((await sealProposal(guest, advice("a"))).length, (await sealProposal(guest, advice("a".repeat(300)))).length);
});

test("a box that was closed, or ended, is gone, and its proposals with it", async () => {
  const { service, box } = await opened();
  await closeBox(service, box);
  assert.equal(await refusal(() => readBox(service, box)), "mailbox_gone");
  assert.equal(service.boxes.size, 0);
});

test("the vault remembers boxes, what was answered, and closes them with a count", async () => {
  const { service, box, guest, letters } = await opened();
  letters.push(await sealProposal(guest, advice("tig")), await sealProposal(guest, advice("vijlen")), await sealProposal(guest, { what: "remark", text: "CANARY" }));
  const [first, second, third] = (await readBox(service, box)).proposals;
  let log: Log = { events: [], device: "phone", now: () => NOW, chance: CHANCE };
  const note = async ({ type, data }: { type: string; data: JsonObject }): Promise<void> => { log = await append(log, type, data); };
  await note(openedEvent(box));
  await note(answeredEvent(box, first!.id, true, { remark: "kept" }));
  await note(answeredEvent(box, second!.id, false, { remark: "CANARY" }));
  const [kept] = boxesIn(log.events);
  assert.deepEqual([kept?.kind, kept?.until, kept?.closed, kept?.kept], ["adviser", box.until, false, [{ remark: "kept" }]]);
  assert.deepEqual((await readBox(service, kept!)).proposals.map(({ id }) => id), [third?.id]);
  assert.ok(!fromUtf8(canonicalJson(log.events as unknown as JsonObject[])).includes("CANARY"));
  await note(closedEvent(kept!));
  assert.deepEqual([boxesIn(log.events)[0]?.closed, log.events.at(-1)?.type, log.events.at(-1)?.data["yes"], log.events.at(-1)?.data["no"]], [true, "adviser_closed", 1, 1]);
});

test("the other kinds have events of their own, so that the log never calls them an adviser", async () => {
  const { box } = await opened("confirm");
  assert.equal(openedEvent(box).type, "box_opened");
  assert.equal(closedEvent({ ...box, closed: false, answered: new Map(), kept: [] }).type, "box_closed");
});

test("a link is read back, and nothing else is one", async () => {
  const link = { origin: ORIGIN, id: CHANCE.octets(16), key: CHANCE.octets(16) };
  assert.deepEqual(parseBoxLink(boxLinkText(link)), link);
  assert.ok(boxLinkText(link).length <= 92); // a code of version 5-M
  for (const text of ["", "https://deel.example/b/x#y", boxLinkText(link).slice(0, -1), boxLinkText(link).replace("https", "http"), boxLinkText(link).replace("/b/", "/s/")]) {
    assert.equal(await refusal(async () => parseBoxLink(text)), "box_link_invalid", text);
  }
});

test("the same chance makes the same box, so that two devices and two builds agree", async () => {
  const made = await Promise.all([1, 2].map(async () => {
    const service = new Letters();
    const box = await openBox(service, { kind: "confirm", hours: 2, snapshot: SNAPSHOT }, { origin: ORIGIN, now: NOW, chance: chanceFor("box") });
    return [box.link, b64url(service.of(parseBoxLink(box.link).id)[0]!)];
  }));
  assert.deepEqual(made[0], made[1]);
});

test("a proposal of an adviser is one of four, whole, and short; any other is refused", async () => {
  const sound: JsonObject[] = [
    { what: "skill", skill: "mig-mag", level: 3 }, { what: "wish", skill: "", text: "Ik wil leren solderen." },
    { what: "step", skill: "tig", action: "course", day: "2027-02-01" }, { what: "remark", text: "Goed gesprek." },
  ];
  for (const each of sound) assert.deepEqual({ ...readAdvice(each) }, each);
  assert.deepEqual({ ...readAdvice({ what: "remark", text: "een\n\u202Etwee\u0000", more: 1 }) }, { what: "remark", text: "een twee" });
  const wrong: JsonObject[] = [
    {}, { what: "share", id: "x" }, { what: "skill", skill: "tig" }, { what: "skill", skill: "tig", level: 5 }, { what: "skill", skill: "tig", level: 0 },
    { what: "skill", skill: ["tig"], level: 1 }, { what: "wish", skill: "", text: " " }, { what: "step", skill: "tig", action: "course", day: "2027-02-31" },
    { what: "step", skill: "tig", action: "", day: "2027-02-01" }, { what: "remark", text: "x".repeat(281) },
  ];
  for (const each of wrong) assert.equal(await refusal(async () => readAdvice(each)), "proposal_malformed", JSON.stringify(each));
});

test("what the screens may say of boxes is on the closed list, and no more", async () => {
  assert.deepEqual(parseMessage({ n: 1, kind: "invite", box: "adviser", about: "" }).fields, { box: "adviser", about: "" });
  assert.deepEqual(parseMessage({ n: 2, kind: "box", id: "x", act: "end" }).fields, { id: "x", act: "end" });
  assert.equal(parseMessage({ n: 3, kind: "boxes" }).kind, "boxes");
  for (const message of [{ kind: "boxes", id: "x" }, { kind: "box", id: "x" }, { kind: "invite", box: "adviser" }, { kind: "invite", box: "", about: "" }, { kind: "share_box" }]) {
    assert.equal(await refusal(async () => parseMessage({ n: 4, ...message } as JsonObject)), "message_invalid");
  }
});

test("any snapshot is read as rows of its lists, and what is strange is left out", () => {
  assert.deepEqual(readSnapshot({}), { name: "", skills: [], wishes: [], steps: [] });
  const strange = readSnapshot({ name: { a: 1 }, skills: [5, null, { skill: "tig", level: 9, grade: "king" }], wishes: "x", steps: [{ skill: "tig" }], birth_date: "1980-01-01" });
  assert.deepEqual(strange, { name: "", skills: [{ skill: "tig", level: 0, grade: "self" }], wishes: [], steps: [{ skill: "tig", action: "", day: "" }] });
});
