/** What is fetched: the cases of `tests/cases/documents.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { documentUrl, readDocument, selfNamed, type DidDocument } from "../src/protocol/dids.ts";
import { decryptCompact, encryptCompact } from "../src/protocol/jwe.ts";
import { signCompact } from "../src/protocol/jose.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { publicKeyFromJwk } from "../src/protocol/keys.ts";
import { b64url, latin1 } from "../src/protocol/octets.ts";
import { readStatusList, statusAt } from "../src/protocol/status.ts";
import { bitstringStatus, readBitstringList } from "../src/status/bitstring.ts";
import { checkNewest, Newest } from "../src/status/newest.ts";
import { load, NOW, refusal, runCases, text } from "./cases.ts";
import { newSigner } from "./signers.ts";

const DID = "did:web:school.example";

function described(document: DidDocument): JsonObject {
  return {
    id: document.id,
    methods: Object.fromEntries([...document.methods].map(([name, key]) => [name, key.thumbprint])),
    serving: Object.fromEntries(
      Object.entries(document.relationships).map(([purpose, names]) => [purpose, [...names].sort()]),
    ),
  };
}

async function bitstring(input: JsonObject): Promise<JsonValue> {
  const key = await publicKeyFromJwk(input["key"] as JsonObject);
  const list = await readBitstringList(canonicalJson(input["list"] ?? null), text(input, "uri"), () => key, Number(input["at"]));
  return bitstringStatus(list, {
    kind: "bitstring", uri: text(input, "uri"), index: Number(input["index"]), purpose: text(input, "purpose"), size: Number(input["size"]),
  });
}

async function status(input: JsonObject): Promise<JsonValue> {
  const key = await publicKeyFromJwk(input["key"] as JsonObject);
  const list = await readStatusList(text(input, "token"), text(input, "uri"), key, Number(input["at"]));
  return statusAt(list, Number(input["index"]));
}

function newest({ issued_at, seen }: JsonObject): JsonValue {
  checkNewest(Number(issued_at), seen === null ? undefined : Number(seen));
  return "ok";
}

runCases("documents", {
  document: async (input) => described(await readDocument(DID, canonicalJson(input["document"] ?? null))),
  address: (input) => documentUrl(text(input, "did")),
  "self-named": async (input) => described(await selfNamed(text(input, "did"))),
  key: async (input) => (await publicKeyFromJwk(input["jwk"] as JsonObject)).thumbprint,
  status,
  bitstring,
  newest,
  met: async (input) => {
    const [newest, said]: [Newest, string[]] = [new Newest(), []];
    for (const each of input["lists"] as JsonObject[]) {
      const list = { issuedAt: Number(each["issued_at"]) };
      said.push(await newest.take(text(each, "issuer"), text(each, "uri"), list).then(() => "ok", (error: { code: string }) => error.code));
    }
    return { said, kept: { ...newest.kept() } };
  },
  encrypted: async (input) => b64url(await decryptCompact(text(input, "token"), input["key"] as JsonObject)),
});

test("what we encrypt opens with the private key, in both encryptions", async () => {
  const key = load("documents").find(({ id }) => id === "encrypted A256GCM")?.input["key"] as JsonObject;
  const { d: _, ...recipient } = key;
  for (const enc of ["A128GCM", "A256GCM"] as const) {
    const token = await encryptCompact(latin1("plain"), recipient, { enc, apv: latin1("nonce") });
    assert.equal(String.fromCharCode(...(await decryptCompact(token, key))), "plain");
  }
});

const listed = load("documents").find(({ id }) => id === "bitstring index 1")?.input ?? {};
const place = { kind: "bitstring", uri: text(listed, "uri"), index: 1, purpose: "revocation" } as const;

test("a list that travels as a token is read, and only under its issuer's key, type and time", async () => {
  const [issuer, other] = [await newSigner(), await newSigner()];
  const { proof: _, ...document } = listed["list"] as JsonObject;
  const token = (payload: JsonObject, typ = "vc+jwt"): Promise<string> => signCompact({ typ }, payload, issuer);
  const read = async (octets: string, signer = issuer): Promise<number> =>
    bitstringStatus(await readBitstringList(latin1(octets), place.uri, () => signer.public, NOW), place);
  assert.equal(await read(await token(document)), 1);
  assert.equal(await read(await token({ ...document, exp: NOW + 1 })), 1);
  assert.equal(await refusal(async () => read(await token(document), other)), "status_invalid");
  assert.equal(await refusal(async () => read(await token(document, "JWT"))), "status_invalid");
  assert.equal(await refusal(async () => read(await token({ ...document, exp: NOW }))), "status_invalid");
  assert.equal(await refusal(async () => read(await token({ ...document, iss: "did:web:evil.example" }))), "status_invalid");
});

test("a proof over statements is not read: that is no clean list; one over JSON beside it is", async () => {
  const { proof, ...document } = listed["list"] as { proof: JsonObject };
  const over = { ...proof, cryptosuite: "eddsa-rdfc-2022" };
  const key = await publicKeyFromJwk(listed["key"] as JsonObject);
  const read = async (proofs: JsonValue): Promise<number> =>
    bitstringStatus(await readBitstringList(canonicalJson({ ...document, proof: proofs }), place.uri, () => key, NOW), place);
  assert.equal(await refusal(() => read(over)), "status_proof_unread");
  assert.equal(await read([over, proof]), 1);
  assert.equal(await refusal(() => read([over, { ...proof, created: "2026-11-22T12:00:00Z" }])), "status_invalid");
});

test("an older list is refused at its own address alone, and what was met is kept", async () => {
  const newest = new Newest();
  const list = (issuedAt: number): { issuedAt: number } => ({ issuedAt });
  await newest.take(DID, place.uri, list(10));
  await newest.take(DID, place.uri, list(10));
  assert.equal(await refusal(() => newest.take(DID, place.uri, list(9))), "status_rollback");
  await newest.take(DID, "https://school.example/status/2", list(9));
  await newest.take("did:web:other.example", place.uri, list(9)); // nobody turns another's list away
  const again = new Newest(newest.kept());
  assert.equal(await refusal(() => again.take(DID, place.uri, list(9))), "status_rollback");
  await again.take(DID, place.uri, list(11));
  assert.equal(JSON.stringify(newest.kept()).includes("school"), false);
});
