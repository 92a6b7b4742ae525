/** Fresh holder keys for tests. */

import type { JsonObject } from "../src/protocol/json.ts";
import { publicKeyFromJwk, type Signer } from "../src/protocol/keys.ts";

/** A P-256 signer. */
export async function newSigner(): Promise<Signer> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const { kty, crv, x, y } = (await crypto.subtle.exportKey("jwk", pair.publicKey)) as Record<string, string>;
  return {
    public: await publicKeyFromJwk({ kty, crv, x, y } as JsonObject),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, message)),
  };
}
