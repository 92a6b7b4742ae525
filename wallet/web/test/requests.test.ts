/** Signed requests and their answers: the cases of `tests/cases/requests.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { decryptCompact } from "../src/protocol/jwe.ts";
import { canonicalJson, parseObject, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { fromUtf8, latin1 } from "../src/protocol/octets.ts";
import { parseRequest, parseRequestLink, type AuthorizationRequest } from "../src/protocol/request.ts";
import { createRefusal, createResponse, matchCode, parseDelivery } from "../src/protocol/response.ts";
import { readCertificate } from "../src/protocol/x509.ts";
import { load, refusal, runCases, text } from "./cases.ts";

async function read(input: JsonObject): Promise<AuthorizationRequest> {
  const clientId = input["clientId"] === null ? undefined : text(input, "clientId");
  const anchors = ((input["anchors"] ?? []) as string[]).map((each) => readCertificate(latin1(atob(each))));
  return parseRequest(text(input, "token"), { clientId, requestUri: text(input, "requestUri"), post: false }, {
    get: async () => canonicalJson(input["document"] ?? null),
    at: Number(input["at"]),
    anchors: await Promise.all(anchors),
    ...("origin" in input ? { callingOrigin: text(input, "origin") } : {}),
  });
}

function described(request: AuthorizationRequest): JsonValue {
  return {
    clientId: request.clientId,
    did: "did" in request.asker ? request.asker.did : null,
    origin: request.origin,
    responseUri: request.responseUri,
    nonce: request.nonce,
    state: request.state ?? null,
    name: request.clientName ?? null,
    purpose: request.purpose ?? null,
    relation: request.relation ?? null,
    kid: request.encryptionKey["kid"] ?? null,
    enc: request.enc,
    expires: request.expires,
    queries: request.query.credentials.map(({ id }) => id),
  };
}

runCases("requests", {
  request: async (input) => described(await read(input)),
  link: (input) => {
    const found = parseRequestLink(text(input, "text"));
    return [found.clientId ?? null, found.requestUri];
  },
  chain: async (input) => {
    const { asker, origin } = await read(input);
    return { origin, ...asker };
  },
});

const happy = load("requests").find(({ id }) => id === "request happy-flow")?.input ?? {};

test("every module of the wallet's presentation plan that is a request has a case", () => {
  const modules = [
    "happy-flow", "alternate-happy-flow", "no-claims-in-dcql-query", "ignores-unusable-encryption-key",
    "invalid-request-object-signature", "mismatched-client-id", "invalid-client-id-prefix",
    "response-uri-not-client-id", "missing-nonce", "wrong-expected-origins",
    "unknown-transaction-data-type", "redirect-uri-with-direct-post", "multisigned-one-invalid-signature",
  ];
  const ids = load("requests").map(({ id }) => id.replace(/^(?:request|chain) /, ""));
  assert.deepEqual(modules.filter((name) => !ids.includes(name)), []);
});

test("a request with several signatures is refused, whoever calls and whether they hold or not", async () => {
  const several = load("requests").filter(({ id }) => id.startsWith("request multisigned"));
  assert.equal(several.length, 3);
  for (const { input } of several) {
    const code = text(input, "token").includes("..") ? "token_malformed" : "request_uri_invalid";
    assert.equal(await refusal(() => read(input)), code);
    assert.equal(await refusal(() => read({ ...input, origin: "https://firm.example" })), code);
  }
});

test("request-uri-method-post is told to whoever fetches", () => {
  const link = "openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fx.example&request_uri_method=post";
  assert.equal(parseRequestLink(link).post, true);
});

test("an answer is sealed to the request's key, and holds its state", async () => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { kty, crv, x, y, d } = (await crypto.subtle.exportKey("jwk", pair.privateKey)) as Record<string, string>;
  const request = { ...(await read(happy)), encryptionKey: { kty, crv, x, y, kid: "e" } as JsonObject };
  const form = new URLSearchParams(fromUtf8(await createResponse(request, { a: ["presented~"] })));
  const opened = await decryptCompact(form.get("response") ?? "", { kty, crv, x, y, d, kid: "e" } as JsonObject);
  assert.equal(fromUtf8(opened), '{"state":"s","vp_token":{"a":["presented~"]}}');
  assert.equal(fromUtf8(createRefusal(request)), "error=access_denied&state=s");
});

test("a delivery may lead on, and only by a text", async () => {
  assert.equal(parseDelivery(parseObject('{"redirect_uri":"https://x.example"}')), "https://x.example");
  assert.equal(parseDelivery({}), undefined);
  assert.equal(await refusal(() => parseDelivery({ redirect_uri: 1 })), "response_refused");
});

test("the match code is four digits, the same on both ends and another for another answer", async () => {
  const code = await matchCode("n", { a: ["x~"], b: ["y~"] });
  assert.match(code, /^\d{4}$/);
  assert.equal(await matchCode("n", { b: ["y~"], a: ["x~"] }), code);
  assert.notEqual(await matchCode("m", { a: ["x~"], b: ["y~"] }), code);
});
