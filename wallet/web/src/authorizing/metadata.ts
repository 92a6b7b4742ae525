/**
 * What an issuer and its authorization server say of themselves, beyond the pre-authorized flow.
 *
 * OpenID4VCI 1.0, section 12; RFC 8414. Each must name the other, and both the very identifier that
 * they were asked for. An issuer's document may be larger than any other message.
 */

import { keyOf, readDocument } from "../protocol/dids.ts";
import { rejected } from "../protocol/errors.ts";
import { parseIssuerMetadata, parseServerMetadata, type IssuerMetadata, type ServerMetadata } from "../protocol/issuance.ts";
import { numericDate, peek, verifyJws } from "../protocol/jose.ts";
import { member, parseObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { agreementJwk, type ContentEncryption } from "../protocol/jwe.ts";
import { CLOCK_SKEW } from "../protocol/limits.ts";
import { Fields } from "../protocol/message.ts";
import type { Octets } from "../protocol/octets.ts";
import { didOctets } from "./relay.ts";

const MAX_METADATA_BYTES = 1024 * 1024; // as in credentials/limits.py: 200 templates make 750 kB
const MAX_METADATA_ITEMS = 50_000; // 60 templates have 11,000 keys and items
const MAX_LISTED = 50;
const INVALID = "issuer_metadata_invalid";
const SIGNED_TYPE = "openidvci-issuer-metadata+jwt";

/** How messages with credentials are encrypted; undefined where the issuer cannot. */
export interface Sealing {
  readonly request: { readonly jwk: JsonObject; readonly enc: ContentEncryption } | undefined;
  readonly response: ContentEncryption | undefined;
  readonly required: boolean;
}

/** An issuer, as far as any of our flows needs it. */
export interface Issuer extends IssuerMetadata {
  readonly deferredEndpoint: string | undefined;
  readonly sealing: Sealing;
  readonly scopes: ReadonlyMap<string, string>; // by configuration
}

/** An authorization server, as far as any of our flows needs it. */
export interface Server extends ServerMetadata {
  readonly authorizationEndpoint: string | undefined;
  readonly pushEndpoint: string | undefined;
  readonly pushedOnly: boolean;
  readonly s256: boolean;
  readonly namesItself: boolean; // it promises `iss` in its answers
  readonly binds: boolean; // tokens to our key (RFC 9449)
}

/** Read an issuer's own document; refuses `issuer_metadata_invalid`. */
export async function readIssuer(octets: Octets, identifier: string): Promise<Issuer> {
  return issuerOf(parseObject(octets, MAX_METADATA_BYTES, MAX_METADATA_ITEMS), identifier);
}

/**
 * The same as its issuer signed it (section 12.2.3); `at` in seconds.
 *
 * The key is one of the did:web document at the host of the identifier. Refuses
 * `issuer_metadata_invalid` and what is wrong with the signature.
 */
export async function readSignedIssuer(token: string, identifier: string, at: number): Promise<Issuer> {
  const signed = peek(token, { typ: [SIGNED_TYPE] });
  const did = didAt(identifier);
  const document = await readDocument(did, await didOctets(did));
  await verifyJws(signed, keyOf(document, String(member(signed.header, "kid") ?? ""), "assertionMethod"));
  const issued = numericDate(signed.payload, "iat");
  const ends = numericDate(signed.payload, "exp");
  const timely = issued !== undefined && issued <= at + CLOCK_SKEW && (ends === undefined || at < ends);
  if (!timely || member(signed.payload, "sub") !== identifier) throw rejected(INVALID, "another issuer, or another time");
  return issuerOf(signed.payload, identifier);
}

/** Read a server's document; refuses one that serves other issuers alone (RFC 9728, section 4). */
export function readServer(octets: Octets, name: string, issuer: Issuer): Server {
  const document = parseObject(octets);
  const found = new Fields(document, INVALID);
  const served = found.texts("protected_resources", MAX_LISTED);
  if (served && !served.includes(issuer.credentialIssuer)) found.fail("protected_resources");
  const methods = found.texts("code_challenge_methods_supported", MAX_LISTED);
  return {
    ...parseServerMetadata(document, name),
    authorizationEndpoint: found.optionalUrl("authorization_endpoint"),
    pushEndpoint: found.optionalUrl("pushed_authorization_request_endpoint"),
    pushedOnly: member(document, "require_pushed_authorization_requests") === true,
    s256: !methods || methods.includes("S256"),
    namesItself: member(document, "authorization_response_iss_parameter_supported") === true,
    binds: found.texts("dpop_signing_alg_values_supported", MAX_LISTED)?.includes("ES256") ?? false,
  };
}

/** The did:web of an https identifier. */
export function didAt(identifier: string): string {
  const [host = "", ...path] = identifier.slice("https://".length).replace(/\/+$/, "").split("/");
  return ["did:web", host.replaceAll(":", "%3A"), ...path].join(":");
}

async function issuerOf(document: JsonObject, identifier: string): Promise<Issuer> {
  const found = new Fields(document, INVALID);
  const supported = found.inner("credential_configurations_supported")?.object ?? {};
  const scopes = Object.entries(supported).flatMap(([id, value]): [string, string][] => {
    const scope = new Fields(value, INVALID).optionalText("scope", 2_000);
    return scope ? [[id, scope]] : [];
  });
  return {
    ...parseIssuerMetadata(document, identifier),
    deferredEndpoint: found.optionalUrl("deferred_credential_endpoint"),
    sealing: await sealingOf(found),
    scopes: new Map(scopes),
  };
}

async function sealingOf(found: Fields): Promise<Sealing> {
  const asked = found.inner("credential_request_encryption");
  const answered = found.inner("credential_response_encryption");
  const keys = asked?.inner("jwks")?.list("keys", 20) ?? [];
  const enc = asked && contentEncryption(asked);
  const jwk = await usable(keys);
  const agreed = answered?.texts("alg_values_supported", MAX_LISTED)?.includes("ECDH-ES");
  return {
    request: jwk && enc ? { jwk, enc } : undefined,
    response: answered && agreed ? contentEncryption(answered) : undefined,
    required: [asked, answered].some((each) => each !== undefined && member(each.object, "encryption_required") === true),
  };
}

function contentEncryption(of: Fields): ContentEncryption | undefined {
  const supported = of.texts("enc_values_supported", MAX_LISTED) ?? [];
  return (["A256GCM", "A128GCM"] as const).find((each) => supported.includes(each));
}

/** The first key that we can encrypt to; others are passed over. */
async function usable(keys: readonly JsonValue[]): Promise<JsonObject | undefined> {
  for (const key of keys) {
    const jwk = key as JsonObject;
    if (!key || typeof key !== "object" || member(jwk, "alg") !== "ECDH-ES") continue;
    if (await agreementJwk(jwk).then(() => true, () => false)) return jwk;
  }
  return undefined;
}
