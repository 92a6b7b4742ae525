/** Data Integrity: read, derived by the libraries, compared by the keeper, and checked. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { check, derive, type Method } from "../src/derive/library.ts";
import { checkDerived, selected } from "../src/integrity/choice.ts";
import { readSecured, revealing, SUITES, type Secured } from "../src/integrity/credential.ts";
import * as door from "../src/integrity/door.ts";
import type { Ask } from "../src/integrity/frame.ts";
import { presentSecured } from "../src/integrity/presentation.ts";
import { signerOf } from "../src/keeper/signing.ts";
import { parsePath } from "../src/protocol/claims.ts";
import { readMembers } from "../src/protocol/dids.ts";
import { canonicalJson, member, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { fromUtf8 } from "../src/protocol/octets.ts";
import { load, NOW, pythonOrder, refusal, runCases, text } from "./cases.ts";
import { newSigner } from "./signers.ts";

runCases("derivations", {
  secured: async (input) => {
    const { unverified: { credential, holder, keyId, disclosable } } = await readSecured(text(input, "wire"));
    const paths = disclosable.map((path): JsonValue => [...path]);
    return {
      type: credential.type, issuer: credential.issuer, holder: holder?.thumbprint ?? null, key: keyId ?? null,
      claims: { ...credential.claims }, disclosable: paths.sort((one, other) => (pythonOrder(one) < pythonOrder(other) ? -1 : 1)),
    };
  },
});

const given = new Map(load("derivations").map(({ id, input }) => [id.replace("derivation ", ""), input]));
const held = (suite: string): Promise<Secured> => readSecured(text(given.get(suite) ?? {}, "wire"));
const methodOf = (suite: string): Method => given.get(suite)?.["method"] as unknown as Method;
const chosen = (suite: string): string[][] => given.get(suite)?.["choice"] as string[][];
const SELECTIVE = [...SUITES].filter(([, { selective }]) => selective).map(([name]) => name);

for (const suite of SUITES.keys()) {
  test(`${suite}: the issuer's proof holds under its own key, and no other one, or changed`, async () => {
    const { document } = await held(suite);
    assert.equal(await check(document, methodOf(suite)), true);
    const subject = { ...(document["credentialSubject"] as JsonObject), given_name: "Piet" };
    assert.equal(await check({ ...document, credentialSubject: subject }, methodOf(suite)), false);
    assert.equal(await check(document, { ...methodOf(suite), id: "did:web:evil.example#k" }), false);
  });
}

for (const suite of SELECTIVE) {
  test(`${suite}: what comes back is what was chosen`, async () => {
    const secured = await held(suite);
    const pointers = revealing(secured, chosen(suite).map((path) => parsePath(path)));
    const all = [...secured.mandatory, ...pointers];
    const shown = (await derive(secured.document, pointers)) as JsonObject;
    checkDerived(shown, secured.document, all);
    const claims = shown["credentialSubject"] as JsonObject;
    assert.deepEqual((claims["skills"] as JsonValue[]).length, 1);
    assert.equal(member(claims, "given_name"), undefined);
    assert.equal(member(claims, "date_of_test"), "2026-10-01");
    assert.ok(!fromUtf8(canonicalJson(shown)).includes("Bakker"));
  });

  test(`${suite}: a frame that shows more, less or other is not believed`, async () => {
    const secured = await held(suite);
    const pointers = revealing(secured, chosen(suite).map((path) => parsePath(path)));
    const all = [...secured.mandatory, ...pointers];
    const more = (await derive(secured.document, [...pointers, "/credentialSubject/family_name"])) as JsonObject;
    const less = (await derive(secured.document, pointers.slice(1))) as JsonObject;
    const right = (await derive(secured.document, pointers)) as JsonObject;
    const { proof: _, ...bare } = right;
    const other = { ...right, credentialSubject: { ...(right["credentialSubject"] as JsonObject), date_of_test: "2026-10-02" } };
    for (const shown of [more, less, bare as JsonObject, other, secured.document]) {
      assert.equal(await refusal(() => checkDerived(shown, secured.document, all)), "derived_differs");
    }
  });
}

test("pointers that lead nowhere are refused, and a list keeps its order", async () => {
  const { document } = await held("ecdsa-sd-2023");
  for (const pointer of ["x", "/nothing", "/credentialSubject/skills/9", "/credentialSubject/given_name/x"]) {
    assert.equal(await refusal(() => selected(document, [pointer])), "pointer_invalid");
  }
  const found = selected(document, ["/credentialSubject/skills/1/skill", "/credentialSubject/skills/0/level"]);
  assert.deepEqual((found["credentialSubject"] as JsonObject)["skills"], [{ level: 2 }, { skill: "urn:b" }]);
});

test("what may be left out is what its issuer let go", async () => {
  const { unverified } = await held("ecdsa-sd-2023");
  const names = new Set(unverified.disclosable.map(([name]) => name));
  assert.ok(names.has("given_name") && names.has("skills"));
  assert.deepEqual((await held("eddsa-rdfc-2022")).unverified.disclosable, []);
});

test("another suite, two proofs, a derived one and a stranger's key are refused", async () => {
  const { document } = await held("ecdsa-sd-2023");
  const proof = document["proof"] as JsonObject;
  const changed = (change: JsonValue): string => fromUtf8(canonicalJson({ ...document, proof: change }));
  const read = (change: JsonValue) => refusal(() => readSecured(changed(change)));
  assert.equal(await read([proof, proof]), "cryptosuite_not_allowed");
  assert.equal(await read({ ...proof, cryptosuite: "ecdsa-rdfc-2019" }), "cryptosuite_not_allowed");
  assert.equal(await read({ ...proof, proofValue: "zabc" }), "proof_value_malformed");
  for (const octets of ["u2V0A", "u2V0AhA", "u2V0Bg2Fh", "u"]) assert.equal(await read({ ...proof, proofValue: octets }), "proof_value_malformed");
  const stranger = await newSigner();
  const subject = text(document["credentialSubject"] as JsonObject, "id");
  const binding = { audience: "a", nonce: "n" };
  assert.equal(await refusal(() => presentSecured(document, subject, stranger, binding, NOW)), "holder_key_mismatch");
  const own = await signerOf(given.get("ecdsa-sd-2023")?.["holder"] as JsonObject);
  const made = await presentSecured(document, subject, own, binding, NOW);
  assert.equal((made["proof"] as JsonObject)["cryptosuite"], "ecdsa-jcs-2019");
});

/** The frame's own answers, without a frame. */
const ask = async (question: JsonObject): Promise<JsonValue> => {
  const document = question["credential"] as Record<string, unknown>;
  if (question["ask"] === "check") return check(document, question["method"] as unknown as Method);
  return (await derive(document, question["pointers"] as string[])) as JsonObject;
};

for (const suite of SUITES.keys()) {
  test(`${suite}: the key comes from the issuer's own document, for assertions`, async () => {
    const { document } = await held(suite);
    const { id, publicKeyMultibase } = methodOf(suite);
    const raw: JsonObject = {
      "@context": "https://www.w3.org/ns/did/v1", id: "did:web:school.example",
      verificationMethod: [{ id, type: "Multikey", controller: "did:web:school.example", publicKeyMultibase }], assertionMethod: [id],
    };
    const found = (changed: JsonObject): Promise<string> => refusal(async () => {
      const whole = { ...raw, ...changed };
      await door.check(document, await readMembers("did:web:school.example", whole), whole, NOW, ask);
    });
    assert.equal(await found({}), "accepted");
    assert.match(await found({ assertionMethod: [] }), /^proof_(?:key_unknown|purpose_mismatch)$/);
    assert.match(await found({ verificationMethod: [] }), /^(?:proof_key_unknown|method_not_of_issuer)$/);
    const liar: Ask = async () => false;
    const whole = await readMembers("did:web:school.example", raw);
    assert.equal(await refusal(() => door.check(document, whole, raw, NOW, liar)), "proof_invalid");
    assert.equal(await refusal(() => door.check(document, whole, raw, NOW - 61, ask)), "not_yet_valid");
    const elsewhere = { ...document, "@context": [document["@context"] ?? [], "https://elsewhere.example/v1"].flat() };
    await assert.rejects(async () => ask({ ask: "check", credential: elsewhere, method: methodOf(suite) as unknown as JsonObject }), { message: "context_unknown" });
  });
}

test("a frame that lies about what it derived leaves nothing signed", async () => {
  const { document } = await held("ecdsa-sd-2023");
  const signer = await signerOf(given.get("ecdsa-sd-2023")?.["holder"] as JsonObject);
  const binding = { audience: "a", nonce: "n" };
  const paths = chosen("ecdsa-sd-2023").map((path) => parsePath(path));
  const made = await door.show(document, signer, binding, paths, NOW, ask);
  assert.ok(!fromUtf8(canonicalJson(made)).includes("Bakker"));
  for (const lie of [document, null, {}, { ...document, proof: null }]) {
    assert.equal(await refusal(() => door.show(document, signer, binding, paths, NOW, async () => lie)), "derived_differs");
  }
});
