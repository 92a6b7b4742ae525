/**
 * ldp_vc: a credential of data model 2.0 with an embedded proof (VC Data Integrity 1.0).
 *
 * The keeper reads its form, its holder and what may be left out; it holds no RDF. Whether the proof
 * holds is asked of the frame that derives, which sees the credential and never a key.
 */

import type { ClaimsPath } from "../protocol/claims.ts";
import { covers, without } from "../protocol/claims.ts";
import type { Unverified } from "../protocol/credentials.ts";
import { credentialId, credentialType, issuerOf, statusOf, subjectOf, validityOf } from "../protocol/data_model.ts";
import { keyOf, selfNamed } from "../protocol/dids.ts";
import { malformed, unsupported } from "../protocol/errors.ts";
import { isObject, member, parseObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { fromB64url, fromUtf8, type Octets } from "../protocol/octets.ts";
import { tokensOf } from "./choice.ts";

/** The suites that the frame reads, and which of them show a part. */
export const SUITES: ReadonlyMap<string, { readonly selective: boolean }> = new Map([
  ["eddsa-rdfc-2022", { selective: false }], ["ecdsa-sd-2023", { selective: true }], ["bbs-2023", { selective: true }],
]);

const SUBJECT = "credentialSubject";
/** Headers of a base proof (ECDSA Cryptosuites 1.0, 3.5.2; BBS Cryptosuites, 3.3.2). */
const BASE = new Map([["ecdsa-sd-2023", "217,93,0"], ["bbs-2023", "217,93,2"]]);
const NAMES: readonly ClaimsPath[] = [["skills", null, "framework"], ["skills", null, "skill"]];
const MAX_POINTERS = 1_000; // as in credentials/limits.py

/** A credential with what its proof says of itself. */
export interface Secured {
  readonly document: JsonObject;
  readonly unverified: Unverified;
  readonly suite: string;
  readonly mandatory: readonly string[]; // JSON pointers that every presentation shows
}

/** Read a credential that is held or given; checks no proof. Refuses what is not of this form. */
export async function readSecured(text: string): Promise<Secured> {
  const document = parseObject(text);
  const proof = member(document, "proof");
  if (!isObject(proof)) throw unsupported("cryptosuite_not_allowed", "expected one proof");
  const suite = String(member(proof, "cryptosuite"));
  const known = SUITES.get(suite);
  if (!known || member(proof, "type") !== "DataIntegrityProof") throw unsupported("cryptosuite_not_allowed", "another suite");
  const [validFrom, validUntil] = validityOf(document);
  if (validFrom === undefined) throw malformed("date_invalid", "validFrom is missing");
  const subject = subjectOf(document);
  const mandatory = known.selective ? mandatoryOf(proof, suite) : [];
  const keyId = member(proof, "verificationMethod");
  const credential = {
    type: credentialType(document), issuer: issuerOf(document), claims: without(subject, new Set(["id"])),
    issuedAt: validFrom, validFrom, validUntil, status: statusOf(document), credentialId: credentialId(document),
  };
  const unverified: Unverified = {
    format: "ldp_vc", wire: text, credential, keyId: typeof keyId === "string" ? keyId : undefined,
    holder: await holderOf(subject), presented: false, placed: [],
    disclosable: known.selective ? disclosable(credential.claims, mandatory) : [],
  };
  return { document, unverified, suite, mandatory };
}

/** The pointers that a choice needs: it, what names it, and by which identifier the holder is known. */
export function revealing({ document, unverified }: Secured, chosen: readonly ClaimsPath[]): string[] {
  const { claims } = unverified.credential;
  const shown = new Set(Object.hasOwn(subjectOf(document), "id") ? [`/${SUBJECT}/id`] : []);
  for (const path of chosen) {
    shown.add(pointer(path));
    const [list = "", place] = path;
    for (const name of ["framework", "skill"]) { // NAMES: a level says nothing without its skill
      const item = list === "skills" && typeof place === "number" && path.length > 2 ? at(claims, [list, place]) : undefined;
      if (isObject(item) && Object.hasOwn(item, name)) shown.add(pointer([...path.slice(0, 2), name]));
    }
  }
  return [...shown].sort();
}

async function holderOf(subject: JsonObject): Promise<Unverified["holder"]> {
  const name = member(subject, "id");
  if (typeof name !== "string" || !/^did:(?:key|jwk):/.test(name)) return undefined;
  return keyOf(await selfNamed(name), undefined, "authentication");
}

/** The claims that may be left out, and what lies inside them. */
function disclosable(claims: JsonObject, mandatory: readonly string[]): ClaimsPath[] {
  const forced = mandatory.map(tokensOf).filter(([first]) => first === SUBJECT).map((tokens) => tokens.slice(1));
  const named = (path: ClaimsPath): boolean => NAMES.some((name) => name.length === path.length && covers(name, path));
  return below(claims, []).filter((path) => !named(path) && !forced.some((tokens) => meets(tokens, path)));
}

function below(value: JsonValue, here: ClaimsPath): ClaimsPath[] {
  const within = Array.isArray(value) ? [...value.entries()] : isObject(value) && !Object.hasOwn(value, "@value") ? Object.entries(value) : [];
  return within.flatMap(([step, inner]): ClaimsPath[] => [[...here, step], ...below(inner, [...here, step])]);
}

/** Whether a mandatory pointer is this path, lies around it, or inside. */
const meets = (tokens: readonly string[], path: ClaimsPath): boolean =>
  path.every((step, place) => place >= tokens.length || tokens[place] === String(step));

const pointer = (path: ClaimsPath): string =>
  [SUBJECT, ...path].map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

function at(value: JsonValue, path: ClaimsPath): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === "number") found = found[step];
    else found = isObject(found) ? member(found, String(step)) : undefined;
  }
  return found;
}

/** The mandatory pointers, which stand last in a base proof's value. */
function mandatoryOf(proof: JsonObject, suite: string): string[] {
  const value = member(proof, "proofValue");
  if (typeof value !== "string" || !value.startsWith("u")) throw malformed("proof_value_malformed", "no base64url");
  const octets = fromB64url(value.slice(1));
  if (octets.subarray(0, 3).join() !== BASE.get(suite)) throw malformed("proof_value_malformed", "no base proof");
  const reader = new Reader(octets.subarray(3));
  const parts = reader.value();
  const pointers = Array.isArray(parts) ? parts.at(-1) : undefined;
  if (!reader.ended() || !Array.isArray(pointers) || !pointers.every((each) => typeof each === "string")) {
    throw malformed("proof_value_malformed", "no pointers");
  }
  return pointers as string[];
}

type Part = string | Octets | number | Part[];

/** CBOR (RFC 8949) as far as a proof value needs it: lists, texts, octets and counts, of stated length. */
class Reader {
  private readonly octets: Octets;
  private place = 0;

  constructor(octets: Octets) {
    this.octets = octets;
  }

  ended = (): boolean => this.place === this.octets.length;

  value(depth = 0): Part {
    const first = this.next(1)[0] ?? 0;
    const size = this.size(first & 31);
    if (first >> 5 === 0) return size;
    if (first >> 5 === 2) return this.next(size);
    if (first >> 5 === 3) return fromUtf8(this.next(size));
    if (first >> 5 !== 4 || depth > 1 || size > MAX_POINTERS * 10) throw malformed("proof_value_malformed", "another CBOR item");
    return Array.from({ length: size }, () => this.value(depth + 1));
  }

  private size(short: number): number {
    if (short < 24) return short;
    if (short > 26) throw malformed("proof_value_malformed", "no length");
    return this.next(2 ** (short - 24)).reduce((sum, octet) => sum * 256 + octet, 0);
  }

  private next(size: number): Octets {
    if (this.place + size > this.octets.length) throw malformed("proof_value_malformed", "cut short");
    return this.octets.slice(this.place, (this.place += size));
  }
}
