/** What the libraries offer, as far as it is used; they bring no types of their own. */

declare module "skillspass:contexts" {
  const contexts: Readonly<Record<string, unknown>>;
  export default contexts;
}

declare module "@digitalbazaar/data-integrity" {
  export class DataIntegrityProof {
    constructor(options: { cryptosuite: unknown });
  }
}

declare module "@digitalbazaar/ecdsa-sd-2023-cryptosuite" {
  export function createDiscloseCryptosuite(options: { selectivePointers: string[] }): unknown;
  export function createVerifyCryptosuite(): unknown;
}

declare module "@digitalbazaar/bbs-2023-cryptosuite" {
  export function createDiscloseCryptosuite(options: { selectivePointers: string[] }): unknown;
  export function createVerifyCryptosuite(): unknown;
}

declare module "@digitalbazaar/eddsa-rdfc-2022-cryptosuite" {
  export const cryptosuite: unknown;
}

declare module "jsonld-signatures" {
  const jsigs: {
    derive(document: object, options: object): Promise<Record<string, unknown>>;
    verify(document: object, options: object): Promise<{ verified: boolean; error?: unknown }>;
    purposes: { AssertionProofPurpose: new (options: object) => unknown };
  };
  export default jsigs;
}
