/** SD-JWT credentials: the cases of `tests/cases/tokens.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { parsePath, Paths } from "../src/protocol/claims.ts";
import { present, verify, type Unverified } from "../src/protocol/credentials.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import { publicKeyFromJwk } from "../src/protocol/keys.ts";
import { parseSdJwtVc } from "../src/protocol/sd_jwt_vc.ts";
import { parseVcSdJwt } from "../src/protocol/vc_sd_jwt.ts";
import { load, NOW, refusal, runCases, text } from "./cases.ts";
import { newSigner } from "./signers.ts";

const AUDIENCE = "decentralized_identifier:did:web:firm.example";

function parse(input: JsonObject): Promise<Unverified> {
  const read = text(input, "format") === "dc+sd-jwt" ? parseSdJwtVc : parseVcSdJwt;
  return read(text(input, "wire"));
}

/** As `described` in `tests/cases/tokens.py`. */
export function described(unverified: Unverified): JsonObject {
  const { credential } = unverified;
  const paths = unverified.disclosable.map((path) => [...path] as JsonValue);
  const spelled = (path: JsonValue): string => JSON.stringify(path).replaceAll(",", ", ");
  return {
    type: credential.type,
    issuer: credential.issuer,
    claims: credential.claims,
    issuedAt: credential.issuedAt,
    validFrom: credential.validFrom ?? null,
    validUntil: credential.validUntil ?? null,
    status: credential.status.map(({ kind, uri, index }) => [kind, uri, index]),
    credentialId: credential.credentialId ?? null,
    keyId: unverified.keyId ?? null,
    holder: unverified.holder?.thumbprint ?? null,
    disclosable: paths.sort((one, other) => (spelled(one) < spelled(other) ? -1 : 1)),
    presented: unverified.presented,
  };
}

async function check(input: JsonObject): Promise<JsonValue> {
  const key = await publicKeyFromJwk(input["key"] as JsonObject);
  const expected = "audience" in input ? { audience: text(input, "audience"), nonce: text(input, "nonce") } : undefined;
  return (await verify(await parse(input), key, Number(input["at"]), expected)).type;
}

async function show(input: JsonObject): Promise<JsonValue> {
  const paths = new Paths((input["disclose"] as JsonValue[]).map(parsePath));
  const shown = await present(await parse(input), await newSigner(), { audience: AUDIENCE, nonce: "n" }, paths, NOW);
  return shown.slice(0, shown.lastIndexOf("~"));
}

runCases("tokens", { parse: async (input) => described(await parse(input)), verify: check, present: show });

test("what is shown verifies under the holder's own key, and for one request alone", async () => {
  const held = load("tokens").find(({ id }) => id === "parse whole");
  assert.ok(held);
  const signer = await newSigner();
  const binding = { audience: AUDIENCE, nonce: "n" };
  const shown = await present(await parse(held.input), signer, binding, new Paths([["skills", 0]]), NOW);
  const unverified = { ...(await parseSdJwtVc(shown)), holder: signer.public };
  const issuer = load("tokens").find(({ id }) => id === "verify held")?.input["key"] as JsonObject;
  const key = await publicKeyFromJwk(issuer);
  assert.deepEqual(Object.keys((await verify(unverified, key, NOW, binding)).claims).sort(), ["language", "skills"]);
  assert.equal(await refusal(() => verify(unverified, key, NOW, { ...binding, nonce: "m" })), "nonce_invalid");
  assert.equal(await refusal(() => verify(unverified, key, NOW + 601, binding)), "kb_iat_invalid");
  assert.equal(await refusal(() => present(unverified, signer, { audience: "", nonce: "n" }, new Paths(), NOW)), "config_nonce_required");
});
