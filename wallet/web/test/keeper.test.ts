/** Vault, holder keys, and the closed list of messages: what screens may ask, and never learn. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { checkChain } from "../src/keeper/events.ts";
import { answerScreens, checkAnswer, parseMessage, type Handlers, type MessageKind } from "../src/page/messages.ts";
import { CHANCE } from "../src/keeper/seals.ts";
import { newDeviceSigner, newHolderKey, signerOf } from "../src/keeper/signing.ts";
import { addCredential, append, findHeld, heldIn, parseHeld, type Log } from "../src/keeper/vault.ts";
import { pack, unpack } from "../src/portability/archive.ts";
import { filesOf } from "../src/portability/files.ts";
import { parseObject, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { verifySignature } from "../src/protocol/keys.ts";
import { latin1 } from "../src/protocol/octets.ts";
import { load, NOW, refusal, text } from "./cases.ts";

const GIVER = { id: "did:web:school.example", name: "School", host: "school.example", listed: true };
const WIRE = text(load("tokens").find(({ id }) => id === "parse whole")?.input ?? {}, "wire");

async function filled(): Promise<Log> {
  const empty: Log = { events: [], device: "phone", now: () => NOW, chance: CHANCE };
  const log = await addCredential(empty, "dc+sd-jwt", WIRE, await newHolderKey(), GIVER);
  return addCredential(log, "ldp_vc", { type: ["VerifiableCredential", "urn:t"] }, await newHolderKey(), GIVER);
}

test("what was kept is held with its key, until it is removed", async () => {
  const log = await filled();
  await checkChain(log.events);
  const [first, second] = heldIn(log.events);
  assert.ok(first && second);
  assert.equal(first.addedAt, NOW);
  assert.equal((await parseHeld(first)).credential.issuer, GIVER.id);
  assert.equal(await refusal(() => parseHeld(second)), "cryptosuite_not_allowed");
  assert.notEqual(first.key["x"], second.key["x"]);
  const after = await append(log, "credential_removed", { id: first.id });
  assert.deepEqual(heldIn(after.events).map(({ id }) => id), [second.id]);
  assert.equal(await refusal(() => findHeld(after.events, first.id)), "proof_not_found");
});

test("a key of the vault signs, and halves that do not belong together do not", async () => {
  const [one, other] = [await newHolderKey(), await newHolderKey()];
  const signer = await signerOf(one);
  await verifySignature(signer.public, await signer.sign(latin1("message")), latin1("message"));
  const forged = await signer.sign(latin1("another"));
  assert.equal(await refusal(() => verifySignature(signer.public, forged, latin1("message"))), "signature_invalid");
  assert.equal(await refusal(() => signerOf({ ...one, d: other["d"] ?? null })), "key_invalid");
  const bound = await newDeviceSigner();
  await verifySignature(bound.public, await bound.sign(latin1("m")), latin1("m"));
});

test("an export holds the original bytes, and names no key where it says whom to ask again", async () => {
  const log = await filled();
  const files = await unpack(await pack(await filesOf(log.events)));
  const [sdJwt] = [...files.keys()].filter((name) => name.endsWith(".sd-jwt"));
  assert.equal(String.fromCharCode(...(files.get(sdJwt ?? "") ?? [])), WIRE);
  const migration = String.fromCharCode(...(files.get("migration.json") ?? []));
  assert.match(migration, /school\.example/);
  assert.doesNotMatch(migration, /"d"/);
  const keys = parseObject(files.get("keys.jwks") ?? new Uint8Array())["keys"] as JsonObject[];
  assert.equal(keys.length, 2);
  assert.ok(keys.every((key) => typeof key["kid"] === "string" && typeof key["d"] === "string"));
});

test("only messages on the list are read, with just their members", async () => {
  assert.deepEqual(parseMessage({ n: 1, kind: "card", id: "x" }).fields, { id: "x" });
  assert.equal(parseMessage({ n: 2, kind: "list" }).kind, "list");
  assert.deepEqual(parseMessage({ n: 3, kind: "share", ids: [] }).fields, { ids: [] });
  assert.deepEqual(parseMessage({ n: 4, kind: "go", screen: "passport", id: "" }).fields, { screen: "passport", id: "" });
  const refused: JsonValue[] = [
    null, "list", [], {}, { n: 1 }, { n: 1, kind: "sign" }, { n: 1, kind: "constructor" }, { n: "1", kind: "list" },
    { n: 1, kind: "list", x: 1 }, { n: 1, kind: "card" }, { n: 1, kind: "card", id: 5 }, { n: 1, kind: "card", id: "" },
    { n: 1, kind: "receive", link: "x".repeat(20_001) }, { n: 1, kind: "settings", language: "fr" },
    { n: 1, kind: "share", ids: Array<string>(51).fill("x") }, { n: 1, kind: "share", ids: [1] },
    { n: 1, kind: "go", screen: "", id: "" }, { n: 1, kind: "go", screen: "card", id: 1 },
  ];
  for (const message of refused) assert.equal(await refusal(() => parseMessage(message)), "message_invalid");
});

test("no answer carries key material, however deep", async () => {
  assert.deepEqual(checkAnswer([{ title: "x", lines: [{ value: "d" }] }]), [{ title: "x", lines: [{ value: "d" }] }]);
  const key = await newHolderKey();
  for (const answer of [key, { a: [key] }, { held: { key: "x" } }, { slots: [{ sk: {} }] }]) {
    assert.equal(await refusal(() => checkAnswer(answer)), "answer_private");
  }
});

class Page extends EventTarget {
  readonly posted: JsonValue[] = [];
  postMessage(message: JsonValue): void {
    this.posted.push(message);
  }
}

async function ask(page: Page, source: unknown, origin: string, data: JsonValue): Promise<void> {
  page.dispatchEvent(Object.assign(new Event("message"), { source, origin, data }));
  await new Promise((resolve) => setTimeout(resolve, 20)); // a key is made meanwhile
}

test("the keeper answers its own frame and nobody else", async () => {
  const [page, frame, stranger] = [new Page(), new Page(), new Page()];
  const nothing = async (): Promise<JsonValue> => null;
  const kinds: MessageKind[] = ["list", "card", "receive", "present", "share", "stop", "slots", "export", "wipe"];
  const handlers = Object.fromEntries(kinds.map((kind) => [kind, nothing])) as unknown as Handlers;
  const leaking = { ...handlers, list: async () => ["card"], card: newHolderKey, stop: async () => Promise.reject(new Error("x")) };
  const stop = answerScreens(page as unknown as Window, () => frame as unknown as Window, leaking);
  await ask(page, stranger, "null", { n: 1, kind: "list" });
  await ask(page, frame, "https://evil.example", { n: 2, kind: "list" });
  assert.deepEqual([...frame.posted, ...stranger.posted], []);
  await ask(page, frame, "null", { n: 3, kind: "list" });
  await ask(page, frame, "null", { n: 4, kind: "card", id: "x" });
  await ask(page, frame, "null", { n: 5, kind: "stop", id: "x" });
  await ask(page, frame, "null", "sign this");
  stop();
  await ask(page, frame, "null", { n: 6, kind: "list" });
  assert.deepEqual(frame.posted, [
    { n: 3, ok: ["card"] }, { n: 4, error: "answer_private" }, { n: 5, error: "failed" }, { n: null, error: "message_invalid" },
  ]);
});
