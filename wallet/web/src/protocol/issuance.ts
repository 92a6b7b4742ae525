/** Metadata, token, nonce, proof, credential and notification (OpenID4VCI 1.0, sections 6 to 12). */

import { rejected } from "./errors.ts";
import { signCompact } from "./jose.ts";
import { canonicalJson, isObject, member, type JsonObject, type JsonValue } from "./json.ts";
import type { Signer } from "./keys.ts";
import { Fields, isHttpsUrl, writeForm } from "./message.ts";
import type { Octets } from "./octets.ts";
import { PRE_AUTHORIZED_GRANT } from "./offer.ts";

const MAX_CONFIGURATIONS = 2_000;
const MAX_BATCH = 50;

/** One kind of credential. */
export interface Configuration {
  readonly format: string;
  readonly type: string; // `vct`, or the last entry of the definition's types; empty where it names none
  readonly names: ReadonlyMap<string, string>; // name by locale; the empty locale where none is given
  /** What the issuer takes a proof of possession in; empty = it did not say. */
  readonly algorithms: readonly string[];
}

/** What the issuer publishes (section 12.2.4). */
export interface IssuerMetadata {
  readonly credentialIssuer: string;
  readonly authorizationServers: readonly string[];
  readonly credentialEndpoint: string;
  readonly nonceEndpoint: string | undefined;
  readonly notificationEndpoint: string | undefined;
  readonly batchSize: number;
  readonly names: ReadonlyMap<string, string>;
  readonly configurations: ReadonlyMap<string, Configuration>;
}

/** RFC 8414 metadata, as far as the pre-authorized code flow needs it. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly grantTypes: readonly string[] | undefined;
}

/** The credentials, or the handle of a deferred issuance (section 8.3). */
export interface CredentialResponse {
  readonly credentials: readonly (string | JsonObject)[];
  readonly transactionId: string | undefined;
  readonly notificationId: string | undefined;
}

/** Where metadata lies: the well-known part goes between host and path (12.2.2; RFC 8414, 3). */
export function metadataUrl(identifier: string, name: `o${string}-${"issuer" | "server"}`): string {
  const [, base = "", path = ""] = /^(https:\/\/[^/?]+)([^?]*)$/i.exec(identifier) ?? [];
  if (!base || !isHttpsUrl(identifier)) throw rejected("issuer_metadata_invalid", "identifier");
  return `${base}/.well-known/${name}${path.replace(/\/+$/, "")}`;
}

/** Read issuer metadata that was fetched for `expected`; refuses `issuer_metadata_invalid`. */
export function parseIssuerMetadata(document: JsonObject, expected: string): IssuerMetadata {
  const found = new Fields(document, "issuer_metadata_invalid");
  const supported = found.inner("credential_configurations_supported");
  const entries = Object.entries(supported?.object ?? {});
  if (!supported || entries.length > MAX_CONFIGURATIONS) found.fail("credential_configurations_supported");
  if (found.url("credential_issuer") !== expected) found.fail("credential_issuer");
  const servers = found.texts("authorization_servers", MAX_BATCH) ?? [expected];
  if (!servers.every(isHttpsUrl)) found.fail("authorization_servers");
  return {
    credentialIssuer: expected,
    authorizationServers: servers,
    credentialEndpoint: found.url("credential_endpoint"),
    nonceEndpoint: found.optionalUrl("nonce_endpoint"),
    notificationEndpoint: found.optionalUrl("notification_endpoint"),
    batchSize: found.inner("batch_credential_issuance")?.integer("batch_size", 2) ?? 1,
    names: namesOf(found),
    configurations: new Map(entries.map(([id, value]) => [id, configuration(value)])),
  };
}

/** Read authorization server metadata that was fetched for `expected` (RFC 8414, section 3.3). */
export function parseServerMetadata(document: JsonObject, expected: string): ServerMetadata {
  const found = new Fields(document, "issuer_metadata_invalid");
  if (found.url("issuer") !== expected) found.fail("issuer");
  return {
    issuer: expected,
    tokenEndpoint: found.url("token_endpoint"),
    grantTypes: found.texts("grant_types_supported", MAX_BATCH),
  };
}

/** The form body that redeems a code (section 6.1). */
export function createTokenRequest(code: string, txCode?: string): Octets {
  return writeForm({ grant_type: PRE_AUTHORIZED_GRANT, "pre-authorized_code": code, tx_code: txCode });
}

/** The access token; refuses `token_response_invalid` also for one that is no bearer token. */
export function parseTokenResponse(document: JsonObject): string {
  const answer = new Fields(document, "token_response_invalid");
  if (answer.text("token_type").toLowerCase() !== "bearer") answer.fail("token_type");
  answer.integer("expires_in", 0);
  return answer.text("access_token", 16_384);
}

/** The answer of a nonce endpoint (section 7.2); refuses `nonce_response_invalid`. */
export const parseNonceResponse = (document: JsonObject): string =>
  new Fields(document, "nonce_response_invalid").text("c_nonce");

/** Prove that we hold the key to which the credential is to be bound (appendix F.1). */
export function createProof(signer: Signer, audience: string, nonce: string, at: number, iss?: string): Promise<string> {
  const header: JsonObject = { typ: "openid4vci-proof+jwt", jwk: signer.public.jwk };
  return signCompact(header, { aud: audience, iat: Math.floor(at), nonce, ...(iss === undefined ? {} : { iss }) }, signer);
}

/** A request for one credential for each key proof (section 8.2). */
export function createCredentialRequest(id: string, proofs: readonly string[], identified = false): JsonObject {
  return { [identified ? "credential_identifier" : "credential_configuration_id"]: id, proofs: { jwt: [...proofs] } };
}

/** Read the answer of a credential endpoint; refuses `credential_response_invalid`. */
export function parseCredentialResponse(document: JsonObject): CredentialResponse {
  const answer = new Fields(document, "credential_response_invalid");
  const issued = answer.list("credentials", MAX_BATCH);
  const transactionId = answer.optionalText("transaction_id");
  const deferred = transactionId !== undefined;
  const notificationId = answer.optionalText("notification_id");
  if (deferred === (issued !== undefined) || deferred !== (answer.integer("interval", 1) !== undefined)) {
    answer.fail("credentials or transaction_id");
  }
  if (transactionId === "" || notificationId === "" || (deferred && notificationId !== undefined)) {
    answer.fail("notification_id");
  }
  const credentials = (issued ?? []).map((value) => {
    const credential = isObject(value) ? member(value, "credential") : undefined;
    return typeof credential === "string" || isObject(credential) ? credential : answer.fail("credential");
  });
  return { credentials, transactionId, notificationId };
}

/** What became of a credential (section 11.1). */
export function createNotification(
  notificationId: string, event: "credential_accepted" | "credential_failure" | "credential_deleted",
): Octets {
  return canonicalJson({ notification_id: notificationId, event });
}

function configuration(value: JsonValue): Configuration {
  const each = new Fields(value, "issuer_metadata_invalid");
  const definition = each.inner("credential_definition")?.object ?? {};
  const types = member(definition, "type");
  const last = Array.isArray(types) ? types.at(-1) : undefined;
  const proof = each.inner("proof_types_supported")?.inner("jwt");
  const algorithms = proof?.list("proof_signing_alg_values_supported", MAX_BATCH);
  if (proof && !algorithms) proof.fail("proof_signing_alg_values_supported");
  const metadata = each.inner("credential_metadata");
  return {
    format: each.text("format"),
    type: each.optionalText("vct", 2_048) || (typeof last === "string" ? last : ""),
    names: metadata ? namesOf(metadata) : new Map(),
    algorithms: (algorithms ?? []).map(String),
  };
}

function namesOf(holder: Fields): Map<string, string> {
  const names = new Map<string, string>();
  for (const value of holder.list("display", MAX_BATCH) ?? []) {
    const display = new Fields(value, "issuer_metadata_invalid");
    const name = display.optionalText("name", 2_048);
    const locale = display.optionalText("locale") ?? "";
    if (name && !names.has(locale)) names.set(locale, name);
  }
  return names;
}
