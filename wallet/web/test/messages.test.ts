/** OpenID4VCI messages: the cases of `tests/cases/messages.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createCredentialRequest, createNotification, createProof, createTokenRequest, metadataUrl,
  parseCredentialResponse, parseIssuerMetadata, parseNonceResponse, parseServerMetadata, parseTokenResponse,
} from "../src/protocol/issuance.ts";
import { peek, verifyJws } from "../src/protocol/jose.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { publicKeyFromJwk } from "../src/protocol/keys.ts";
import { isHttpsUrl, originOf } from "../src/protocol/message.ts";
import { b64url, fromUtf8 } from "../src/protocol/octets.ts";
import { parseOffer, parseOfferLink, type CredentialOffer } from "../src/protocol/offer.ts";
import { NOW, refusal, runCases, text } from "./cases.ts";
import { newSigner } from "./signers.ts";

const ISSUER = "https://issuer.example/o/school";

function document(input: JsonObject): JsonObject {
  return input["document"] as JsonObject;
}

function offered(offer: CredentialOffer): JsonObject {
  return {
    issuer: offer.credentialIssuer,
    ids: [...offer.configurationIds],
    code: offer.preAuthorizedCode ?? null,
    tx: offer.txCode ? { numeric: offer.txCode.numeric, length: offer.txCode.length ?? null } : null,
    server: offer.authorizationServer ?? null,
  };
}

function readIssuer(input: JsonObject): JsonValue {
  const found = parseIssuerMetadata(document(input), ISSUER);
  return {
    endpoint: found.credentialEndpoint,
    nonce: found.nonceEndpoint ?? null,
    servers: [...found.authorizationServers],
    batch: found.batchSize,
    names: Object.fromEntries(found.names),
    configurations: Object.fromEntries([...found.configurations].map(([id, each]) => {
      const vct = each.format === "dc+sd-jwt" ? each.type : null;
      return [id, [each.format, vct]];
    })),
  };
}

runCases("messages", {
  offer: (input) => offered(parseOffer(document(input))),
  link: (input) => {
    const found = parseOfferLink(text(input, "text"));
    return "uri" in found ? found.uri : offered(found.offer);
  },
  url: (input) => (isHttpsUrl(input["text"]) ? originOf(text(input, "text")) : null),
  "well-known": (input) => metadataUrl(text(input, "text"), "openid-credential-issuer"),
  issuer: readIssuer,
  token: (input) => parseTokenResponse(document(input)),
  response: (input) => {
    const found = parseCredentialResponse(document(input));
    return [[...found.credentials], found.transactionId ?? null, found.notificationId ?? null];
  },
  nonce: (input) => parseNonceResponse(document(input)),
  "token request": (input) =>
    fromUtf8(createTokenRequest(text(input, "code"), "pin" in input ? text(input, "pin") : undefined)),
  "credential request": (input) => b64url(canonicalJson(createCredentialRequest(text(input, "id"), input["proofs"] as string[]))),
});

test("a key proof verifies under the key in its own header", async () => {
  const token = await createProof(await newSigner(), ISSUER, "nonce", NOW + 0.7);
  const jws = peek(token, { typ: ["openid4vci-proof+jwt"], headerKey: true });
  await verifyJws(jws, await publicKeyFromJwk(jws.header["jwk"] as JsonObject));
  assert.deepEqual({ ...jws.payload }, { aud: ISSUER, iat: NOW, nonce: "nonce" });
});

test("server metadata are of the server that was asked", async () => {
  const sound = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` };
  assert.equal(parseServerMetadata(sound, ISSUER).tokenEndpoint, `${ISSUER}/token`);
  assert.equal(await refusal(() => parseServerMetadata(sound, "https://x.example")), "issuer_metadata_invalid");
  assert.equal(fromUtf8(createNotification("n", "credential_failure")), '{"event":"credential_failure","notification_id":"n"}');
});
