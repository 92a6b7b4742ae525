// A holder that is not ours: takes an offer with other people's libraries, and tells what it has.
//
//   node holder.mjs < {"offer": uri, "pin": text, "at": seconds, "origins": {"https://name": "http://address"}}
import { Openid4vciClient } from "@openid4vc/openid4vci";
import { clientAuthenticationAnonymous } from "@openid4vc/oauth2";
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { createHash, randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const { offer, pin, at, origins } = JSON.parse(await text(process.stdin));

/** The names of the trial at the addresses that stand for them. */
const fetching = (address, options) => {
  const { origin } = new URL(address);
  return fetch(String(address).replace(origin, origins[origin] ?? origin), options);
};

const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const publicJwk = await exportJWK(publicKey);
const client = new Openid4vciClient({
  callbacks: {
    fetch: fetching,
    hash: (octets, algorithm) => createHash(algorithm.replace("-", "")).update(octets).digest(),
    generateRandom: (length) => randomBytes(length),
    clientAuthentication: clientAuthenticationAnonymous(),
    signJwt: async (_, { header, payload }) =>
      ({ jwt: await new SignJWT(payload).setProtectedHeader(header).sign(privateKey), signerJwk: publicJwk }),
  },
});

const credentialOffer = await client.resolveCredentialOffer(`openid-credential-offer://?credential_offer_uri=${encodeURIComponent(offer)}`);
const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode: pin });
const [credentialConfigurationId] = credentialOffer.credential_configuration_ids;
const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
const signer = { method: "jwk", publicJwk, alg: "ES256" };
const { jwt } = await client.createCredentialRequestJwtProof({
  issuerMetadata, credentialConfigurationId, nonce, signer, issuedAt: new Date(at * 1000),
});
const { credentialResponse } = await client.retrieveCredentials({
  issuerMetadata, credentialConfigurationId, proofs: { jwt: [jwt] }, accessToken: accessTokenResponse.access_token,
});
const [{ credential }] = credentialResponse.credentials;

/** The issuer's own key, from its document of did:web. */
const [, , host] = JSON.parse(Buffer.from(credential.split(".")[1], "base64url")).iss.split(":");
const document = await (await fetching(`https://${decodeURIComponent(host)}/.well-known/did.json`)).json();
const { kid } = JSON.parse(Buffer.from(credential.split(".")[0], "base64url"));
const method = document.verificationMethod.find(({ id }) => id === kid || kid.endsWith(id));
const verifier = await ES256.getVerifier(method.publicKeyJwk);
const holder = new SDJwtVcInstance({
  hasher: digest, hashAlg: "sha-256", saltGenerator: generateSalt,
  verifier, statusVerifier: verifier, statusListFetcher: async (uri) => (await fetching(uri)).text(),
  kbSigner: await ES256.getSigner(await exportJWK(privateKey)), kbSignAlg: "ES256",
});
const { payload } = await holder.verify(credential, { currentDate: at, skewSeconds: 60 });
const presentation = await holder.present(credential, { skills: true }, { kb: { payload: { iat: at, aud: "https://verifier.example", nonce: "n-0S6" } } });
console.log(JSON.stringify({ credential, payload, presentation, holder: publicJwk }));
