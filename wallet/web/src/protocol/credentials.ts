/** The values that both SD-JWT formats have in common, and what a holder does with either. */

import { select, touches, type ClaimsPath, type Paths } from "./claims.ts";
import { malformed, rejected, unsupported } from "./errors.ts";
import { peek, verifyJws } from "./jose.ts";
import { isObject, member, type JsonObject } from "./json.ts";
import { bind, checkKeyBinding, peekDated, readKeyBinding, type Binding } from "./key_binding.ts";
import { publicKeyFromJwk, type PublicKey, type Signer } from "./keys.ts";
import { CLOCK_SKEW } from "./limits.ts";
import { join, openDisclosures, split, type Placed } from "./sd_jwt.ts";

/** One place in one status list. */
export interface StatusReference {
  readonly kind: "token" | "bitstring";
  readonly uri: string;
  readonly index: number;
  readonly purpose: string;
  readonly size?: number; // bits of one status, in a bitstring list
}

/** What an issuer says about a subject; moments in seconds. */
export interface Credential {
  readonly type: string; // `vct`, or the second entry of `type`
  readonly issuer: string;
  readonly claims: JsonObject; // about the subject only
  readonly issuedAt: number;
  readonly validFrom: number | undefined;
  readonly validUntil: number | undefined;
  readonly status: readonly StatusReference[];
  readonly credentialId: string | undefined;
}

/** The formats that the keeper presents itself. */
export type FormatId = "dc+sd-jwt" | "vc+sd-jwt";

/** A parsed credential or presentation. Nothing in it may be shown as true. */
export interface Unverified {
  readonly format: string;
  readonly wire: string;
  readonly credential: Credential;
  readonly keyId: string | undefined; // how the proof names its key: a claim of the sender
  readonly holder: PublicKey | undefined;
  readonly disclosable: readonly ClaimsPath[]; // paths inside the claims that the holder may still leave out
  readonly presented: boolean;
  /** Each disclosure by its place inside the claims; `[]` is the subject itself. */
  readonly placed: readonly Placed[];
}

/** What tells one format from the other. */
export interface Reading {
  readonly typ: FormatId;
  readonly root: ClaimsPath; // where the claims begin
  readonly hides: (path: ClaimsPath) => boolean; // whether a disclosure with that path hides what is checked
  readonly credentialOf: (payload: JsonObject) => Credential;
  readonly holderOf: (payload: JsonObject) => Promise<PublicKey | undefined>;
}

/** Read a credential or presentation; checks no signature. */
export async function readToken(text: string, reading: Reading): Promise<Unverified> {
  const { issuerJwt, disclosures, keyBinding } = split(text);
  const { header, payload } = peekDated(issuerJwt, reading.typ);
  const contents = member(header, "cty") ?? "vc"; // VC-JOSE-COSE, section 3.1.1
  if (reading.typ === "vc+sd-jwt" && contents !== "vc") throw malformed("typ_not_allowed", "cty is not vc");
  if (keyBinding !== undefined) readKeyBinding(keyBinding);
  const opened = await openDisclosures(payload, disclosures);
  if (opened.disclosures.some(([path]) => reading.hides(path))) {
    throw malformed("claim_must_be_plain", "a member that is checked was hidden");
  }
  const credential = reading.credentialOf(opened.payload);
  const holder = await reading.holderOf(opened.payload);
  const keyId = member(header, "kid");
  const placed = opened.disclosures
    .filter(([path]) => touches(reading.root, path))
    .map(([path, each]): Placed => [path.slice(reading.root.length), each]);
  const disclosable = placed.map(([path]) => path).filter((path) => path.length > 0);
  const presented = keyBinding !== undefined;
  return {
    format: reading.typ, wire: text, credential, holder, disclosable, presented, placed,
    keyId: typeof keyId === "string" ? keyId : undefined,
  };
}

/** The key in `cnf`; refuses `cnf_unsupported`, `key_invalid`. */
export async function confirmedKey(payload: JsonObject): Promise<PublicKey | undefined> {
  const confirmation = member(payload, "cnf");
  if (confirmation === undefined) return undefined;
  const jwk = isObject(confirmation) ? member(confirmation, "jwk") : undefined;
  if (!isObject(jwk)) throw unsupported("cnf_unsupported", "expected cnf.jwk");
  return publicKeyFromJwk(jwk);
}

/** Keep the disclosures that `disclose` covers and those around them, and bind the rest. */
export async function present(
  held: Unverified, holder: Signer, binding: Binding, disclose: Paths, at: number,
): Promise<string> {
  const shown = [...disclose].flatMap((path) => select(held.credential.claims, path).map(([found]) => found));
  const kept = held.placed.filter(([path]) => path.length === 0 || shown.some((each) => touches(path, each)));
  const presented = join(split(held.wire).issuerJwt, kept.map(([, text]) => text));
  return bind(presented, holder, binding, at);
}

/** The issuer's signature holds under `key`, and was not made in the future. */
export async function checkProof(unverified: Unverified, key: PublicKey, at: number): Promise<void> {
  await verifyJws(peek(split(unverified.wire).issuerJwt, { typ: [unverified.format] }), key);
  if (unverified.credential.issuedAt > at + CLOCK_SKEW) throw rejected("not_yet_valid", "issued in the future");
}

/** The moment lies within the validity; refuses `expired`, `not_yet_valid`. */
export function checkDates(credential: Credential, at: number): void {
  const { validFrom, validUntil } = credential;
  if (validUntil !== undefined && at >= validUntil) throw rejected("expired", "it ended");
  if (validFrom !== undefined && at + CLOCK_SKEW < validFrom) throw rejected("not_yet_valid", "it starts later");
}

/** Form was read; now proof, dates, and with `expected` the holder's proof for this very request. */
export async function verify(
  unverified: Unverified, key: PublicKey, at: number, expected?: Binding,
): Promise<Credential> {
  await checkProof(unverified, key, at);
  checkDates(unverified.credential, at);
  if (expected) await checkKeyBinding(unverified.wire, unverified.holder, expected, at);
  return unverified.credential;
}
