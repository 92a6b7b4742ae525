/**
 * Bitstring Status List 1.0: a few bits per credential, in a list that is itself a credential.
 *
 * Read where a browser can check the proof: a token (`vc+jwt`), or a Data Integrity proof over plain
 * JSON (eddsa-jcs-2022, ecdsa-jcs-2019). A list that has only proofs over statements stays unread,
 * which is no answer and never a clean one.
 */

import type { StatusReference } from "../protocol/credentials.ts";
import { checkAgreement, issuerOf, parseTime, subjectOf, typesOf, validityOf } from "../protocol/data_model.ts";
import { malformed, Refusal, rejected, undetermined } from "../protocol/errors.ts";
import { numericDate, peek, verifyJws } from "../protocol/jose.ts";
import { canonicalJson, checkJson, isObject, member, parseObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { verifySignature, type Algorithm, type PublicKey } from "../protocol/keys.ts";
import { CLOCK_SKEW, MAX_STATUS_LIST_BYTES } from "../protocol/limits.ts";
import { concat, fromB64url, fromMultibase, fromUtf8, sha, type Octets } from "../protocol/octets.ts";
import { inflate } from "../protocol/status.ts";

const LIST_CREDENTIAL = "BitstringStatusListCredential";
const LIST = "BitstringStatusList";
const LEAST = 131_072; // statuses: fewer would tell whose list is asked for
const MAX_PROOFS = 8;
const MAX_LIST_TEXT = 4 * Math.ceil(MAX_STATUS_LIST_BYTES / 3); // characters
const TOKEN = /^[A-Za-z0-9_-]+\./;
const SUITES: Readonly<Record<string, readonly Algorithm[]>> = {
  "eddsa-jcs-2022": ["EdDSA"], "ecdsa-jcs-2019": ["ES256", "ES384"],
};

/** A list whose proof and dates held. */
export interface BitstringList {
  readonly issuedAt: number; // in seconds: its `validFrom`
  readonly issuer: string; // the caller compares it with the credential's
  readonly purposes: readonly JsonValue[];
  readonly encoded: string;
}

/** The key behind a verification method; of a list that names none the issuer's only one. */
export type KeyOf = (keyId: string | undefined) => PublicKey | Promise<PublicKey>;

/**
 * Check a published list (section 3.2).
 *
 * Refuses `status_invalid` and `status_proof_unread` (both undetermined), `status_list_malformed`.
 */
export async function readBitstringList(body: Octets, uri: string, keyOf: KeyOf, at: number): Promise<BitstringList> {
  let document: JsonObject;
  let [issuer, from, until]: [string, number | undefined, number | undefined] = ["", undefined, undefined];
  try {
    document = await proven(body, keyOf, at);
    if (member(document, "id") !== uri || !typesOf(document).has(LIST_CREDENTIAL)) {
      throw undetermined("status_invalid", "another document than was asked for");
    }
    issuer = issuerOf(document);
    [from, until] = validityOf(document);
    subjectOf(document);
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind === "undetermined") throw error;
    throw undetermined("status_invalid", error.code);
  }
  if (from === undefined || from > at + CLOCK_SKEW || (until !== undefined && at >= until)) {
    throw undetermined("status_invalid", "out of date, or not dated");
  }
  const subject = subjectOf(document);
  const encoded = member(subject, "encodedList");
  if (member(subject, "type") !== LIST || typeof encoded !== "string") {
    throw malformed("status_list_malformed", "members type and encodedList");
  }
  checkTimeToLive(member(subject, "ttl"));
  return { issuedAt: from, issuer, purposes: listOf(member(subject, "statusPurpose")), encoded };
}

/**
 * The status at a credential's place: 0, or what the purpose makes of it.
 *
 * Refuses `status_purpose_mismatch` (undetermined), `status_list_malformed`, `status_list_too_large`,
 * `status_list_too_short`, `status_index_invalid`.
 */
export async function bitstringStatus(list: BitstringList, { index, purpose, size = 1 }: StatusReference): Promise<number> {
  if (!list.purposes.includes(purpose)) throw undetermined("status_purpose_mismatch", `expected ${purpose}`);
  const octets = await unpacked(list.encoded);
  const count = Math.floor((octets.length * 8) / size);
  if (count < LEAST) throw malformed("status_list_too_short", `${count} statuses`);
  if (!Number.isInteger(index) || index < 0 || (index + 1) * size > octets.length * 8) {
    throw malformed("status_index_invalid", `${index} of ${count}`);
  }
  let status = 0;
  for (let place = index * size; place < (index + 1) * size; place++) { // the most significant bit first
    status = status * 2 + (((octets[place >> 3] ?? 0) >> (7 - (place % 8))) & 1);
  }
  return status;
}

/** The list credential, after a proof of it held. */
async function proven(body: Octets, keyOf: KeyOf, at: number): Promise<JsonObject> {
  const text = fromUtf8(body).trim();
  if (!TOKEN.test(text)) return checkProofs(parseObject(body, MAX_LIST_TEXT), keyOf, at);
  const jws = peek(text, { typ: ["vc+jwt"] });
  const named = member(jws.header, "kid");
  await verifyJws(jws, await keyOf(typeof named === "string" ? named : undefined));
  checkAgreement(jws.payload);
  const [start, end] = ["nbf", "exp"].map((name) => numericDate(jws.payload, name));
  if ((start ?? 0) > at + CLOCK_SKEW || at >= (end ?? Infinity)) throw undetermined("status_invalid", "another time");
  return jws.payload;
}

/** Every proof that we can read holds, and there is one; those of other suites are not judged. */
async function checkProofs(document: JsonObject, keyOf: KeyOf, at: number): Promise<JsonObject> {
  const { proof = null, ...unsecured } = document;
  const proofs = listOf(proof).filter(isObject);
  if (proofs.length === 0 || proofs.length > MAX_PROOFS) throw malformed("no_proof", `${proofs.length} proofs`);
  const readable = proofs.filter((each) => Object.hasOwn(SUITES, String(member(each, "cryptosuite"))));
  if (readable.length === 0) throw undetermined("status_proof_unread", "no proof over plain JSON");
  for (const each of readable) await checkProof(unsecured, each, keyOf, at);
  return unsecured;
}

/** One proof over canonical JSON (Data Integrity ECDSA and EdDSA Cryptosuites 1.0, section 3.3.2). */
async function checkProof(unsecured: JsonObject, proof: JsonObject, keyOf: KeyOf, at: number): Promise<void> {
  const { proofValue, ...options } = proof;
  if (member(options, "type") !== "DataIntegrityProof" || Object.hasOwn(options, "previousProof")) {
    throw rejected("proof_invalid", "another kind of proof, or one of a chain");
  }
  if (member(options, "proofPurpose") !== "assertionMethod") throw rejected("proof_purpose_mismatch", "not an assertion");
  checkProofDates(options, at);
  const method = member(options, "verificationMethod");
  if (typeof method !== "string" || !method) throw malformed("proof_malformed", "member verificationMethod");
  const key = await keyOf(method);
  const algorithms = SUITES[String(member(options, "cryptosuite"))] ?? [];
  if (!algorithms.includes(key.algorithm)) throw rejected("cryptosuite_not_allowed", `a key for ${key.algorithm}`);
  if (typeof proofValue !== "string" || !proofValue.startsWith("z")) throw rejected("proof_invalid", "member proofValue");
  const signed = inContext(unsecured, options);
  const hashes = [options, signed].map((each) => {
    checkJson(each);
    return sha(canonicalJson(each), key.algorithm === "ES384" ? 384 : 256);
  });
  await verifySignature(key, fromMultibase(proofValue), concat(...(await Promise.all(hashes))));
}

/** The document in the context that the proof names: contexts added behind it were not signed. */
function inContext(document: JsonObject, options: JsonObject): JsonObject {
  if (!Object.hasOwn(options, "@context")) return document;
  const [own, signed] = [document, options].map((each) => listOf(member(each, "@context")));
  const begins = (signed ?? []).every((each, place) => String(canonicalJson(each)) === String(canonicalJson(own?.[place] ?? null)));
  if (!begins) throw rejected("proof_invalid", "the proof was made in another context");
  return { ...document, "@context": options["@context"] ?? null };
}

function checkProofDates(proof: JsonObject, at: number): void {
  const [created, expires] = ["created", "expires"].map((name) => (Object.hasOwn(proof, name) ? parseTime(proof[name], name) : undefined));
  if ((created ?? 0) > at + CLOCK_SKEW || (expires ?? Infinity) <= at) throw rejected("proof_date_invalid", "another time");
}

/** `ttl`, in milliseconds (section 2.2). */
function checkTimeToLive(value: JsonValue | undefined): void {
  if (value === undefined || value === null) return;
  if (!Number.isInteger(value) || Number(value) < 0 || Number(value) >= 2 ** 48) throw malformed("status_list_malformed", "member ttl");
}

/** Multibase base64url of exactly one gzip member (section 3.4). */
async function unpacked(encoded: string): Promise<Octets> {
  if (!encoded.startsWith("u")) throw malformed("status_list_malformed", "expected the multibase prefix u");
  let compressed: Octets;
  try {
    compressed = fromB64url(encoded.slice(1));
  } catch {
    throw malformed("status_list_malformed", "not base64url");
  }
  const octets = await inflate(compressed, "gzip");
  const end = new DataView(compressed.buffer, compressed.length - 8); // a member ends with checksum and size (RFC 1952)
  if (end.getUint32(0, true) !== checksum(octets) || end.getUint32(4, true) !== octets.length) {
    throw malformed("status_list_malformed", "not exactly one gzip member");
  }
  return octets;
}

/** CRC-32 as gzip has it. */
function checksum(octets: Octets): number {
  let rest = 0xffff_ffff;
  for (const octet of octets) {
    rest ^= octet;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb8_8320 : 0);
  }
  return (rest ^ 0xffff_ffff) >>> 0;
}

const listOf = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : [value ?? null]);
