/** Holder keys: a new one for each copy of a credential, so two readers cannot link the worker. */

import { malformed, Refusal } from "../protocol/errors.ts";
import type { JsonObject } from "../protocol/json.ts";
import { publicKeyFromJwk, webCrypto, type Signer } from "../protocol/keys.ts";
import type { Octets } from "../protocol/octets.ts";

const ES256 = webCrypto("ES256");

/** A fresh P-256 key as a private JWK; it is kept inside the vault and nowhere else. */
export async function newHolderKey(): Promise<JsonObject> {
  const pair = (await crypto.subtle.generateKey(ES256 as EcKeyGenParams, true, ["sign", "verify"])) as CryptoKeyPair;
  const { crv = "", d = "", kty = "", x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { crv, d, kty, x, y };
}

/** A key bound to this device: it is never exported, and the card says so. */
export async function newDeviceSigner(): Promise<Signer> {
  const pair = (await crypto.subtle.generateKey(ES256 as EcKeyGenParams, false, ["sign", "verify"])) as CryptoKeyPair;
  const { crv = "", kty = "", x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return signerWith(pair.privateKey, { crv, kty, x, y });
}

/** Who signs with a key of the vault, which is imported so that no script can read it; refuses `key_invalid`. */
export async function signerOf(jwk: JsonObject): Promise<Signer> {
  const { d, kid: _, ...half } = jwk;
  try {
    const key = await crypto.subtle.importKey("jwk", { ...half, d } as JsonWebKey, ES256, false, ["sign"]);
    return await signerWith(key, half as JsonObject);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw malformed("key_invalid", "the halves do not belong together");
  }
}

async function signerWith(key: CryptoKey, half: JsonObject): Promise<Signer> {
  const sign = async (text: Octets) => new Uint8Array(await crypto.subtle.sign(ES256 as EcdsaParams, key, text));
  return { public: await publicKeyFromJwk(half), sign };
}
