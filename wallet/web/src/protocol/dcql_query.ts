/** Digital Credentials Query Language (OpenID4VP 1.0, section 6): read a query. */

import { parsePath, type ClaimsPath } from "./claims.ts";
import { malformed } from "./errors.ts";
import { checkJson, isObject, member, type JsonObject, type JsonValue } from "./json.ts";

const MAX_QUERIES = 50;
const MAX_CLAIMS = 200;
const MAX_CLAIM_SETS = 50;
const MAX_OPTIONS = 100;
const IDENTIFIER = /^[A-Za-z0-9_-]{1,100}$/;

/** One claim that is asked (section 6.3); its path begins at the root of the credential. */
export interface ClaimQuery {
  readonly path: ClaimsPath;
  readonly id: string | undefined;
  /** The claim counts only with one of these; empty = any value. */
  readonly values: readonly (string | number | boolean)[];
}

/** One credential that is asked (section 6.1). */
export interface CredentialQuery {
  readonly id: string;
  readonly format: string;
  /** Alternatives; a credential must have all types of one of them. Empty = any type. */
  readonly types: readonly (readonly string[])[];
  readonly claims: readonly ClaimQuery[];
  /** Combinations of claim ids, the preferred one first; empty = all claims. */
  readonly claimSets: readonly (readonly string[])[];
  readonly multiple: boolean;
  readonly holderBinding: boolean;
  readonly trustedAuthorities: boolean;
}

/** Alternative groups of credential queries that serve one use (section 6.2). */
export interface CredentialSet {
  readonly options: readonly (readonly string[])[];
  readonly required: boolean;
}

/** A whole query. */
export interface DcqlQuery {
  readonly credentials: readonly CredentialQuery[];
  readonly credentialSets: readonly CredentialSet[];
}

/** The claims of each combination that would answer; without claim sets just one. */
export function combinations(query: CredentialQuery): ClaimQuery[][] {
  if (query.claimSets.length === 0) return [[...query.claims]];
  return query.claimSets.map((names) => query.claims.filter((claim) => names.includes(claim.id ?? "")));
}

/** Whether answering these queries answers the whole (section 6.4.2). */
export function complete(query: DcqlQuery, answered: ReadonlySet<string>): boolean {
  if (query.credentialSets.length === 0) return query.credentials.every(({ id }) => answered.has(id));
  return query.credentialSets
    .filter((each) => each.required)
    .every((each) => each.options.some((option) => option.every((id) => answered.has(id))));
}

/**
 * Read a query; unknown properties are ignored.
 *
 * Refuses `too_deep`, `too_large`, `claims_path_invalid`, else `dcql_invalid`.
 */
export function parseQuery(document: JsonObject): DcqlQuery {
  checkJson(document);
  const credentials = items(document, "credentials", MAX_QUERIES, credentialQuery);
  const ids = credentials.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw invalid("credentials: an id comes twice");
  const credentialSets = optional(document, "credential_sets", MAX_OPTIONS, credentialSet);
  if (!credentialSets.flatMap(({ options }) => options.flat()).every((name) => ids.includes(name))) {
    throw invalid("credential_sets: names an unknown credential");
  }
  return { credentials, credentialSets };
}

function credentialQuery(value: JsonValue): CredentialQuery {
  const query = object(value, "credentials");
  const format = text(member(query, "format"), "format");
  const claims = optional(query, "claims", MAX_CLAIMS, claimQuery);
  const claimSets = optional(query, "claim_sets", MAX_CLAIM_SETS, (each) =>
    items({ claim_sets: each }, "claim_sets", MAX_CLAIMS, identifier));
  checkClaimSets(claims, claimSets);
  return {
    id: identifier(member(query, "id")),
    format,
    types: typesOf(format, object(member(query, "meta"), "meta")),
    claims,
    claimSets,
    multiple: flag(query, "multiple", false),
    holderBinding: flag(query, "require_cryptographic_holder_binding", true),
    trustedAuthorities: optional(query, "trusted_authorities", MAX_OPTIONS, authority).length > 0,
  };
}

function checkClaimSets(claims: readonly ClaimQuery[], claimSets: readonly (readonly string[])[]): void {
  const ids = claims.map(({ id }) => id).filter((id) => id !== undefined);
  if (new Set(ids).size !== ids.length) throw invalid("claims: an id comes twice");
  if (claimSets.length > 0 && ids.length !== claims.length) {
    throw invalid("claims: claim_sets need an id for every claim");
  }
  if (!claimSets.flat().every((name) => ids.includes(name))) throw invalid("claim_sets: names an unknown claim");
}

function typesOf(format: string, meta: JsonObject): string[][] {
  if (format === "dc+sd-jwt" && Object.hasOwn(meta, "vct_values")) { // appendix B.3.5
    return items(meta, "vct_values", MAX_OPTIONS, (vct) => [text(vct, "list item")]);
  }
  if (!Object.hasOwn(meta, "type_values")) return [];
  return items(meta, "type_values", MAX_OPTIONS, (types) => // appendix B.1.1
    items({ type_values: types }, "type_values", MAX_OPTIONS, (type) => text(type, "list item")));
}

function claimQuery(value: JsonValue): ClaimQuery {
  const claim = object(value, "claims");
  return {
    path: parsePath(member(claim, "path")),
    id: Object.hasOwn(claim, "id") ? identifier(member(claim, "id")) : undefined,
    values: optional(claim, "values", MAX_OPTIONS, scalar),
  };
}

function credentialSet(value: JsonValue): CredentialSet {
  const each = object(value, "credential_sets");
  const options = items(each, "options", MAX_OPTIONS, (option) =>
    items({ options: option }, "options", MAX_QUERIES, identifier));
  return { options, required: flag(each, "required", true) };
}

function authority(value: JsonValue): string {
  const each = object(value, "trusted_authorities");
  items(each, "values", MAX_OPTIONS, (item) => text(item, "list item"));
  return text(member(each, "type"), "trusted_authorities.type");
}

function optional<T>(holder: JsonObject, name: string, limit: number, read: (item: JsonValue) => T): T[] {
  return Object.hasOwn(holder, name) ? items(holder, name, limit, read) : [];
}

/** Read a list that must not be empty; its length is judged before its items. */
function items<T>(holder: JsonObject, name: string, limit: number, read: (item: JsonValue) => T): T[] {
  const value = member(holder, name);
  if (!Array.isArray(value) || value.length === 0) throw invalid(`${name}: expected a non-empty list`);
  if (value.length > limit) throw malformed("too_large", `${name}: ${value.length}, at most ${limit}`);
  return value.map(read);
}

function object(value: JsonValue | undefined, name: string): JsonObject {
  if (!isObject(value)) throw invalid(`${name}: expected an object`);
  return value;
}

function text(value: JsonValue | undefined, name: string): string {
  if (typeof value !== "string" || !value) throw invalid(`${name}: expected a text`);
  return value;
}

function identifier(value: JsonValue | undefined): string {
  if (typeof value !== "string" || !IDENTIFIER.test(value)) throw invalid("id: expected letters, digits, _ or -");
  return value;
}

function flag(holder: JsonObject, name: string, otherwise: boolean): boolean {
  const value = member(holder, name) ?? otherwise;
  if (typeof value !== "boolean" || holder[name] === null) throw invalid(`${name}: expected true or false`);
  return value;
}

function scalar(value: JsonValue): string | number | boolean {
  if (typeof value === "string" || typeof value === "boolean" || Number.isInteger(value)) {
    return value as string | number | boolean;
  }
  throw invalid("values: expected texts, integers or booleans");
}

function invalid(detail: string): Error {
  return malformed("dcql_invalid", detail);
}
