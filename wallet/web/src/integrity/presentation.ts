/**
 * A presentation of one credential, signed by its holder with ecdsa-jcs-2019 (Data Integrity ECDSA
 * Cryptosuites 1.0, section 3.3): canonical JSON, so that the keeper needs no RDF.
 */

import { didJwk, keyOf, selfNamed } from "../protocol/dids.ts";
import { rejected } from "../protocol/errors.ts";
import { canonicalJson, type JsonObject } from "../protocol/json.ts";
import type { Binding } from "../protocol/key_binding.ts";
import type { Signer } from "../protocol/keys.ts";
import { concat, sha, type Octets } from "../protocol/octets.ts";

const CONTEXT = "https://www.w3.org/ns/credentials/v2";
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Wrap what is shown and sign it for one request; `at` in seconds. */
export async function presentSecured(shown: JsonObject, subjectId: string, signer: Signer, binding: Binding, at: number): Promise<JsonObject> {
  const own = keyOf(await selfNamed(subjectId), undefined, "authentication");
  if (own.thumbprint !== signer.public.thumbprint) throw rejected("holder_key_mismatch", "another key than the subject's");
  const document: JsonObject = {
    "@context": [CONTEXT], type: ["VerifiablePresentation"], holder: subjectId, verifiableCredential: [shown],
  };
  const proof: JsonObject = {
    type: "DataIntegrityProof", cryptosuite: "ecdsa-jcs-2019", created: stamp(at),
    verificationMethod: own.keyId ?? `${didJwk(signer.public)}#0`, proofPurpose: "authentication",
    challenge: binding.nonce, domain: binding.audience, "@context": [CONTEXT],
  };
  const data = concat(await sha(canonicalJson(proof)), await sha(canonicalJson(document)));
  return { ...document, proof: { ...proof, proofValue: `z${base58(await signer.sign(data))}` } };
}

const stamp = (at: number): string => new Date(Math.floor(at) * 1000).toISOString().replace(".000", "");

/** Octets in the alphabet of multibase `z`. */
export function base58(octets: Octets): string {
  let value = octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  let text = "";
  for (; value > 0n; value /= 58n) text = (BASE58[Number(value % 58n)] ?? "") + text;
  return "1".repeat(octets.findIndex((octet) => octet !== 0)) + text;
}
