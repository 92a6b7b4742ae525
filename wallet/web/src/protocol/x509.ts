/** Certificate chains in `x5c` (RFC 5280, HAIP 1.0): who signed a request, and by whose word. */

import { badChain, oid, rawSignature, readAll, readOne, time, type Element } from "./der.ts";
import { Refusal } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import { publicKeyFromJwk, verifySignature, type PublicKey } from "./keys.ts";
import { CLOCK_SKEW } from "./limits.ts";
import { b64url, latin1, same, sha, type Octets } from "./octets.ts";
import { decompress } from "./points.ts";

const MAX_CHAIN = 5; // leaf, two authorities, and room
const MAX_CERTIFICATE_BYTES = 8 * 1024;
const SEQUENCE = 0x30;
const CURVES: Record<string, "P-256" | "P-384"> = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384" };
const SIGNATURES: Record<string, "ES256" | "ES384" | "EdDSA"> = {
  "1.2.840.10045.4.3.2": "ES256", "1.2.840.10045.4.3.3": "ES384", "1.3.101.112": "EdDSA",
};
const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";
const ALTERNATIVE_NAMES = "2.5.29.17";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const UNDERSTOOD = new Set([BASIC_CONSTRAINTS, KEY_USAGE, ALTERNATIVE_NAMES, EXTENDED_KEY_USAGE]);
const ORGANISATION = "2.5.4.10";
const COMMON_NAME = "2.5.4.3";
const ANY_USAGE = "2.5.29.37.0";
const SERVER_USAGES = new Set(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);

/** What a certificate says; unchecked. */
export interface Certificate {
  readonly der: Octets;
  readonly key: PublicKey;
  readonly issuer: Octets;
  readonly subject: Octets;
  readonly name: string; // the organisation, else the common name; for people
  readonly hosts: readonly string[]; // its dNSNames, in lower case
  readonly notBefore: number;
  readonly notAfter: number;
  readonly authority: number; // how many authorities may stand below it; -1: it is none
  readonly usages: readonly string[];
  readonly signed: Octets;
  readonly signature: Octets;
  readonly algorithm: "ES256" | "ES384" | "EdDSA";
}

/** A chain that held: its leaf, and whether its end is signed by an anchor that we know. */
export interface CheckedChain {
  readonly leaf: Certificate;
  readonly anchored: boolean;
}

/** `x509_hash` of a certificate: SHA-256 of its DER in base64url (OpenID4VP 1.0, section 5.9.3). */
export async function certificateHash(certificate: Certificate): Promise<string> {
  return b64url(await sha(certificate.der));
}

/**
 * Read and check a chain: order, signatures, dates, authorities; the anchor is left out, the leaf
 * is not its own issuer, and serves to sign. Refuses `x5c_invalid`.
 *
 * `anchors` are certificates whose word counts; a chain to none of them is not `anchored`.
 */
export async function checkChain(
  value: JsonValue | undefined, at: number, anchors: readonly Certificate[] = [],
): Promise<CheckedChain> {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CHAIN) throw badChain("no chain");
  const chain: Certificate[] = [];
  for (const text of value) chain.push(await readCertificate(standardBase64(text)));
  const [leaf] = chain;
  if (!leaf || leaf.authority >= 0) throw badChain("the leaf is an authority");
  if (leaf.usages.length > 0 && !leaf.usages.every((usage) => usage !== ANY_USAGE && !SERVER_USAGES.has(usage))) {
    throw badChain("the leaf serves another use");
  }
  for (const [place, certificate] of chain.entries()) {
    if (at + CLOCK_SKEW < certificate.notBefore || at >= certificate.notAfter) throw badChain("outside its dates");
    if (same(certificate.issuer, certificate.subject)) throw badChain("its own issuer");
    const above = chain[place + 1];
    const allowed = !above || above.authority >= place;
    if (!allowed || (above && !(await isIssuedBy(certificate, above)))) throw badChain("not issued by the next one");
  }
  const last = chain.at(-1) ?? leaf;
  for (const anchor of anchors) {
    const valid = at >= anchor.notBefore && at < anchor.notAfter && anchor.authority >= chain.length - 1;
    if (valid && (await isIssuedBy(last, anchor))) return { leaf, anchored: true };
  }
  return { leaf, anchored: false };
}

/** Read one certificate in DER; refuses `x5c_invalid`. */
export async function readCertificate(der: Octets): Promise<Certificate> {
  if (der.length > MAX_CERTIFICATE_BYTES) throw badChain(`${der.length} octets`);
  const [tbs, algorithm, signature, ...more] = readAll(readOne(der, SEQUENCE).body);
  if (tbs?.tag !== SEQUENCE || signature?.tag !== 3 || more.length > 0) throw badChain("no certificate");
  const fields = readAll(tbs.body);
  const version = fields[0]?.tag === 0xa0 ? fields.shift() : undefined;
  const [, inner, issuer, validity, subject, spki, ...rest] = fields;
  if (!version || readOne(version.body, 2).body[0] !== 2 || !issuer || !subject || !spki || !validity) {
    throw badChain("no certificate of version 3");
  }
  const outer = algorithm && oid(readAll(algorithm.body)[0]);
  if (!inner || outer !== oid(readAll(inner.body)[0]) || !outer || !Object.hasOwn(SIGNATURES, outer)) {
    throw badChain("another signature algorithm");
  }
  const [notBefore, notAfter] = readAll(validity.body).map(time);
  if (notBefore === undefined || notAfter === undefined) throw badChain("no dates");
  const extensions = readExtensions(rest.find(({ tag }) => tag === 0xa3));
  const [names, usages] = [extensions.get(ALTERNATIVE_NAMES), extensions.get(EXTENDED_KEY_USAGE)];
  return {
    der, key: await readKey(spki), issuer: issuer.whole, subject: subject.whole, name: nameOf(subject),
    hosts: hostsOf(names), usages: usages ? readAll(readOne(usages, SEQUENCE).body).map(oid) : [], notBefore, notAfter,
    authority: authorityOf(extensions.get(BASIC_CONSTRAINTS), extensions.get(KEY_USAGE)),
    signed: tbs.whole, signature: bits(signature), algorithm: SIGNATURES[outer] ?? "ES256",
  };
}

async function isIssuedBy(certificate: Certificate, above: Certificate): Promise<boolean> {
  if (!same(certificate.issuer, above.subject) || above.key.algorithm !== certificate.algorithm) return false;
  const size = certificate.algorithm === "ES384" ? 48 : 32;
  const raw = certificate.algorithm === "EdDSA" ? certificate.signature : rawSignature(certificate.signature, size);
  try {
    await verifySignature(above.key, raw, certificate.signed);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function readExtensions(holder: Element | undefined): Map<string, Octets> {
  const found = new Map<string, Octets>();
  for (const extension of holder ? readAll(readOne(holder.body, SEQUENCE).body) : []) {
    const [id, ...rest] = readAll(extension.body);
    const name = oid(id);
    const critical = rest[0]?.tag === 1 && rest[0].body[0] === 0xff;
    const value = rest.at(-1);
    if (found.has(name) || value?.tag !== 4) throw badChain("an extension of another form");
    if (critical && !UNDERSTOOD.has(name)) throw badChain("a critical extension that we do not know");
    found.set(name, value.body);
  }
  return found;
}

async function readKey(spki: Element): Promise<PublicKey> {
  const [algorithm, key] = readAll(spki.body);
  const [kind, curve] = readAll(algorithm?.body ?? new Uint8Array());
  if (key?.tag !== 3) throw badChain("no key");
  const point = bits(key);
  try {
    if (oid(kind) === "1.3.101.112") return await publicKeyFromJwk({ kty: "OKP", crv: "Ed25519", x: b64url(point) });
    const crv = CURVES[oid(curve)];
    if (oid(kind) !== "1.2.840.10045.2.1" || !crv) throw badChain("a key of another kind");
    const half = (point.length - 1) / 2;
    const [x, y] = point[0] === 4 ? [point.slice(1, 1 + half), point.slice(1 + half)] : decompress(crv, point);
    return await publicKeyFromJwk({ kty: "EC", crv, x: b64url(x), y: b64url(y) });
  } catch (error) {
    throw error instanceof Refusal ? badChain(error.code) : error;
  }
}

/** RFC 5280, 4.2.1.9 and 4.2.1.3: an authority says so, and may sign certificates. */
function authorityOf(constraints: Octets | undefined, usage: Octets | undefined): number {
  const [ca, most] = constraints ? readAll(readOne(constraints, SEQUENCE).body) : [];
  const signs = !usage || ((readOne(usage, 3).body[1] ?? 0) & 0x04) !== 0;
  if (ca?.tag !== 1 || ca.body[0] !== 0xff || !signs) return -1;
  return most ? (most.body[0] ?? 0) : MAX_CHAIN;
}

function hostsOf(extension: Octets | undefined): string[] {
  const names = extension ? readAll(readOne(extension, SEQUENCE).body) : [];
  return names.filter(({ tag }) => tag === 0x82).map(({ body }) => String.fromCharCode(...body).toLowerCase());
}

function nameOf(subject: Element): string {
  const names = new Map<string, string>();
  for (const set of readAll(subject.body)) {
    for (const pair of readAll(set.body)) {
      const [id, value] = readAll(pair.body);
      if (value && [12, 19, 22].includes(value.tag)) names.set(oid(id), new TextDecoder().decode(value.body));
    }
  }
  return names.get(ORGANISATION) ?? names.get(COMMON_NAME) ?? "";
}

function bits(element: Element): Octets {
  if (element.body[0] !== 0) throw badChain("a bit string with spare bits");
  return element.body.slice(1);
}

/** Entries of `x5c` are base64 of the standard alphabet, with padding (RFC 7515, 4.1.6). */
function standardBase64(text: JsonValue): Octets {
  if (typeof text !== "string" || text.length > 2 * MAX_CERTIFICATE_BYTES) throw badChain("no base64");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw badChain("no base64");
  return latin1(atob(text));
}
