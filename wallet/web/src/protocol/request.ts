/** The signed authorization request (OpenID4VP 1.0, section 5; RFC 9101). */

import { parseQuery, type DcqlQuery } from "./dcql_query.ts";
import { documentUrl, readDocument } from "./dids.ts";
import { malformed, Refusal, rejected, unsupported } from "./errors.ts";
import { peek, verifyJws, type Jws } from "./jose.ts";
import { agreementJwk, type ContentEncryption } from "./jwe.ts";
import { isObject, member, type JsonObject } from "./json.ts";
import { CLOCK_SKEW, MAX_REQUEST_BYTES } from "./limits.ts";
import { Fields, isHttpsUrl, originOf, readFields } from "./message.ts";
import type { Octets } from "./octets.ts";
import { certificateHash, checkChain, type Certificate } from "./x509.ts";

const AUDIENCE = "https://self-issued.me/v2";
const DID_PREFIX = "decentralized_identifier:";
const HASH_PREFIX = "x509_hash:";
const REQUEST_LIFE = 600;
const isHash = (clientId: string): boolean => clientId.startsWith(HASH_PREFIX);
const URL_SAFE = /^[A-Za-z0-9._~-]{1,512}$/;

/** A request whose signature and addresses held; what the asker declares, nobody checked. */
export interface AuthorizationRequest {
  readonly clientId: string; // with its prefix; the audience of every presentation
  /** The did:web of the asker, or the name in its certificate. */
  readonly asker: { readonly did: string } | { readonly certificate: string; readonly anchored: boolean };
  readonly origin: string; // the one origin behind the key that signed
  readonly responseUri: string;
  readonly nonce: string;
  readonly state: string | undefined;
  readonly query: DcqlQuery;
  readonly clientName: string | undefined;
  readonly purpose: string | undefined;
  readonly relation: string | undefined;
  readonly encryptionKey: JsonObject;
  readonly enc: ContentEncryption;
  readonly expires: number; // in seconds
}

/** What a request link holds; without client id somebody passed on the bare address. */
export interface RequestReference {
  readonly clientId: string | undefined;
  readonly requestUri: string;
  readonly post: boolean;
}

/** What the check of a request may look at. */
export interface RequestSources {
  readonly get: (url: string) => Promise<Octets>; // the body behind one https URL, already guarded
  readonly at: number;
  readonly anchors?: readonly Certificate[];
  /** The origin that calls, where the Digital Credentials API carries the request. */
  readonly callingOrigin?: string;
}

/** Find client id and address of a request in a scanned or pasted link; refuses `request_uri_invalid`. */
export function parseRequestLink(text: string): RequestReference {
  const link = text.trim();
  const fields = link.length > MAX_REQUEST_BYTES ? undefined : readFields(/\?([^#]*)/.exec(link)?.[1] || /#(.*)/s.exec(link)?.[1] || "");
  if (!fields) throw rejected("request_uri_invalid", "no link");
  if (fields.size === 0 && isHttpsUrl(link)) return { clientId: undefined, requestUri: link, post: false };
  const [clientId, requestUri] = [fields.get("client_id"), fields.get("request_uri")];
  const method = fields.get("request_uri_method") ?? "get";
  if (!clientId || !requestUri) throw rejected("request_uri_invalid", "client_id and request_uri, each once");
  if (method !== "get" && method !== "post") throw rejected("invalid_request_uri_method", "neither get nor post");
  const own = isHttpsUrl(requestUri) && (isHash(clientId) || originOf(requestUri) === didOrigin(clientId));
  if (!own) throw rejected("request_uri_invalid", "not an https address at the asker's host");
  return { clientId, requestUri, post: method === "post" };
}

/**
 * Read a request object and check it whole: addresses first, then key and signature.
 *
 * Refuses `request_uri_invalid`, `client_mismatch`, `nonce_invalid`, `aud_mismatch`,
 * `request_expired`, `date_invalid`, `redirect_uri_not_allowed`, `transaction_data_unsupported`,
 * `expected_origins_mismatch`, `request_invalid`, `client_id_prefix_unsupported`,
 * `response_mode_unsupported`, `response_encryption_unsupported`, `x5c_invalid`, the query's own
 * codes, and those of `peek` and of the asker's document.
 */
export async function parseRequest(
  token: string, reference: RequestReference, sources: RequestSources,
): Promise<AuthorizationRequest> {
  if (token.length > MAX_REQUEST_BYTES || token.split(".").length !== 3) {
    throw rejected("request_uri_invalid", "no signed request of at most 64 KiB");
  }
  const signed = peek(token, { typ: ["oauth-authz-req+jwt"], chain: true });
  const asked = new Fields(signed.payload, "request_invalid");
  checkFrame(asked, sources.callingOrigin);
  const clientId = asked.text("client_id", 2_048);
  if (reference.clientId !== undefined && reference.clientId !== clientId) {
    throw rejected("client_mismatch", "client_id of link and request differ");
  }
  const request = await readRequest(asked, clientId);
  const expires = endOf(asked);
  const issued = asked.integer("iat");
  if (issued !== undefined && issued > sources.at + CLOCK_SKEW) throw rejected("date_invalid", "iat lies ahead");
  if (sources.at >= expires) throw rejected("request_expired", "the request is over");
  const { asker, origin } = await checkAsker(signed, clientId, request.responseUri, sources);
  if (originOf(reference.requestUri) !== origin) {
    throw rejected("request_uri_invalid", "not an address at the asker's host");
  }
  return { ...request, clientId, asker, origin, expires };
}

type Asker = Pick<AuthorizationRequest, "asker" | "origin">;

function checkFrame(asked: Fields, callingOrigin: string | undefined): void {
  if (Object.hasOwn(asked.object, "transaction_data")) { // section 5.1: without support, refuse
    throw rejected("transaction_data_unsupported");
  }
  if (Object.hasOwn(asked.object, "redirect_uri")) {
    throw rejected("redirect_uri_not_allowed", "response_uri is the one address of direct_post");
  }
  if (asked.text("response_type") !== "vp_token") throw unsupported("response_mode_unsupported", "response_type");
  if (asked.text("response_mode") !== "direct_post.jwt") {
    throw unsupported("response_mode_unsupported", "only direct_post.jwt");
  }
  if (asked.optionalText("aud") !== AUDIENCE) throw rejected("aud_mismatch", "aud");
  const origins = member(asked.object, "expected_origins");
  if (origins !== undefined || callingOrigin !== undefined) {
    const listed = Array.isArray(origins) && callingOrigin !== undefined && origins.includes(callingOrigin);
    if (!listed) throw rejected("expected_origins_mismatch", "meant for another origin");
  }
}

async function readRequest(
  asked: Fields, clientId: string,
): Promise<Omit<AuthorizationRequest, "clientId" | "asker" | "origin" | "expires">> {
  const [responseUri, nonce, state] = ["response_uri", "nonce", "state"].map((name) => asked.optionalText(name, 65_000));
  if (!isHttpsUrl(responseUri)) throw rejected("client_mismatch", "response_uri is no https address");
  if (!isHash(clientId) && originOf(responseUri) !== didOrigin(clientId)) {
    throw rejected("client_mismatch", "response_uri is not at the asker's host");
  }
  if (!URL_SAFE.test(nonce ?? "")) throw rejected("nonce_invalid", "nonce is missing or not URL-safe");
  if (state !== undefined && !URL_SAFE.test(state)) asked.fail("state");
  const query = asked.inner("dcql_query") ?? asked.fail("dcql_query");
  const metadata = asked.inner("client_metadata") ?? new Fields({}, "request_invalid");
  metadata.inner("vp_formats_supported");
  const clientName = metadata.optionalText("client_name", 200);
  const [purpose, relation] = [asked.optionalText("purpose", 300), asked.optionalText("relation", 100)];
  const [encryptionKey, enc] = [await keyToSealTo(metadata), contentEncryption(metadata)];
  const parsed = parseQuery(query.object);
  return { responseUri, nonce: nonce ?? "", state, query: parsed, clientName, purpose, relation, encryptionKey, enc };
}

/** The first key we can encrypt to; others are passed over (section 8.3). */
async function keyToSealTo(metadata: Fields): Promise<JsonObject> {
  const keys = metadata.inner("jwks")?.object["keys"];
  for (const jwk of Array.isArray(keys) ? keys : []) {
    if (!isObject(jwk) || typeof member(jwk, "kid") !== "string" || member(jwk, "alg") !== "ECDH-ES") continue;
    try {
      if (!Object.hasOwn(jwk, "d") && (await agreementJwk(jwk))) return jwk;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  throw unsupported("response_encryption_unsupported", "no P-256 key for ECDH-ES");
}

function contentEncryption(metadata: Fields): ContentEncryption {
  const offered = metadata.texts("encrypted_response_enc_values_supported", 20) ?? ["A128GCM"];
  if (offered.includes("A256GCM")) return "A256GCM";
  if (offered.includes("A128GCM")) return "A128GCM";
  throw unsupported("response_encryption_unsupported", "neither A128GCM nor A256GCM");
}

function endOf(asked: Fields): number {
  const [issued, end] = [asked.integer("iat"), asked.integer("exp")];
  const last = end ?? (issued === undefined ? undefined : issued + REQUEST_LIFE);
  if (last === undefined) throw rejected("date_invalid", "neither exp nor iat");
  return last;
}

/** Whose key signed, and at which origin they are. */
async function checkAsker(signed: Jws, clientId: string, responseUri: string, sources: RequestSources): Promise<Asker> {
  if (isHash(clientId)) return checkCertificate(signed, clientId, responseUri, sources);
  const did = clientId.slice(DID_PREFIX.length);
  const keyId = member(signed.header, "kid");
  if (typeof keyId !== "string" || !keyId.startsWith(`${did}#`)) {
    throw rejected("client_mismatch", "kid is not a key of the asker");
  }
  const document = await readDocument(did, await sources.get(documentUrl(did)));
  const key = document.methods.get(keyId);
  if (!key) throw rejected("client_mismatch", "kid is not in the asker's document");
  await verifyJws(signed, key);
  return { asker: { did }, origin: didOrigin(clientId) };
}

async function checkCertificate(
  signed: Jws, clientId: string, responseUri: string, sources: RequestSources,
): Promise<Asker> {
  const { leaf, anchored } = await checkChain(member(signed.header, "x5c"), sources.at, sources.anchors);
  if ((await certificateHash(leaf)) !== clientId.slice(HASH_PREFIX.length)) {
    throw rejected("client_mismatch", "the hash of another certificate");
  }
  if (!leaf.hosts.includes(new URL(responseUri).hostname)) { // ours: the standard leaves the host open
    throw rejected("client_mismatch", "response_uri is not at a host of the certificate");
  }
  await verifyJws(signed, leaf.key);
  return { asker: { certificate: leaf.name, anchored }, origin: originOf(responseUri) };
}

function didOrigin(clientId: string): string {
  const did = clientId.slice(DID_PREFIX.length);
  if (!clientId.startsWith(DID_PREFIX) || !did.startsWith("did:web:")) {
    throw unsupported("client_id_prefix_unsupported", "only decentralized_identifier and x509_hash");
  }
  try {
    return new URL(documentUrl(did)).origin;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw malformed("did_malformed", "did:web with another kind of host");
  }
}
