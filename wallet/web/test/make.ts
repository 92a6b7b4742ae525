/** What the browser's code makes and Python must read: `node test/run.mjs --make` writes it anew. */

import { writeFileSync } from "node:fs";

import { signerOf } from "../src/keeper/signing.ts";
import { Paths, parsePath } from "../src/protocol/claims.ts";
import { present } from "../src/protocol/credentials.ts";
import { createProof } from "../src/protocol/issuance.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { fromUtf8 } from "../src/protocol/octets.ts";
import { parseRequest } from "../src/protocol/request.ts";
import { createRefusal, createResponse, matchCode } from "../src/protocol/response.ts";
import { parseSdJwtVc } from "../src/protocol/sd_jwt_vc.ts";
import { parseVcSdJwt } from "../src/protocol/vc_sd_jwt.ts";
import { derive } from "../src/derive/library.ts";
import { checkDerived } from "../src/integrity/choice.ts";
import { readSecured, revealing, SUITES } from "../src/integrity/credential.ts";
import { presentSecured } from "../src/integrity/presentation.ts";
import { member } from "../src/protocol/json.ts";
import { load, NOW, text } from "./cases.ts";

const BINDING = { audience: "decentralized_identifier:did:web:firm.example", nonce: "n-0S6_WzA2Mj" };

async function presentations(): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (const { id, kind, input } of load("tokens")) {
    if (kind !== "present") continue;
    const parse = text(input, "format") === "dc+sd-jwt" ? parseSdJwtVc : parseVcSdJwt;
    const paths = new Paths((input["disclose"] as JsonValue[]).map(parsePath));
    const signer = await signerOf(input["holder"] as JsonObject);
    const wire = await present(await parse(text(input, "wire")), signer, BINDING, paths, NOW);
    found.push({ id, format: input["format"] ?? null, wire });
  }
  return found;
}

/** Data Integrity: derived by the libraries, compared and signed by the keeper. */
async function secured(): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for (const { id, input } of load("derivations")) {
    const held = await readSecured(text(input, "wire"));
    const pointers = revealing(held, (input["choice"] as JsonValue[]).map(parsePath));
    const shown = SUITES.get(held.suite)?.selective ? ((await derive(held.document, pointers)) as JsonObject) : held.document;
    if (shown !== held.document) checkDerived(shown, held.document, [...held.mandatory, ...pointers]);
    const subject = member(held.document, "credentialSubject") as JsonObject;
    const wire = await presentSecured(shown, text(subject, "id"), await signerOf(input["holder"] as JsonObject), BINDING, NOW);
    found.push({ id, wire });
  }
  return found;
}

async function answers(): Promise<JsonObject> {
  const input = load("requests").find(({ id }) => id === "request happy-flow")?.input ?? {};
  const reference = { clientId: text(input, "clientId"), requestUri: text(input, "requestUri"), post: false };
  const get = async () => canonicalJson(input["document"] ?? null);
  const request = await parseRequest(text(input, "token"), reference, { get, at: NOW });
  const vpToken = { a: ["first~", "second~"] };
  return {
    form: fromUtf8(await createResponse(request, vpToken)),
    refusal: fromUtf8(createRefusal(request)),
    match: await matchCode(request.nonce, vpToken),
  };
}

const holder = load("tokens").find(({ kind }) => kind === "present")?.input["holder"] as JsonObject;
const proof = await createProof(await signerOf(holder), "https://issuer.example", "nonce", NOW);
const made = { presentations: await presentations(), answers: await answers(), proof, secured: await secured() };
const path = new URL("../../../../tests/cases/made/browser.json", import.meta.url);
writeFileSync(path, `${JSON.stringify(made, null, 1)}\n`);
