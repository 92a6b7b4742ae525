/**
 * Who gives it: the offer, the issuer and its server, read by CORS first and the relay second.
 *
 * The relay knows no PIN page and reads a pre-authorized code; a person is told so and may stop
 * (wallet design, section 9).
 */

import { ask, documentAt } from "../journeys/network.ts";
import { rejected, undetermined, unsupported } from "../protocol/errors.ts";
import { metadataUrl } from "../protocol/issuance.ts";
import { member, parseObject, type JsonObject } from "../protocol/json.ts";
import { Fields, originOf, readFields } from "../protocol/message.ts";
import { fromUtf8, type Octets } from "../protocol/octets.ts";
import { parseOffer, parseOfferLink, PRE_AUTHORIZED_GRANT, type CredentialOffer } from "../protocol/offer.ts";
import { readIssuer, readServer, readSignedIssuer, type Issuer, type Server } from "./metadata.ts";
import { reached, relayedDocument } from "./relay.ts";

/** An offer with who made it. */
export interface Found {
  readonly offer: CredentialOffer;
  readonly issuerState: string | undefined; // to be told again on the issuer's page
  readonly issuer: Issuer;
  readonly server: Server;
  /** Messages go by way of our service. */
  readonly relayed: boolean;
  /** Our service could read the credential, or the code with its PIN: to be said, and agreed to. */
  readonly readable: boolean;
}

/** Read the offer behind a link; refuses `offer_gone` for one that was used or is over. */
export async function findOffer(link: string, at: number): Promise<Found> {
  const reference = parseOfferLink(link);
  const document = "uri" in reference ? await offerAt(reference.uri) : offerIn(link);
  const offer = parseOffer(document);
  if ("uri" in reference && originOf(reference.uri) !== originOf(offer.credentialIssuer)) {
    throw rejected("offer_invalid", "the offer lies at another origin than its issuer");
  }
  const grant = new Fields(document, "offer_invalid").inner("grants")?.inner("authorization_code");
  const { issuer, relayed, signed } = await issuerOf(offer.credentialIssuer, at);
  const name = offer.authorizationServer ?? grant?.optionalUrl("authorization_server") ?? issuer.authorizationServers[0] ?? "";
  if (!issuer.authorizationServers.includes(name)) throw rejected("issuer_metadata_invalid", "a server it does not name");
  const server = readServer(await serverDocument(name, relayed), name, issuer);
  const wanted = offer.preAuthorizedCode === undefined ? "authorization_code" : PRE_AUTHORIZED_GRANT;
  if (server.grantTypes && !server.grantTypes.includes(wanted)) throw unsupported("offer_not_supported", "the server knows another flow");
  if (relayed && issuer.sealing.response === undefined) throw unsupported("relay_unencrypted", "the relay would read the credential");
  const blind = signed && server.binds && issuer.sealing.request !== undefined && offer.preAuthorizedCode === undefined;
  return { offer, issuerState: grant?.optionalText("issuer_state", 2_048), issuer, server, relayed, readable: relayed && !blind };
}

/** The issuer's own document; where no browser may read it, by way of the service, signed if it signs. */
export async function issuerOf(identifier: string, at: number): Promise<{ issuer: Issuer; relayed: boolean; signed: boolean }> {
  const direct = await reached(() => documentAt(metadataUrl(identifier, "openid-credential-issuer")));
  if (direct) return { issuer: await readIssuer(direct, identifier), relayed: false, signed: false };
  const token = await reached(() => relayedDocument("signed", identifier));
  if (token && !fromUtf8(token).trimStart().startsWith("{")) {
    return { issuer: await readSignedIssuer(fromUtf8(token), identifier, at), relayed: true, signed: true };
  }
  return { issuer: await readIssuer(await relayedDocument("issuer", identifier), identifier), relayed: true, signed: false };
}

/** The document of an authorization server, the way its issuer was read. */
export function serverDocument(name: string, relayed: boolean): Promise<Octets> {
  return relayed ? relayedDocument("server", name) : documentAt(metadataUrl(name, "oauth-authorization-server"));
}

async function offerAt(uri: string): Promise<JsonObject> {
  const { status, body } = await ask(uri);
  if (status === 404 || status === 410) throw rejected("offer_gone", `status ${status}`);
  if (status !== 200) throw undetermined("fetch_failed", `status ${status}`);
  return parseObject(body);
}

/** The document of an offer that stands in its link, which was read once already. */
function offerIn(link: string): JsonObject {
  const [, query = "", fragment = ""] = /^[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s.exec(link) ?? [];
  const found = [query, fragment].map((part) => readFields(part)?.get("credential_offer")).find((text) => text !== undefined);
  const value = parseObject(found ?? "");
  if (member(value, "credential_issuer") === undefined) throw rejected("offer_invalid", "credential_issuer");
  return value;
}
