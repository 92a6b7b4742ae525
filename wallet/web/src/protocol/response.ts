/** The encrypted answer (OpenID4VP 1.0, section 8): `direct_post.jwt`, and the match code. */

import { rejected } from "./errors.ts";
import { encryptCompact } from "./jwe.ts";
import { canonicalJson, member, type JsonObject } from "./json.ts";
import { writeForm } from "./message.ts";
import { concat, latin1, sha, type Octets } from "./octets.ts";
import type { AuthorizationRequest } from "./request.ts";

/** Presentations by query id. */
export type VpToken = Readonly<Record<string, readonly (string | JsonObject)[]>>;

/** The form body with the presentations, encrypted to the key of the request. */
export async function createResponse(request: AuthorizationRequest, vpToken: VpToken): Promise<Octets> {
  const payload: JsonObject = { vp_token: vpToken as unknown as JsonObject };
  if (request.state !== undefined) payload["state"] = request.state;
  const options = { enc: request.enc, apv: latin1(request.nonce) };
  const jwe = await encryptCompact(canonicalJson(payload), request.encryptionKey, options);
  return writeForm({ response: jwe });
}

/** The form body of a refusal; refusing and not having look the same (section 8.5). */
export function createRefusal(request: AuthorizationRequest): Octets {
  return writeForm({ error: "access_denied", state: request.state });
}

/** Where the verifier wants the browser to go; refuses `response_refused`. */
export function parseDelivery(document: JsonObject): string | undefined {
  const redirect = member(document, "redirect_uri") ?? undefined;
  if (redirect === undefined || typeof redirect === "string") return redirect;
  throw rejected("response_refused", "redirect_uri is no text");
}

/**
 * Four digits that only the two ends of one answer share (wallet design, section 10): the first
 * eight octets of SHA-256("skillspass/match" | nonce | SHA-256(canonical vp_token)), modulo 10,000.
 */
export async function matchCode(nonce: string, vpToken: VpToken): Promise<string> {
  const inner = await sha(canonicalJson(vpToken as unknown as JsonObject));
  const outer = await sha(concat("skillspass/match", nonce, inner));
  const digits = new DataView(outer.buffer).getBigUint64(0) % 10_000n;
  return digits.toString().padStart(4, "0");
}
