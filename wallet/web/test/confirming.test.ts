/** A colleague's confirmation and a signed talk card: what is made holds, and whatever differs is refused. */

import assert from "node:assert/strict";
import { test } from "node:test";

import SKILLS from "skillspass:skills";

import { askingOf, lined, readAsking, type Asking } from "../src/confirming/asking.ts";
import { giveConfirmation, type Answered } from "../src/confirming/giving.ts";
import { readCard, readReply, readSigned, signReply, signTalk, type TalkCard } from "../src/confirming/talking.ts";
import { takeConfirmation } from "../src/confirming/taking.ts";
import { newDeviceSigner, newHolderKey, signerOf } from "../src/keeper/signing.ts";
import { didJwk } from "../src/protocol/dids.ts";
import { signCompact } from "../src/protocol/jose.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import type { Signer } from "../src/protocol/keys.ts";
import { b64url, fromB64url, fromUtf8, latin1 } from "../src/protocol/octets.ts";
import { NOW, refusal } from "./cases.ts";
import { chanceFor, octetsFor } from "./chance.ts";

const ASKED = [{ skill: "inwerken", level: 3 }, { skill: "samenwerken", level: 2 }];
const SAID: Answered = {
  skills: [{ skill: "inwerken", level: 2 }], from: "2021-03", until: "", relation: "same_team",
  example: "Ze leerde mij\nde pers.", name: "Sandra de Wit",
};

async function asked(skills = ASKED): Promise<Asking> {
  const holder = (await signerOf(await newHolderKey())).public;
  return readAsking(askingOf("Ria", skills, holder), SKILLS);
}

async function given(asking: Asking, answered: Partial<Answered> = {}, signer?: Signer): Promise<string> {
  return giveConfirmation(asking, { ...SAID, ...answered }, SKILLS, signer ?? (await newDeviceSigner()), NOW, chanceFor("c"));
}

const take = (credential: JsonValue, asking: Asking, held?: Set<string>) => takeConfirmation({ v: 1, credential }, asking, SKILLS, NOW, held);

test("what a colleague says comes back as it was said, selective as the type has it", async () => {
  const asking = await asked();
  const wire = await given(asking);
  const { unverified, ...said } = await take(wire, asking);
  assert.deepEqual(said, {
    skills: [{ skill: "inwerken", level: 2 }], together: "2021-03/", relation: "same_team", example: "Ze leerde mij de pers.", name: "Sandra de Wit",
  });
  assert.deepEqual(unverified.disclosable.map(([name]) => name).sort(), ["confirmed_by_name", "example", "relation", "worked_together"]);
  assert.ok(unverified.credential.issuer.startsWith("did:jwk:"));
});

test("what was left out leaves no trace, and the key of the page cannot be read", async () => {
  const asking = await asked();
  const bare = await given(asking, { from: "", relation: "", example: " ", name: "" });
  const digests = (wire: string): unknown[] => {
    const payload = JSON.parse(fromUtf8(fromB64url(wire.split("~")[0]?.split(".")[1] ?? ""))) as JsonObject;
    return payload["_sd"] as unknown[];
  };
  assert.equal(digests(bare).length, digests(await given(asking)).length);
  assert.equal(bare.split("~").length, 2);
  assert.deepEqual((await take(bare, asking)).name, "");
  await assert.rejects(async () => given(asking, { skills: [] }), { code: "confirmation_empty" });
  await assert.rejects(async () => given(asking, { skills: [{ skill: "inwerken", level: 4 }] }), { code: "confirmation_not_asked" });
  await assert.rejects(async () => given(asking, { skills: [{ skill: "las-mag", level: 1 }] }), { code: "confirmation_not_asked" });
});

async function forged(asking: Asking, change: JsonObject, signer?: Signer): Promise<string> {
  const own = signer ?? (await newDeviceSigner());
  const iss = didJwk(own.public);
  const names = SKILLS["inwerken"] ?? ["", ""];
  const skills = [{ framework: "metalektro", skill: "inwerken", label_nl: names[0], label_en: names[1], level: 2 }];
  const payload: JsonObject = {
    iss, vct: "https://skillspass.example/types/collega-bevestiging/1", iat: NOW, cnf: { jwk: asking.holder.jwk }, skills, ...change,
  };
  return `${await signCompact({ typ: "dc+sd-jwt", kid: `${String(payload["iss"])}#0` }, payload, own)}~`;
}

test("whatever is not what was asked is refused, with a reason of its own", async () => {
  const asking = await asked();
  const item = (change: JsonObject): JsonObject => ({
    skills: [{ framework: "metalektro", skill: "inwerken", label_nl: SKILLS["inwerken"]?.[0] ?? "", label_en: SKILLS["inwerken"]?.[1] ?? "", level: 2, ...change }],
  });
  assert.equal((await take(await forged(asking, {}), asking)).skills.length, 1);
  const other = (await signerOf(await newHolderKey())).public;
  const wrong: [string, JsonObject][] = [
    ["holder_key_mismatch", { cnf: { jwk: other.jwk } }],
    ["confirmation_not_asked", { vct: "https://skillspass.example/types/vca-basis/1" }],
    ["confirmation_not_asked", { skills: [] }],
    ["confirmation_not_asked", item({ level: 4 })],
    ["confirmation_not_asked", item({ skill: "las-mag" })],
    ["confirmation_not_asked", item({ label_nl: "Lassen op de maan" })],
    ["confirmation_not_asked", item({ remark: "x" })],
    ["confirmation_not_asked", { skills: [...(item({})["skills"] as JsonValue[]), ...(item({})["skills"] as JsonValue[])] }],
    ["confirmation_malformed", { worked_together: "altijd" }],
    ["confirmation_malformed", { relation: "brother" }],
    ["confirmation_malformed", { example: "x".repeat(301) }],
    ["confirmation_malformed", { confirmed_by_name: "a\u202eb" }],
    ["confirmation_malformed", { given_name: "Ria" }],
    ["confirmation_malformed", { exp: NOW + 10 }],
    ["not_yet_valid", { iat: NOW + 3600 }],
    ["confirmation_malformed", { iss: "did:web:firm.example" }],
  ];
  for (const [code, change] of wrong) assert.equal(await refusal(async () => take(await forged(asking, change), asking)), code, JSON.stringify(change));
  const thief = await newDeviceSigner();
  const stolen = await forged(asking, { iss: didJwk((await newDeviceSigner()).public) }, thief);
  assert.equal(await refusal(() => take(stolen, asking)), "signature_invalid");
  for (const proposal of [null, 7, {}, { v: 2, credential: "x" }, { v: 1, credential: "x".repeat(9_000) }]) {
    assert.equal(await refusal(() => takeConfirmation(proposal, asking, SKILLS, NOW)), "confirmation_malformed");
  }
});

test("one key confirms once, and both answers of one link show the one key they are bound to", async () => {
  const asking = await asked();
  const signer = await newDeviceSigner();
  const [first, second] = [await take(await given(asking, {}, signer), asking), await given(asking, {}, signer)];
  const held = new Set([first.unverified.credential.issuer]);
  assert.equal(await refusal(() => take(second, asking, held)), "confirmation_key_reused");
  const another = await take(await given(asking), asking, held);
  assert.equal(another.unverified.holder?.thumbprint, first.unverified.holder?.thumbprint);
});

test("a snapshot is what a wallet of ours writes, or refused", async () => {
  const good = askingOf("Ria", ASKED, (await signerOf(await newHolderKey())).public);
  for (const change of [
    { v: 2 }, { name: 7 }, { name: "x".repeat(81) }, { skills: [] }, { skills: [...ASKED, ...ASKED] }, { skills: [{ skill: "toveren", level: 1 }] },
    { skills: [{ skill: "inwerken", level: 5 }] }, { skills: [{ skill: "__proto__", level: 1 }] }, { holder: null }, { holder: {} },
  ] as JsonObject[]) {
    assert.match((await refusal(() => readAsking({ ...good, ...change }, SKILLS))) ?? "", /^(asking_invalid|key_invalid)$/, JSON.stringify(change));
  }
  assert.equal(lined(" a\u0000b\n\u202e c "), "a b c");
});

const AGREED = ["Cursus lassen in mei", "Meelopen met Jan", "Gesprek in juni"];

async function card(): Promise<[TalkCard, Signer]> {
  const signer = await signerOf(await newHolderKey());
  const made: TalkCard = {
    v: 1, made: "2026-11-23", name: "Petra Kuijpers", strengths: [{ nl: "Assemblage", en: "Assembly", level: 4, grade: "manager" }],
    wishes: [{ nl: "Leren solderen", en: "Learn to solder" }], agreements: AGREED, key: signer.public.jwk,
  };
  return [await readCard(made), signer];
}

const REMARK = { agreements: ["Cursus lassen in juni", "Meelopen met Jan", "Gesprek in juni"], comment: "Goed dat je dit wilt.", name: "Erik Doornbos" };

test("both sign the same card, and whoever holds it can check both", async () => {
  const [made, signer] = await card();
  const reply = await signReply(made, REMARK, await newDeviceSigner(), NOW);
  assert.deepEqual(await readReply(reply, made, NOW), { ...REMARK, at: NOW });
  const mark = await signTalk(reply, signer, NOW + 5);
  const signed = await readSigned({ card: made, reply, mark }, NOW + 5);
  assert.deepEqual([signed.reply.agreements[0], signed.at], ["Cursus lassen in juni", NOW + 5]);
  const changed = { ...made, agreements: ["Meer loon", ...AGREED.slice(1)] };
  assert.equal(await refusal(() => readSigned({ card: changed, reply, mark }, NOW + 5)), "talk_other_card");
  const other = await signReply(made, { ...REMARK, comment: "Anders" }, await newDeviceSigner(), NOW);
  assert.equal(await refusal(() => readSigned({ card: made, reply: other, mark }, NOW + 5)), "talk_other_card");
  const stranger = await signTalk(reply, await newDeviceSigner(), NOW);
  assert.equal(await refusal(() => readSigned({ card: made, reply, mark: stranger }, NOW + 5)), "signature_invalid");
});

test("a card or reply with anything else is refused", async () => {
  const [made] = await card();
  for (const change of [
    { v: 2 }, { made: "vandaag" }, { name: "\u202e" }, { strengths: "veel" }, { agreements: ["a"] }, { wishes: [{ nl: "x" }] },
    { strengths: [{ nl: "x", en: "x", level: 9, grade: "self" }] }, { strengths: [{ nl: "x", en: "x", level: 1, grade: "god" }] }, { more: 1 },
  ] as JsonObject[]) {
    assert.equal(await refusal(() => readCard({ ...made, ...change })), "talk_invalid", JSON.stringify(change));
  }
  const own = await newDeviceSigner();
  const sign = (payload: JsonObject): Promise<string> => signCompact({ typ: "talk+jwt" }, payload, own);
  assert.equal(await refusal(async () => readReply(await sign({ iss: didJwk(own.public) }), made, NOW)), "talk_invalid");
  assert.equal(await refusal(async () => readReply(await signReply(made, REMARK, own, NOW + 900), made, NOW)), "talk_invalid");
  assert.equal(await refusal(() => readReply("x".repeat(9_000), made, NOW)), "talk_invalid");
});

test("any octets are a confirmation, a reply or a refusal", async () => {
  const asking = await asked();
  const [made] = await card();
  const draw = octetsFor("any answers");
  const good = await given(asking);
  for (let round = 0; round < 200; round++) {
    const octets = draw(1 + (round % 60));
    const place = (octets[0] ?? 0) * 3;
    const broken = round % 2 ? b64url(octets) : good.slice(0, place) + String.fromCharCode(33 + ((octets[0] ?? 0) % 90)) + good.slice(place + 1);
    if (broken === good) continue;
    const code = await refusal(() => take(broken, asking));
    assert.ok(code, broken);
    assert.ok(await refusal(() => readReply(fromUtf8(latin1(b64url(octets))), made, NOW)));
  }
});
