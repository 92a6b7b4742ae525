/**
 * How the keeper talks to one issuer: a token bound to a key that no script can read (RFC 9449),
 * nonces as they come, and messages with credentials encrypted where that is needed (section 10).
 */

import { ask, objectIn, type Answer } from "../journeys/network.ts";
import { CHANCE } from "../keeper/seals.ts";
import { rejected, unsupported } from "../protocol/errors.ts";
import { signCompact } from "../protocol/jose.ts";
import { canonicalJson, parseObject, type JsonObject } from "../protocol/json.ts";
import { decryptCompact, encryptCompact } from "../protocol/jwe.ts";
import { publicKeyFromJwk, webCrypto, type Signer } from "../protocol/keys.ts";
import { originOf } from "../protocol/message.ts";
import { b64url, fromUtf8, sha, utf8, type Octets } from "../protocol/octets.ts";
import type { Issuer, Server } from "./metadata.ts";
import { forward, type Endpoint } from "./relay.ts";

const ES256 = webCrypto("ES256");
const JSON_TYPE = "application/json";
const SEALED_TYPE = "application/jwt";

/** What has to survive a visit to the issuer's page, or the wait for a credential. */
export interface Kept {
  readonly pair: CryptoKeyPair | undefined; // IndexedDB keeps it; its private half refuses export
  readonly token: string;
  readonly relayed: boolean;
}

/** Messages to one issuer and its authorization server. */
export class Conversation {
  private readonly issuer: Issuer;
  private readonly pair: CryptoKeyPair | undefined;
  private readonly signer: Signer | undefined;
  private readonly nonces = new Map<string, string>();
  private readonly ahead: number; // what the keeper's clock is ahead of the browser's, in seconds
  readonly relayed: boolean;
  token: string;

  private constructor(issuer: Issuer, kept: Kept, signer: Signer | undefined, at: number) {
    this.issuer = issuer;
    this.ahead = at - Date.now() / 1000;
    this.pair = kept.pair;
    this.relayed = kept.relayed;
    this.token = kept.token;
    this.signer = signer;
  }

  /** Begin one, with a fresh key where the server binds tokens; `at` in seconds. */
  static async begin(issuer: Issuer, server: Server, relayed: boolean, at: number): Promise<Conversation> {
    const pair = server.binds
      ? ((await crypto.subtle.generateKey(ES256 as EcKeyGenParams, false, ["sign", "verify"])) as CryptoKeyPair)
      : undefined;
    return Conversation.resume(issuer, { pair, token: "", relayed }, at);
  }

  /** Go on with one. */
  static async resume(issuer: Issuer, kept: Kept, at: number): Promise<Conversation> {
    return new Conversation(issuer, kept, kept.pair && (await signerOfPair(kept.pair)), at);
  }

  /** What to keep, to go on later. */
  kept(): Kept {
    return { pair: this.pair, token: this.token, relayed: this.relayed };
  }

  /** The thumbprint of the key that tokens are bound to; undefined where they are to none. */
  thumbprint = (): string | undefined => this.signer?.public.thumbprint;

  /** Send a message; once more, where the server wants a nonce of its own in our proof. */
  async send(url: string, endpoint: Endpoint | "push", body: Octets, type: string): Promise<Answer> {
    const answer = await this.once(url, endpoint, body, type);
    const again = this.signer && answer.nonce !== undefined && (answer.status === 400 || answer.status === 401);
    return again ? this.once(url, endpoint, body, type) : answer;
  }

  /**
   * Send a message about a credential, and read the answer; encrypted where the issuer wants it, and
   * by way of the relay always.
   *
   * Refuses `credential_refused`, `credential_response_invalid`, and `relay_unencrypted` where the
   * relay would read the credential.
   */
  async exchange(url: string, endpoint: Endpoint, message: JsonObject): Promise<JsonObject> {
    const { request, response, required } = this.issuer.sealing;
    if (this.relayed && response === undefined) throw unsupported("relay_unencrypted", "the relay would read it");
    if (!required && !this.relayed) return objectIn(taken(await this.send(url, endpoint, canonicalJson(message), JSON_TYPE)));
    const mine = await agreementKey();
    const whole = response === undefined ? message
      : { ...message, credential_response_encryption: { jwk: half(mine), enc: response } };
    if (request === undefined && !this.relayed) throw unsupported("offer_not_supported", "no key to encrypt the request to");
    const answer = taken(request === undefined
      ? await this.send(url, endpoint, canonicalJson(whole), JSON_TYPE)
      : await this.send(url, endpoint, utf8(await encryptCompact(canonicalJson(whole), request.jwk, { enc: request.enc })), SEALED_TYPE));
    if (response === undefined) return objectIn(answer);
    if (answer.type !== SEALED_TYPE) throw rejected("credential_response_invalid", "not encrypted, though we asked it");
    return parseObject(await decryptCompact(fromUtf8(answer.body), mine));
  }

  private async once(url: string, endpoint: Endpoint | "push", body: Octets, type: string): Promise<Answer> {
    const authorization = this.token ? `${this.signer ? "DPoP" : "Bearer"} ${this.token}` : undefined;
    const dpop = this.signer && (await this.proof(this.signer, url));
    if (this.relayed && endpoint === "push") throw unsupported("offer_not_supported", "no page by way of the relay");
    const answer = this.relayed && endpoint !== "push"
      ? await forward(this.issuer.credentialIssuer, endpoint, { body, type, authorization, dpop })
      : await ask(url, { body, type, authorization, dpop });
    if (answer.nonce !== undefined) this.nonces.set(originOf(url), answer.nonce);
    return answer;
  }

  private async proof(signer: Signer, url: string): Promise<string> {
    const nonce = this.nonces.get(originOf(url));
    const payload: JsonObject = {
      htm: "POST", htu: url.replace(/[?#].*$/s, ""), iat: Math.floor(Date.now() / 1000 + this.ahead), jti: b64url(CHANCE.octets(16)),
    };
    if (nonce !== undefined) payload["nonce"] = nonce;
    if (this.token) payload["ath"] = b64url(await sha(utf8(this.token)));
    return signCompact({ typ: "dpop+jwt", jwk: signer.public.jwk }, payload, signer);
  }
}

async function signerOfPair({ privateKey, publicKey }: CryptoKeyPair): Promise<Signer> {
  const { crv = "", kty = "", x = "", y = "" } = await crypto.subtle.exportKey("jwk", publicKey);
  const sign = async (text: Octets) => new Uint8Array(await crypto.subtle.sign(ES256 as EcdsaParams, privateKey, text));
  return { public: await publicKeyFromJwk({ crv, kty, x, y }), sign };
}

/** A key for one answer. */
async function agreementKey(): Promise<JsonObject> {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const { crv = "", kty = "", x = "", y = "", d = "" } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  return { crv, kty, x, y, d, alg: "ECDH-ES", use: "enc", kid: b64url(CHANCE.octets(8)) };
}

function half({ d: _, ...jwk }: JsonObject): JsonObject {
  return jwk as JsonObject;
}

function taken(answer: Answer): Answer {
  if (answer.status !== 200 && answer.status !== 202) throw rejected("credential_refused", `status ${answer.status}`);
  return answer;
}
