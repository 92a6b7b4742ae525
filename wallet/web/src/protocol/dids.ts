/** DID documents (DID 1.0): did:web is read from what was fetched, did:key and did:jwk from themselves. */

import { malformed, Refusal, rejected, unsupported } from "./errors.ts";
import { canonicalJson, isObject, member, parseObject, type JsonObject, type JsonValue } from "./json.ts";
import { publicKeyFromJwk, publicKeyFromMultikey, withKeyId, type PublicKey } from "./keys.ts";
import { b64url, fromB64url, type Octets } from "./octets.ts";

/** Making credentials, and answering or asking for oneself. */
export type Purpose = "assertionMethod" | "authentication";

const PURPOSES: readonly Purpose[] = ["assertionMethod", "authentication"];
const MAX_METHODS = 64; // two keys a year for thirty years
const MAX_DOCUMENT_BYTES = 64 * 1024;
const MAX_WEB = 512;
const MAX_JWK = 2_048;
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
const HOST_AND_PORT = /^([^%]+)(?:%3A([1-9][0-9]{0,4}))?$/;
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const CURVES = new Set(["P-256", "P-384", "Ed25519"]);
const JWK_TYPES = new Set(["JsonWebKey", "JsonWebKey2020"]);
const MULTIBASE_TYPES = new Set(["Multikey", "Ed25519VerificationKey2020"]);

/** The keys of one identifier. */
export interface DidDocument {
  readonly id: string;
  readonly methods: ReadonlyMap<string, PublicKey>; // full DID URL to key
  readonly relationships: Readonly<Record<Purpose, ReadonlySet<string>>>;
}

/** The key with that id, if it serves the purpose; refuses `method_not_of_issuer`, `proof_purpose_mismatch`. */
export function keyOf(document: DidDocument, keyId: string | undefined, purpose: Purpose): PublicKey {
  const serving = document.relationships[purpose];
  if (keyId === undefined && serving.size !== 1) {
    throw rejected("method_not_of_issuer", `${serving.size} keys, none was named`);
  }
  const named = keyId ?? [...serving][0] ?? "";
  const full = named.startsWith("#") ? document.id + named : named;
  const key = document.methods.get(full);
  if (!key) throw rejected("method_not_of_issuer", "not a method of this identifier");
  if (!serving.has(full)) throw rejected("proof_purpose_mismatch", `not for ${purpose}`);
  return key;
}

/** The did:jwk of a public key, with its required members in alphabetical order. */
export function didJwk(key: PublicKey): string {
  return `did:jwk:${b64url(canonicalJson(key.jwk))}`;
}

/** The document of a did:key or did:jwk, which carry their own; refuses `did_malformed`, `did_method_unknown`. */
export async function selfNamed(did: string): Promise<DidDocument> {
  if (did.startsWith("did:key:")) {
    const text = did.slice(8);
    return ownDocument(did, text, () => publicKeyFromMultikey(text));
  }
  if (!did.startsWith("did:")) throw malformed("did_malformed", "expected a DID");
  if (!did.startsWith("did:jwk:")) throw unsupported("did_method_unknown", "expected did:key or did:jwk");
  if (did.length > MAX_JWK) throw malformed("did_malformed", `${did.length} characters`);
  return ownDocument(did, "0", () => publicKeyFromJwk(parseObject(fromB64url(did.slice(8)))));
}

async function ownDocument(did: string, name: string, read: () => Promise<PublicKey>): Promise<DidDocument> {
  try {
    const id = `${did}#${name}`;
    const serving = new Set([id]);
    return {
      id: did,
      methods: new Map([[id, withKeyId(await read(), id)]]),
      relationships: { assertionMethod: serving, authentication: serving },
    };
  } catch (error) {
    if (error instanceof Refusal && error.kind === "malformed") {
      throw malformed("did_malformed", "no public key behind the identifier");
    }
    throw error;
  }
}

/** Where the document of a did:web lies; refuses `did_malformed`, `address_forbidden`. */
export function documentUrl(did: string): string {
  if (!did.startsWith("did:web:") || did.length > MAX_WEB) {
    throw malformed("did_malformed", "expected did:web and a domain");
  }
  const identifier = did.slice(8);
  if (identifier.startsWith("[")) throw rejected("address_forbidden", "an IP address is no domain");
  const [authority = "", ...path] = identifier.split(":");
  const [, host, port] = HOST_AND_PORT.exec(authority) ?? [];
  if (host === undefined) throw malformed("did_malformed", "no domain");
  const last = host.replace(/\.+$/, "").split(".").at(-1) ?? "";
  if (/^(?:0x[0-9a-f]*|[0-9]+)$/i.test(last)) throw rejected("address_forbidden", "an IP address is no domain");
  if (!DOMAIN.test(host) || host.length > 253) throw malformed("did_malformed", "no lower-case domain name");
  if (port !== undefined && (Number(port) < 1024 || Number(port) > 65535)) {
    throw malformed("did_malformed", `port ${port}`);
  }
  if (!path.every((segment) => SEGMENT.test(segment))) {
    throw malformed("did_malformed", "a part of the path is empty or escaped");
  }
  const origin = port === undefined ? `https://${host}` : `https://${host}:${port}`;
  return `${origin}/${path.length > 0 ? path.join("/") : ".well-known"}/did.json`;
}

/** Read what was fetched from `documentUrl(did)`; as `readMembers`. */
export async function readDocument(did: string, body: Octets): Promise<DidDocument> {
  return readMembers(did, parseObject(body, MAX_DOCUMENT_BYTES));
}

/**
 * Read a document that was fetched for `did`.
 *
 * Methods of a type or curve that we do not use are left out; a key that is broken refuses the
 * whole. Refuses `did_document_mismatch`, `did_document_malformed`, `key_invalid`.
 */
export async function readMembers(did: string, document: JsonObject): Promise<DidDocument> {
  if (member(document, "id") !== did) throw malformed("did_document_mismatch", "the document is about another DID");
  const methods = new Map<string, PublicKey>();
  for (const method of list(document, "verificationMethod")) await readMethod(did, method, methods);
  const relationships = { assertionMethod: new Set<string>(), authentication: new Set<string>() };
  for (const purpose of PURPOSES) {
    for (const entry of list(document, purpose)) {
      const id = isObject(entry) ? await readMethod(did, entry, methods) : fullId(did, entry);
      if (methods.has(id)) relationships[purpose].add(id);
    }
  }
  return { id: did, methods, relationships };
}

async function readMethod(did: string, method: JsonValue, methods: Map<string, PublicKey>): Promise<string> {
  if (!isObject(method)) throw malformed("did_document_malformed", "a method that is no object");
  const id = fullId(did, member(method, "id"));
  if (member(method, "controller") !== did) throw malformed("did_document_mismatch", "a key that another controls");
  const key = await readKey(method);
  if (!key) return id;
  if ((methods.get(id) ?? key).thumbprint !== key.thumbprint) {
    throw malformed("did_document_malformed", "two keys with one id");
  }
  methods.set(id, withKeyId(key, id));
  return id;
}

async function readKey(method: JsonObject): Promise<PublicKey | undefined> {
  const [jwk, text] = [member(method, "publicKeyJwk"), member(method, "publicKeyMultibase")];
  const kind = String(member(method, "type"));
  if (JWK_TYPES.has(kind) && isObject(jwk) && text === undefined) {
    return CURVES.has(String(member(jwk, "crv"))) ? publicKeyFromJwk(jwk) : undefined;
  }
  if (!MULTIBASE_TYPES.has(kind) || typeof text !== "string" || jwk !== undefined) return undefined;
  try {
    return await publicKeyFromMultikey(text);
  } catch (error) {
    if (error instanceof Refusal && error.kind === "unsupported") return undefined;
    throw error;
  }
}

function fullId(did: string, value: JsonValue | undefined): string {
  if (typeof value !== "string") throw malformed("did_document_malformed", "a method without an id");
  const id = value.startsWith("#") ? did + value : value;
  if (!id.startsWith(`${did}#`)) throw malformed("did_document_mismatch", "a method of another DID");
  return id;
}

function list(document: JsonObject, name: string): JsonValue[] {
  const value = member(document, name) ?? [];
  if (!Array.isArray(value) || value.length > MAX_METHODS) {
    throw malformed("did_document_malformed", `${name} is no list, or too long`);
  }
  return value;
}
