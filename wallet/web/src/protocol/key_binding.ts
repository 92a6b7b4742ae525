/** The key-binding JWT of an SD-JWT (RFC 9901, section 4.3): the holder signs for one request. */

import { malformed, NumberRefused, Refusal, rejected } from "./errors.ts";
import { LAST_SECOND, peek, signCompact, verifyJws, type Jws } from "./jose.ts";
import { member, type JsonObject } from "./json.ts";
import type { PublicKey, Signer } from "./keys.ts";
import { CLOCK_SKEW, MAX_KEY_BINDING_AGE } from "./limits.ts";
import { digest } from "./sd_jwt.ts";

/** What ties a presentation to one request. */
export interface Binding {
  readonly audience: string; // the verifier's full client id, or the origin of a share
  readonly nonce: string;
  /** When the presentation ends, in seconds; only in a share (wallet design, section 8). */
  readonly expires?: number;
}

/** A request that can be answered names audience and nonce; refuses `config_nonce_required`. */
export function requireBinding(binding: Binding): void {
  if (!binding.audience || !binding.nonce) throw rejected("config_nonce_required", "audience and nonce must be set");
}

/** Add the holder's JWT to a presentation that ends with `~` (4.3); `at` in seconds. */
export async function bind(presented: string, holder: Signer, binding: Binding, at: number): Promise<string> {
  requireBinding(binding);
  const payload: JsonObject = {
    iat: Math.floor(at), aud: binding.audience, nonce: binding.nonce, sd_hash: await digest(presented),
  };
  if (binding.expires !== undefined) payload["exp"] = Math.floor(binding.expires);
  return presented + (await signCompact({ typ: "kb+jwt" }, payload, holder));
}

/** Read a key-binding JWT; refuses `kb_iat_invalid`, or as `peek`. */
export function readKeyBinding(token: string): Jws {
  try {
    return peek(token, { typ: ["kb+jwt"], headerKey: true });
  } catch (error) {
    if (error instanceof NumberRefused && error.member === "iat") {
      throw rejected("kb_iat_invalid", "iat is no number");
    }
    throw error;
  }
}

/**
 * Check the holder's JWT at the end of a presentation (7.3).
 *
 * `expected` undefined: the request is unknown, so that time, audience and nonce are not judged.
 * Refuses `holder_binding_missing`, `holder_key_mismatch`, `sd_hash_mismatch`, `kb_iat_invalid`,
 * `aud_mismatch`, `nonce_invalid`, `config_nonce_required`.
 */
export async function checkKeyBinding(
  text: string, holder: PublicKey | undefined, expected: Binding | undefined, at: number,
): Promise<void> {
  if (expected) requireBinding(expected);
  const end = text.lastIndexOf("~") + 1;
  const token = text.slice(end);
  if (!token || end === 0) throw rejected("holder_binding_missing", "no key-binding JWT");
  if (!holder) throw rejected("holder_key_mismatch", "the credential is bound to no key");
  const jws = readKeyBinding(token);
  try {
    await verifyJws(jws, holder);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw rejected("holder_key_mismatch", "not signed by the bound key");
  }
  if (member(jws.payload, "sd_hash") !== (await digest(text.slice(0, end)))) {
    throw rejected("sd_hash_mismatch", "it covers another selection");
  }
  checkAnswer(jws.payload, expected, at);
}

function checkAnswer(payload: JsonObject, expected: Binding | undefined, at: number): void {
  const made = member(payload, "iat");
  if (typeof made !== "number" || made < 0 || made > LAST_SECOND) throw rejected("kb_iat_invalid", "iat is no time");
  if (!expected) return;
  if (made - CLOCK_SKEW > at || at > made + MAX_KEY_BINDING_AGE) throw rejected("kb_iat_invalid", `made ${made}`);
  if (member(payload, "aud") !== expected.audience) throw rejected("aud_mismatch", "made for another verifier");
  if (member(payload, "nonce") !== expected.nonce) throw rejected("nonce_invalid", "made for another request");
}

/** The payload of a JWT whose dates may be spelled in ways that JSON does not know, such as 1e400. */
export function peekDated(token: string, typ: string): Jws {
  try {
    return peek(token, { typ: [typ] });
  } catch (error) {
    if (error instanceof NumberRefused && ["iat", "nbf", "exp"].includes(error.member ?? "")) {
      throw malformed("date_invalid", `${error.member} is no number`);
    }
    throw error;
  }
}
