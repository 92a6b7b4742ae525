/**
 * Data Integrity in the keeper: read, check, and show in part; a file of its own, loaded when a
 * credential needs it, so that the first load does without.
 */

import type { ClaimsPath } from "../protocol/claims.ts";
import { select } from "../protocol/claims.ts";
import { checkDates, type Unverified } from "../protocol/credentials.ts";
import type { DidDocument } from "../protocol/dids.ts";
import { keyOf } from "../protocol/dids.ts";
import { rejected } from "../protocol/errors.ts";
import { canonicalJson, isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import type { Binding } from "../protocol/key_binding.ts";
import type { Signer } from "../protocol/keys.ts";
import { CLOCK_SKEW } from "../protocol/limits.ts";
import { concat, fromB64url, fromUtf8 } from "../protocol/octets.ts";
import { checkDerived } from "./choice.ts";
import { readSecured, revealing, SUITES, type Secured } from "./credential.ts";
import type { Ask } from "./frame.ts";
import { base58, presentSecured } from "./presentation.ts";

export { ARE_YOU_THERE, askFrame } from "./frame.ts";

/** Read a credential as it was received; checks no proof. */
export async function read(wire: JsonValue): Promise<Unverified> {
  return (await secured(wire)).unverified;
}

/** The issuer's proof holds under a key of its document, and the moment lies within the dates. */
export async function check(wire: JsonValue, issuer: DidDocument, raw: JsonObject, at: number, ask: Ask): Promise<void> {
  const { document, unverified, suite } = await secured(wire);
  const method = methodIn(raw, unverified, suite, issuer);
  if ((await ask({ ask: "check", credential: document, method })) !== true) throw rejected("proof_invalid", suite);
  if (unverified.credential.issuedAt > at + CLOCK_SKEW) throw rejected("not_yet_valid", "issued in the future");
  checkDates(unverified.credential, at);
}

/** The key that signed one which was checked before still serves its issuer; refuses as `check`. */
export async function checkKey({ wire }: Unverified, issuer: DidDocument, raw: JsonObject): Promise<void> {
  const { unverified, suite } = await secured(wire);
  methodIn(raw, unverified, suite, issuer);
}

/** What was chosen of a credential, compared with what came back, and signed for one request. */
export async function show(
  wire: JsonValue, signer: Signer, binding: Binding, chosen: readonly ClaimsPath[], at: number, ask: Ask,
): Promise<JsonObject> {
  const held = await secured(wire);
  const { document, suite, mandatory, unverified } = held;
  let shown: JsonObject = document;
  if (SUITES.get(suite)?.selective) {
    const concrete = chosen.flatMap((path) => select(unverified.credential.claims, path).map(([found]) => found));
    const pointers = revealing(held, concrete);
    const derived = await ask({ ask: "derive", credential: document, pointers });
    if (!isObject(derived)) throw rejected("derived_differs", "no document");
    checkDerived(derived, document, [...mandatory, ...pointers]);
    shown = derived;
  }
  const subject = member(document, "credentialSubject");
  const id = isObject(subject) ? member(subject, "id") : undefined;
  return presentSecured(shown, typeof id === "string" ? id : "", signer, binding, at);
}

const secured = (wire: JsonValue): Promise<Secured> => readSecured(typeof wire === "string" ? wire : fromUtf8(canonicalJson(wire)));

/** The key that the proof names, as the issuer's own document has it for assertions, as a Multikey. */
function methodIn(raw: JsonObject, { keyId, credential }: Unverified, suite: string, issuer: DidDocument): JsonObject {
  const about = { id: keyId ?? "", controller: credential.issuer };
  if (suite !== "bbs-2023") return { ...about, publicKeyMultibase: multikeyOf(keyOf(issuer, keyId, "assertionMethod").jwk) };
  const methods = member(raw, "verificationMethod");
  const found = (Array.isArray(methods) ? methods : []).find((each) => isObject(each) && member(each, "id") === keyId);
  const allowed = member(raw, "assertionMethod");
  const multikey = isObject(found) ? member(found, "publicKeyMultibase") : undefined;
  if (typeof multikey !== "string" || !Array.isArray(allowed) || !allowed.includes(keyId ?? "")) {
    throw rejected("proof_key_unknown", "no key of the issuer");
  }
  return { ...about, publicKeyMultibase: multikey };
}

/** A public key as a Multikey (Controlled Identifiers 1.0, section 2.2.2). */
function multikeyOf(jwk: JsonObject): string {
  const [x, y] = [member(jwk, "x"), member(jwk, "y")].map((part) => (typeof part === "string" ? fromB64url(part) : new Uint8Array()));
  if (member(jwk, "crv") === "Ed25519") return `z${base58(concat(Uint8Array.of(0xed, 0x01), x ?? ""))}`;
  if (member(jwk, "crv") !== "P-256") throw rejected("proof_key_unknown", "another curve");
  return `z${base58(concat(Uint8Array.of(0x80, 0x24, 2 + ((y?.at(-1) ?? 0) & 1)), x ?? ""))}`;
}
