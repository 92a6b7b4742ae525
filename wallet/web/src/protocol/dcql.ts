/** Match a query with what is held (OpenID4VP 1.0, sections 6.4 and 7). */

import { Paths, select, type ClaimsPath } from "./claims.ts";
import type { Credential, Unverified } from "./credentials.ts";
import {
  combinations, complete, type ClaimQuery, type CredentialQuery, type DcqlQuery,
} from "./dcql_query.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** What `VerifiableCredential` expands to in both versions of the data model. */
const W3C_BASE_TYPE = "https://www.w3.org/2018/credentials#VerifiableCredential";
const W3C_FORMATS = new Set(["ldp_vc", "vc+jwt", "vc+sd-jwt", "jwt_vc_json"]);
const SUBJECT = "credentialSubject";

/** A held credential that can answer a credential query. */
export interface Candidate {
  readonly index: number; // its place among the held credentials
  /** The combinations it can give, as paths to disclose; the asker's preference first. */
  readonly choices: readonly Paths[];
}

/** One credential query and the held credentials that answer it. */
export interface QueryMatch {
  readonly query: CredentialQuery;
  readonly required: boolean; // no answer to the whole query can leave it out
  readonly candidates: readonly Candidate[];
}

/** What the held credentials can do for a query. */
export interface Match {
  readonly query: DcqlQuery;
  readonly queries: readonly QueryMatch[];
  readonly possible: boolean; // whether the holder can answer at all; if not, nothing may be returned (6.4.2)
  /** Ids to answer: of each required set the first option that can be given. */
  readonly suggestion: readonly string[];
}

/** The combination that shows least. */
export function smallest(candidate: Candidate): Paths {
  return candidate.choices.reduce((least, each) => (each.size < least.size ? each : least));
}

/** Find for each credential query the held credentials that answer it (section 6.4). */
export function match(query: DcqlQuery, held: readonly Unverified[]): Match {
  const queries = query.credentials.map((each) => ({
    query: each,
    required: isRequired(query, each.id),
    candidates: candidatesFor(each, held),
  }));
  const able = new Set(queries.filter(({ candidates }) => candidates.length > 0).map((each) => each.query.id));
  return { query, queries, possible: complete(query, able), suggestion: suggest(query, able) };
}

function isRequired(query: DcqlQuery, id: string): boolean {
  if (query.credentialSets.length === 0) return true;
  return query.credentialSets.some((each) => each.required && each.options.every((option) => option.includes(id)));
}

function suggest(query: DcqlQuery, able: ReadonlySet<string>): string[] {
  if (query.credentialSets.length === 0) return query.credentials.map(({ id }) => id);
  const named = query.credentialSets
    .filter((each) => each.required)
    .flatMap((each) => each.options.find((option) => option.every((id) => able.has(id))) ?? []);
  return [...new Set(named)];
}

function candidatesFor(query: CredentialQuery, held: readonly Unverified[]): Candidate[] {
  return held.flatMap((unverified, index) => {
    const { credential, format, holder } = unverified;
    if (format !== query.format || (query.holderBinding && !holder) || !typeFits(query, credential)) return [];
    const choices = choicesOf(query, credential, format);
    return choices.length > 0 ? [{ index, choices }] : [];
  });
}

function choicesOf(query: CredentialQuery, credential: Credential, format: string): Paths[] {
  const root = rootOf(credential, format);
  return combinations(query).flatMap((combination) => {
    const found = combination.map((claim) => find(claim, root));
    if (!found.every((places) => places.length > 0)) return [];
    const inside = found.flat().map((path) => insideClaims(path, format));
    return [new Paths(inside.filter((path) => path.length > 0))];
  });
}

function typeFits(query: CredentialQuery, credential: Credential): boolean {
  if (query.trustedAuthorities) return false; // each kind asks a certificate chain, and ours carry none
  const have = new Set([credential.type]);
  if (W3C_FORMATS.has(query.format)) have.add(W3C_BASE_TYPE);
  return query.types.length === 0 || query.types.some((wanted) => wanted.every((type) => have.has(type)));
}

function rootOf(credential: Credential, format: string): JsonObject {
  if (W3C_FORMATS.has(format)) return { [SUBJECT]: credential.claims, issuer: credential.issuer };
  return { ...credential.claims, iss: credential.issuer, vct: credential.type };
}

/** The path inside the claims; empty for what every presentation shows anyway. */
function insideClaims(path: ClaimsPath, format: string): ClaimsPath {
  if (W3C_FORMATS.has(format)) return path[0] === SUBJECT ? path.slice(1) : [];
  return path.length === 1 && (path[0] === "iss" || path[0] === "vct") ? [] : path;
}

function find(claim: ClaimQuery, root: JsonObject): ClaimsPath[] {
  return select(root, claim.path).filter(([, value]) => isWanted(value, claim)).map(([path]) => path);
}

function isWanted(value: JsonValue, claim: ClaimQuery): boolean {
  return claim.values.length === 0 || claim.values.some((wanted) => wanted === value);
}
