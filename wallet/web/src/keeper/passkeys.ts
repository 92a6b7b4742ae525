/** Passkeys with PRF (WebAuthn Level 3): the account's assertion, and 32 octets that open a slot. */

import type { JsonObject } from "../protocol/json.ts";
import type { Octets } from "../protocol/octets.ts";

/** What a ceremony gave: the answer for the server, and the PRF output, which the server never sees. */
export interface Ceremony {
  readonly answer: JsonObject;
  readonly prf: Octets | undefined; // undefined: this device cannot, or only at the next use
}

/** Make a passkey by the options of the service; without PRF where the device fails on it. */
export function createPasskey(options: JsonObject, prfSalt: Octets): Promise<Ceremony> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as unknown as PublicKeyCredentialCreationOptionsJSON);
  return withPrf(publicKey.extensions, prfSalt, (extensions) =>
    navigator.credentials.create({ publicKey: { ...publicKey, extensions } }));
}

/** Use a passkey by the options of the service. */
export function usePasskey(options: JsonObject, prfSalt: Octets): Promise<Ceremony> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as unknown as PublicKeyCredentialRequestOptionsJSON);
  return withPrf(publicKey.extensions, prfSalt, (extensions) =>
    navigator.credentials.get({ publicKey: { ...publicKey, extensions } }));
}

type Extensions = AuthenticationExtensionsClientInputs;

async function withPrf(
  others: Extensions | undefined, salt: Octets, run: (extensions: Extensions) => Promise<Credential | null>,
): Promise<Ceremony> {
  const asked = { ...others, prf: { eval: { first: salt } } }; // an empty prf fails on Windows
  let credential: Credential | null;
  try {
    credential = await run(asked);
  } catch (error) {
    const refused = error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);
    if (refused) throw error; // the person said no, and is not asked again
    credential = await run({ ...others });
  }
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("no passkey", "NotAllowedError");
  const first = credential.getClientExtensionResults().prf?.results?.first;
  const answer = credential.toJSON() as unknown as JsonObject;
  answer["clientExtensionResults"] = {};
  return { answer, prf: first instanceof ArrayBuffer ? new Uint8Array(first) : undefined };
}
