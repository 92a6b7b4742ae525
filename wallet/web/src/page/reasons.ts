/**
 * Why a credential was paused or withdrawn: asked of its issuer, with the credential's own key.
 *
 * The question shows the issuer that the holder looked, so it is asked only when a person opens a
 * credential that does not hold (as `wallet/holder/reasons.py`).
 */

import { ask, documentAt, objectIn } from "../journeys/network.ts";
import { signerOf } from "../keeper/signing.ts";
import { parseHeld, type Held } from "../keeper/vault.ts";
import { documentUrl } from "../protocol/dids.ts";
import { Refusal } from "../protocol/errors.ts";
import { createProof, metadataUrl, parseNonceResponse } from "../protocol/issuance.ts";
import { canonicalJson, isObject, member, parseObject } from "../protocol/json.ts";

const MAX_REASON = 300; // characters: one sentence of a stranger
const FORM = "application/x-www-form-urlencoded";
const PLACES = /\/(?:\.well-known\/)?did\.json$/;

/** The reason in both languages; undefined where the issuer tells none, or not now. */
export async function reasonFor(held: Held, at: number): Promise<Record<"nl" | "en", string> | undefined> {
  try {
    return await asked(held, at);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

async function asked(held: Held, at: number): Promise<Record<"nl" | "en", string> | undefined> {
  const { credential } = await parseHeld(held);
  const issuer = documentUrl(credential.issuer).replace(PLACES, "");
  const metadata = parseObject(await documentAt(metadataUrl(issuer, "openid-credential-issuer")));
  const [endpoint, nonces] = ["status_reason_endpoint", "nonce_endpoint"].map((name) => String(member(metadata, name) ?? ""));
  if (![endpoint, nonces].every((each) => each?.startsWith(`${issuer}/`))) return undefined; // somebody else's address
  const nonce = parseNonceResponse(objectIn(await ask(nonces ?? "", { body: new Uint8Array(), type: FORM })));
  const proof = await createProof(await signerOf(held.key), issuer, nonce, at);
  const answer = objectIn(await ask(endpoint ?? "", { body: canonicalJson({ proof }), type: "application/json" }));
  const told = member(answer, "credentials");
  const own = (Array.isArray(told) ? told : []).filter(isObject).find((each) => member(each, "id") === credential.credentialId);
  if (!own) return undefined;
  const text = (language: string): string => String(member(own, `reason_${language}`) ?? "").slice(0, MAX_REASON);
  return { nl: text("nl"), en: text("en") || text("nl") };
}
