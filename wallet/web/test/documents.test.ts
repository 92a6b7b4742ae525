/** What is fetched: the cases of `tests/cases/documents.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { documentUrl, readDocument, selfNamed, type DidDocument } from "../src/protocol/dids.ts";
import { decryptCompact, encryptCompact } from "../src/protocol/jwe.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { publicKeyFromJwk } from "../src/protocol/keys.ts";
import { b64url, latin1 } from "../src/protocol/octets.ts";
import { readStatusList, statusAt } from "../src/protocol/status.ts";
import { load, runCases, text } from "./cases.ts";

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

async function status(input: JsonObject): Promise<JsonValue> {
  const key = await publicKeyFromJwk(input["key"] as JsonObject);
  const list = await readStatusList(text(input, "token"), text(input, "uri"), key, Number(input["at"]));
  return statusAt(list, Number(input["index"]));
}

runCases("documents", {
  document: async (input) => described(await readDocument(DID, canonicalJson(input["document"] ?? null))),
  address: (input) => documentUrl(text(input, "did")),
  "self-named": async (input) => described(await selfNamed(text(input, "did"))),
  key: async (input) => (await publicKeyFromJwk(input["jwk"] as JsonObject)).thumbprint,
  status,
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
