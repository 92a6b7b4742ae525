/** The sealed vault, byte for byte with Python: the cases of `tests/cases/vaults.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { checkChain, digestOf, merge, momentOf, nextEvent, parseEvent, type Event } from "../src/keeper/events.ts";
import {
  beginVault, checkSeen, checkSlots, openVault, readHeader, seal, withoutSlot, withSlot, type Opened, type Seen,
} from "../src/keeper/sealed.ts";
import { CHANCE } from "../src/keeper/seals.ts";
import { makeSlot, newDeviceKey, wordPlaces, type SlotKind } from "../src/keeper/slots.ts";
import { carry } from "../src/portability/carrying.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import { b64url, fromB64url, fromUtf8, utf8, type Octets } from "../src/protocol/octets.ts";
import { load, NOW, outcome, refusal, runCases, text } from "./cases.ts";
import { chanceFor } from "./chance.ts";

function logOf(value: JsonValue | undefined): Event[] {
  return (value as JsonValue[]).map(parseEvent);
}

async function begun(seed: string, slots: JsonObject[], opened: Opened): Promise<Opened> {
  const chance = chanceFor(`${seed} slots`);
  let vault = opened;
  for (const each of slots) {
    const secret = fromB64url(text(each, "secret"));
    vault = withSlot(vault, await makeSlot(text(each, "kind") as SlotKind, secret, vault.wid, chance));
  }
  return vault;
}

function opened(input: JsonObject): Promise<Opened> {
  return openVault(utf8(text(input, "vault")), text(input, "kind") as SlotKind, fromB64url(text(input, "secret")));
}

async function read(input: JsonObject): Promise<JsonValue> {
  const vault = await opened(input);
  return {
    wid: b64url(vault.wid), version: vault.version, prfSalt: b64url(vault.prfSalt),
    listed: [...vault.listed], events: [...vault.events],
  };
}

async function write(input: JsonObject): Promise<JsonValue> {
  const chance = chanceFor(text(input, "seed"));
  let vault = await begun(text(input, "seed"), input["slots"] as JsonObject[], beginVault(chance));
  let data: Octets = new Uint8Array();
  for (let i = 0; i < Number(input["writes"]); i++) [data, vault] = await seal(vault, logOf(input["events"]), chance);
  return fromUtf8(data);
}

async function writeNext(input: JsonObject): Promise<JsonValue> {
  let vault = await opened(input);
  const stored = readHeader(utf8(text(input, "stored" in input ? "stored" : "vault")));
  checkSlots(stored.slots, vault.listed);
  if ("remove" in input) vault = withoutSlot(vault, vault.slots[Number(input["remove"])]?.id ?? "");
  if ("add" in input) vault = await begun(text(input, "seed"), [input["add"] as JsonObject], vault);
  return fromUtf8((await seal(vault, logOf(input["events"]), chanceFor(text(input, "seed"))))[0]);
}

async function readBent(input: JsonObject): Promise<JsonValue> {
  const found: string[] = [];
  for (const change of input["changes"] as JsonValue[][]) {
    const document = JSON.parse(text(input, "vault"));
    const steps = change.slice(0, -2);
    const parent = steps.reduce((node, step) => node[String(step)], document);
    parent[String(change.at(-2))] = change.at(-1);
    const answer = await outcome(() => read({ ...input, vault: JSON.stringify(document) }));
    found.push(String((answer as JsonObject)["error"] ?? "accepted"));
  }
  return found;
}

runCases("vaults", {
  seal: write,
  open: read,
  bent: readBent,
  next: writeNext,
  seen: async (input) => (await checkSeen(input["seen"] as unknown as Seen, utf8(text(input, "vault")))).hash,
  merge: async (input) => {
    const merged = await merge(logOf(input["stored"]), logOf(input["mine"]));
    await checkChain(merged);
    return merged;
  },
  chain: async (input) => {
    const log = logOf(input["events"]);
    await checkChain(log);
    return Promise.all(log.map(digestOf));
  },
  event: (input) =>
    nextEvent(logOf(input["events"]), {
      device: text(input, "device"), type: text(input, "type"), data: input["data"] as JsonObject, at: Number(input["at"]),
    }, chanceFor(text(input, "seed"))),
  carry: async (input) => {
    const log = { events: logOf(input["events"]), device: text(input, "device"), now: () => NOW, chance: chanceFor(text(input, "seed")) };
    const { events } = await carry(log, logOf(input["brought"]), new Set(input["wanted"] as string[]));
    await checkChain(events);
    return [...events];
  },
});

test("a device key opens its own slot, and cannot be exported", async () => {
  const [key, other] = [await newDeviceKey(), await newDeviceKey()];
  await assert.rejects(crypto.subtle.exportKey("raw", key));
  const begin = beginVault(CHANCE);
  const [data] = await seal(withSlot(begin, await makeSlot("dev", key, begin.wid, CHANCE)), [], CHANCE);
  assert.equal((await openVault(data, "dev", key)).version, 1);
  assert.equal(await refusal(() => openVault(data, "dev", other)), "vault_slot_invalid");
});

test("a removed slot reads no later version, and each write draws new keys", async () => {
  const secrets = [CHANCE.octets(32), CHANCE.octets(20)] as const;
  let vault = beginVault(CHANCE);
  vault = withSlot(vault, await makeSlot("prf", secrets[0], vault.wid, CHANCE));
  vault = withSlot(vault, await makeSlot("rec", secrets[1], vault.wid, CHANCE));
  const [first, after] = await seal(vault, [], CHANCE);
  const [second] = await seal(withoutSlot(after, after.slots[0]?.id ?? ""), [], CHANCE);
  assert.equal((await openVault(first, "prf", secrets[0])).version, 1);
  assert.equal(await refusal(() => openVault(second, "prf", secrets[0])), "vault_slot_invalid");
  assert.equal((await openVault(second, "rec", secrets[1])).version, 2);
  const [one, two] = [readHeader(first), readHeader(second)];
  assert.notDeepEqual(one.iv, two.iv);
  assert.notDeepEqual(one.slots[1]?.["dek"], two.slots[0]?.["dek"]);
});

test("what another browser wrote is in the clear nowhere, and its size tells little", async () => {
  const begin = beginVault(CHANCE);
  const vault = withSlot(begin, await makeSlot("rec", CHANCE.octets(20), begin.wid, CHANCE));
  const event = await nextEvent([], { device: "d", type: "settings", data: { note: "canary" }, at: NOW }, CHANCE);
  const [[empty], [full]] = [await seal(vault, [], CHANCE), await seal(vault, [event], CHANCE)];
  assert.equal(empty.length, full.length);
  assert.ok(!Buffer.from(full).includes("canary"));
  assert.equal(momentOf(event), NOW);
});

test("both ends of a transfer find the same two words", async () => {
  const jwk = load("vaults").length > 0 ? { x: "a" } : {};
  assert.deepEqual(await wordPlaces(jwk, { x: "b" }), await wordPlaces({ x: "b" }, jwk));
});
