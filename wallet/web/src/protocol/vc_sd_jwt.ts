/** vc+sd-jwt: data model 2.0 secured by SD-JWT (VC-JOSE-COSE, section 3.2). */

import { without, type ClaimsPath } from "./claims.ts";
import { confirmedKey, readToken, type Credential, type Unverified } from "./credentials.ts";
import {
  checkAgreement, credentialId, credentialType, issuerOf, statusOf, subjectOf, validityOf,
} from "./data_model.ts";
import { keyOf, selfNamed } from "./dids.ts";
import { malformed } from "./errors.ts";
import { numericDate } from "./jose.ts";
import { member, type JsonObject } from "./json.ts";
import type { PublicKey } from "./keys.ts";

const SUBJECT = "credentialSubject";

/** Members that decide whether and how a credential is checked (section 3.2.1). */
const MUST_BE_PLAIN = new Set([
  "@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus", "credentialSchema",
  "relatedResource", "proof", "iss", "iat", "nbf", "exp", "jti", "sub", "cnf", "vct", "status",
]);

/**
 * Read a credential or presentation; checks no signature, and no context.
 *
 * Refuses `claim_must_be_plain`, `claim_collision`, `claim_not_allowed`, `date_invalid`,
 * `typ_not_allowed`, or as `openDisclosures`, `peek` and the readers of `data_model`.
 */
export function parseVcSdJwt(text: string): Promise<Unverified> {
  const hides = (path: ClaimsPath): boolean => MUST_BE_PLAIN.has(String(path[0]));
  return readToken(text, { typ: "vc+sd-jwt", root: [SUBJECT], hides, credentialOf, holderOf });
}

function credentialOf(document: JsonObject): Credential {
  const [validFrom, validUntil] = validityOf(document);
  const type = credentialType(document);
  const issuer = issuerOf(document);
  const subject = subjectOf(document);
  checkAgreement(document);
  const [made, start, end] = ["iat", "nbf", "exp"].map((name) => numericDate(document, name));
  const issuedAt = made ?? validFrom ?? start;
  if (issuedAt === undefined) throw malformed("date_invalid", "neither iat nor a first moment");
  const ends = [end, validUntil].filter((moment) => moment !== undefined);
  const starts = [start, validFrom].filter((moment) => moment !== undefined);
  const last = ends.length > 0 ? Math.min(...ends) : undefined;
  if (last !== undefined && issuedAt > last) throw malformed("date_invalid", "issued after its end");
  return {
    type,
    issuer,
    claims: without(subject, new Set(["id"])),
    issuedAt,
    validFrom: starts.length > 0 ? Math.max(...starts) : undefined,
    validUntil: last,
    status: statusOf(document),
    credentialId: credentialId(document),
  };
}

async function holderOf(document: JsonObject): Promise<PublicKey | undefined> {
  const name = member(subjectOf(document), "id");
  if (Object.hasOwn(document, "cnf")) return confirmedKey(document);
  if (typeof name !== "string" || !/^did:(?:key|jwk):/.test(name)) return undefined;
  return keyOf(await selfNamed(name), undefined, "authentication");
}
