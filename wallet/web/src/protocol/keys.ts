/** Public keys for signatures: JWK (RFC 7517), Multikey (Controlled Identifiers 1.0), thumbprints. */

import { malformed, rejected, unsupported, type Refusal } from "./errors.ts";
import { canonicalJson, member, type JsonObject } from "./json.ts";
import { b64url, fromB64url, fromMultibase, fromVarint, sha, type Octets } from "./octets.ts";
import { checkEd25519, checkOnCurve, decompress } from "./points.ts";

/** The signature algorithms that we know; fixed per key, never read from a message. */
export type Algorithm = "ES256" | "ES384" | "EdDSA";

interface Curve {
  readonly algorithm: Algorithm;
  readonly kty: "EC" | "OKP";
  readonly size: number; // octets of a coordinate
  readonly codec: number; // multicodec
  readonly algs: readonly string[]; // accepted in the member `alg`
}

type CurveName = "P-256" | "P-384" | "Ed25519";

const CURVES: Record<CurveName, Curve> = {
  "P-256": { algorithm: "ES256", kty: "EC", size: 32, codec: 0x1200, algs: ["ES256"] },
  "P-384": { algorithm: "ES384", kty: "EC", size: 48, codec: 0x1201, algs: ["ES384"] },
  Ed25519: { algorithm: "EdDSA", kty: "OKP", size: 32, codec: 0xed, algs: ["EdDSA", "Ed25519"] },
};
const UNUSED_NAMES = new Set(["X25519", "X448", "Ed448", "P-521", "secp256k1"]);
const UNUSED_CODECS = new Set([0xe7n, 0xebn, 0xecn, 0x1202n, 0x1203n, 0x1204n]);

/** A key that checks signatures. */
export interface PublicKey {
  readonly algorithm: Algorithm;
  readonly thumbprint: string; // RFC 7638 with SHA-256: two keys are the same when their thumbprints are
  readonly jwk: JsonObject; // its required members alone
  readonly keyId: string | undefined;
}

/** Whoever holds a private key: memory here, a split key or hardware later. */
export interface Signer {
  readonly public: PublicKey;
  /** r and s side by side, or 64 octets of Ed25519. */
  sign(message: Octets): Promise<Octets>;
}

/** What WebCrypto calls an algorithm, for import and for use. */
export function webCrypto(algorithm: Algorithm): { name: string; namedCurve?: string; hash?: string } {
  if (algorithm === "EdDSA") return { name: "Ed25519" };
  const bits = algorithm === "ES256" ? 256 : 384;
  return { name: "ECDSA", namedCurve: `P-${bits}`, hash: `SHA-${bits}` };
}

/**
 * Read a public JWK for signatures; a `kid` becomes the key id.
 *
 * Refuses `key_invalid`, and `key_unsupported` for a curve that we know but do not use.
 */
export async function publicKeyFromJwk(jwk: JsonObject): Promise<PublicKey> {
  const name = member(jwk, "crv");
  if (typeof name === "string" && UNUSED_NAMES.has(name)) throw unsupported("key_unsupported", name);
  const curve = typeof name === "string" && Object.hasOwn(CURVES, name) ? CURVES[name as CurveName] : undefined;
  if (!curve || member(jwk, "kty") !== curve.kty) throw invalid("kty and crv name no curve that we know");
  if (Object.hasOwn(jwk, "d")) throw invalid("a private key where a public one belongs");
  const operations = member(jwk, "key_ops") ?? ["verify"];
  if (!Array.isArray(operations) || !operations.includes("verify") || (member(jwk, "use") ?? "sig") !== "sig") {
    throw invalid("not meant for checking signatures");
  }
  const alg = member(jwk, "alg");
  if (alg !== undefined && !curve.algs.includes(String(alg))) throw invalid("alg does not fit the curve");
  const x = coordinate(member(jwk, "x"), curve.size);
  const y = curve.kty === "EC" ? coordinate(member(jwk, "y"), curve.size) : undefined;
  const keyId = member(jwk, "kid");
  return publicKey(name as CurveName, x, y, typeof keyId === "string" ? keyId : undefined);
}

/** Read `publicKeyMultibase` of type Multikey; refuses as `publicKeyFromJwk`. */
export async function publicKeyFromMultikey(text: string): Promise<PublicKey> {
  const [codec, octets] = readMultikey(text);
  if (UNUSED_CODECS.has(codec) && text.startsWith("z")) throw unsupported("key_unsupported", "a key of another use");
  const named = Object.entries(CURVES).find(([, curve]) => BigInt(curve.codec) === codec);
  if (!named || !text.startsWith("z")) throw invalid("another multicodec");
  const name = named[0] as CurveName;
  if (name === "Ed25519") return publicKey(name, octets, undefined, undefined);
  return publicKey(name, ...decompress(name, octets), undefined);
}

/** Check a signature; refuses `signature_invalid`. */
export async function verifySignature(key: PublicKey, signature: Octets, message: Octets): Promise<void> {
  const algorithm = webCrypto(key.algorithm);
  const size = key.algorithm === "ES384" ? 96 : 64;
  if (signature.length !== size) throw rejected("signature_invalid", `${signature.length} octets`);
  const imported = await crypto.subtle.importKey("jwk", { ...key.jwk } as JsonWebKey, algorithm, false, ["verify"]);
  if (!(await crypto.subtle.verify(algorithm, imported, signature, message))) {
    throw rejected("signature_invalid", key.algorithm);
  }
}

/** The same key under another name. */
export function withKeyId(key: PublicKey, keyId: string | undefined): PublicKey {
  return { ...key, keyId };
}

async function publicKey(
  name: CurveName, x: Octets, y: Octets | undefined, keyId: string | undefined,
): Promise<PublicKey> {
  const jwk: JsonObject = { crv: name, kty: CURVES[name].kty, x: b64url(x) };
  if (name === "Ed25519") checkEd25519(x);
  else if (y) {
    checkOnCurve(name, x, y);
    jwk["y"] = b64url(y);
  }
  const thumbprint = b64url(await sha(canonicalJson(jwk)));
  return { algorithm: CURVES[name].algorithm, thumbprint, jwk, keyId };
}

function readMultikey(text: string): [bigint, Octets] {
  try {
    return fromVarint(fromMultibase(text));
  } catch {
    throw invalid("not multibase");
  }
}

function coordinate(value: unknown, size: number): Octets {
  if (typeof value !== "string") throw invalid("a coordinate is missing");
  let octets: Octets;
  try {
    octets = fromB64url(value);
  } catch {
    throw invalid("a coordinate is not base64url");
  }
  if (octets.length !== size) throw invalid(`${octets.length} octets, expected ${size}`);
  return octets;
}

function invalid(detail: string): Refusal {
  return malformed("key_invalid", detail);
}
