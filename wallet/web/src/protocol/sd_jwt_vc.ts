/** dc+sd-jwt: SD-JWT-based verifiable credentials (draft-ietf-oauth-sd-jwt-vc, HAIP 1.0). */

import { without, type ClaimsPath } from "./claims.ts";
import { confirmedKey, readToken, type Credential, type StatusReference, type Unverified } from "./credentials.ts";
import { malformed } from "./errors.ts";
import { numericDate } from "./jose.ts";
import { isObject, member, type JsonObject, type JsonValue } from "./json.ts";

/** Registered claims that no holder may leave out (section 3.2.2.2). */
const MUST_BE_PLAIN = new Set(["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"]);
const REGISTERED = new Set([...MUST_BE_PLAIN, "iat", "jti"]);

/**
 * Read a credential or presentation; checks no signature.
 *
 * Refuses `claim_must_be_plain`, `claim_missing`, `date_invalid`, `status_invalid`,
 * `status_index_invalid`, `key_invalid`, `cnf_unsupported`, or as `openDisclosures` and `peek`.
 */
export function parseSdJwtVc(text: string): Promise<Unverified> {
  const hides = (path: ClaimsPath): boolean => path.length === 1 && MUST_BE_PLAIN.has(String(path[0]));
  return readToken(text, { typ: "dc+sd-jwt", root: [], hides, credentialOf, holderOf: confirmedKey });
}

function credentialOf(payload: JsonObject): Credential {
  const [issuedAt, validFrom, validUntil] = ["iat", "nbf", "exp"].map((name) => numericDate(payload, name));
  if (issuedAt === undefined) throw malformed("date_invalid", "no iat");
  if (validUntil !== undefined && issuedAt > validUntil) throw malformed("date_invalid", "issued after its end");
  return {
    type: required(payload, "vct"),
    issuer: required(payload, "iss"),
    claims: without(payload, REGISTERED),
    issuedAt, validFrom, validUntil,
    status: Object.hasOwn(payload, "status") ? [statusOf(member(payload, "status"))] : [],
    credentialId: Object.hasOwn(payload, "jti") ? required(payload, "jti") : undefined,
  };
}

function required(payload: JsonObject, name: string): string {
  const value = member(payload, name);
  if (typeof value !== "string" || !value) throw malformed("claim_missing", `${name} is no text`);
  return value;
}

/** Read `status.status_list` (draft-ietf-oauth-status-list, 6.2); other kinds are refused. */
function statusOf(value: JsonValue | undefined): StatusReference {
  const reference = isObject(value) ? member(value, "status_list") : undefined;
  if (!isObject(reference)) throw malformed("status_invalid", "expected status_list");
  const [index, uri] = [member(reference, "idx"), member(reference, "uri")];
  if (typeof index !== "number" || !Number.isInteger(index) || index < 0) {
    throw malformed("status_index_invalid", "idx is no index");
  }
  if (typeof uri !== "string" || !uri.startsWith("https://")) {
    throw malformed("status_invalid", "uri is no https address");
  }
  return { kind: "token", uri, index, purpose: "any" };
}
