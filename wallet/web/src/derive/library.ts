/**
 * Data Integrity by its libraries: derive what is shown of a credential, and check one.
 *
 * It runs where no key of the keeper's is: in a frame of its own origin, loaded when a credential
 * needs it. Contexts are the copies of `schemas/contexts`; nothing is fetched.
 */

import * as bbs from "@digitalbazaar/bbs-2023-cryptosuite";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as ecdsaSd from "@digitalbazaar/ecdsa-sd-2023-cryptosuite";
import { cryptosuite as eddsa } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import jsigs from "jsonld-signatures";

import CONTEXTS from "skillspass:contexts";

type Document = Record<string, unknown>;

/** The suites that show a part; of all others the whole is shown. */
const SELECTIVE = { "ecdsa-sd-2023": ecdsaSd, "bbs-2023": bbs } as const;

/** A key as an issuer publishes it. */
export interface Method {
  readonly id: string;
  readonly controller: string;
  readonly publicKeyMultibase: string;
}

/** A credential with a derived proof of what is mandatory and of the JSON pointers that were chosen. */
export async function derive(credential: Document, pointers: readonly string[]): Promise<Document> {
  const suite = SELECTIVE[suiteOf(credential) as keyof typeof SELECTIVE];
  if (!suite) throw new Error("cryptosuite_not_allowed");
  const cryptosuite = suite.createDiscloseCryptosuite({ selectivePointers: [...pointers] });
  return jsigs.derive(credential, {
    suite: new DataIntegrityProof({ cryptosuite }), purpose: purpose(), documentLoader: loaderOf(),
  });
}

/** Whether the issuer's proof holds under its key; of a base proof everything is derived first. */
export async function check(credential: Document, method: Method): Promise<boolean> {
  const name = suiteOf(credential);
  const suite = SELECTIVE[name as keyof typeof SELECTIVE];
  if (!suite && name !== "eddsa-rdfc-2022") throw new Error("cryptosuite_not_allowed");
  const named = [credential["@context"]].flat();
  if (named.some((each) => typeof each === "string" && !Object.hasOwn(CONTEXTS, each))) throw new Error("context_unknown"); // no word about the proof
  const everything = Object.keys(credential).filter((member) => member !== "proof" && member !== "@context");
  const whole = suite ? await derive(credential, everything.map((member) => `/${member}`)) : credential;
  const cryptosuite = suite ? suite.createVerifyCryptosuite() : eddsa;
  const found = await jsigs.verify(whole, {
    suite: new DataIntegrityProof({ cryptosuite }), purpose: purpose(method), documentLoader: loaderOf(method),
  });
  return found.verified === true;
}

function suiteOf({ proof }: Document): string {
  if (typeof proof !== "object" || proof === null || Array.isArray(proof)) throw new Error("no_proof");
  return String((proof as Document)["cryptosuite"]);
}

/** The method must be the one of the issuer that was handed over. */
function purpose(method?: Method): unknown {
  const controller = method && { "@context": "https://w3id.org/security/v2", id: method.controller, assertionMethod: [method.id] };
  return new jsigs.purposes.AssertionProofPurpose(controller ? { controller } : {});
}

function loaderOf(method?: Method): (url: string) => Promise<unknown> {
  return async (url) => {
    if (Object.hasOwn(CONTEXTS, url)) return { contextUrl: null, documentUrl: url, document: CONTEXTS[url] };
    if (method && url === method.id) {
      const document = { "@context": "https://w3id.org/security/multikey/v1", type: "Multikey", ...method };
      return { contextUrl: null, documentUrl: url, document };
    }
    throw new Error("context_unknown");
  };
}
