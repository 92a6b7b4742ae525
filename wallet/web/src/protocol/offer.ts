/** The credential offer and the links that carry it (OpenID4VCI 1.0, section 4.1). */

import { malformed } from "./errors.ts";
import { parseObject, type JsonObject } from "./json.ts";
import { Fields, isHttpsUrl, readFields } from "./message.ts";

/** Section 4.1.1. */
export const PRE_AUTHORIZED_GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

const MAX_OFFER_BYTES = 16 * 1024;
const MAX_OFFERED = 50;
const LINK = /^([a-z][a-z0-9+.-]*:)[^?#]*(?:\?([^#]*))?(?:#(.*))?$/i;
const SCHEMES = new Set(["openid-credential-offer:", "haip-vci:", "https:", "http:"]);

/** What an issuer offers, and how to get it. */
export interface CredentialOffer {
  readonly credentialIssuer: string;
  readonly configurationIds: readonly string[];
  readonly preAuthorizedCode: string | undefined;
  /** What transaction code is asked; undefined where none is. */
  readonly txCode: { readonly numeric: boolean; readonly length: number | undefined } | undefined;
  readonly authorizationServer: string | undefined;
}

/** What a link holds: the address of an offer, or the offer itself. */
export type OfferReference = { readonly uri: string } | { readonly offer: CredentialOffer };

/** Read an offer; refuses `offer_invalid`. */
export function parseOffer(document: JsonObject): CredentialOffer {
  const offer = new Fields(document, "offer_invalid");
  const ids = offer.texts("credential_configuration_ids", MAX_OFFERED) ?? [];
  if (ids.length === 0 || new Set(ids).size !== ids.length || ids.some((id) => !id || id.length > 512)) {
    offer.fail("credential_configuration_ids");
  }
  const grant = offer.inner("grants")?.inner(PRE_AUTHORIZED_GRANT);
  const tx = grant?.inner("tx_code");
  const mode = tx?.optionalText("input_mode") ?? "numeric";
  if (tx && mode !== "numeric" && mode !== "text") tx.fail("input_mode");
  tx?.optionalText("description", 300);
  return {
    credentialIssuer: offer.url("credential_issuer"),
    configurationIds: ids,
    preAuthorizedCode: grant?.text("pre-authorized_code"),
    txCode: tx && { numeric: mode === "numeric", length: tx.integer("length", 1, 64) },
    authorizationServer: grant?.optionalUrl("authorization_server"),
  };
}

/** Find the offer in a scanned or pasted text; refuses `offer_link_invalid`, `offer_invalid`. */
export function parseOfferLink(text: string): OfferReference {
  const link = text.trim();
  if (!link || link.length > MAX_OFFER_BYTES) throw malformed("offer_link_invalid", `${link.length} characters`);
  const [, scheme = "", query = "", fragment = ""] = LINK.exec(link) ?? [];
  if (!SCHEMES.has(scheme.toLowerCase())) throw malformed("offer_link_invalid", "unknown scheme");
  const found: [string, string][] = [];
  for (const part of [query, fragment]) {
    const fields = readFields(part);
    if (!fields) throw malformed("offer_link_invalid", "parameters");
    for (const name of ["credential_offer", "credential_offer_uri"]) {
      const value = fields.get(name);
      if (value !== undefined) found.push([name, value]);
    }
  }
  if (found.length > 1) throw malformed("offer_link_invalid", "more than one offer");
  const [name, value] = found[0] ?? [];
  if (name === "credential_offer") return { offer: parseOffer(parseObject(value ?? "", MAX_OFFER_BYTES)) };
  return byReference(value ?? (fragment.startsWith("https:") ? fragment : link));
}

function byReference(uri: string): OfferReference {
  if (!isHttpsUrl(uri)) throw malformed("offer_link_invalid", "the offer's address is not https");
  return { uri };
}
