// The JavaScript peers of linked data: jsonld.js, and Digital Bazaar's eddsa-rdfc-2022.
// Nothing is fetched: contexts, controller documents and keys come with "prepare".
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import jsonld from 'jsonld';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {serve} from './serve.mjs';

const documents = new Map();
let signer;

async function documentLoader(url) {
  const document = documents.get(url);
  if(document === undefined) {
    throw new Error(`unknown document ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

async function prepare({known, key}) {
  for(const [url, document] of Object.entries(known)) {
    documents.set(url, document);
  }
  signer = (await Ed25519Multikey.from(key)).signer();
}

const works = {
  canonize: ({document}) => jsonld.canonize(document, {
    algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader}),

  issue: ({document, date}) => vc.issue({
    credential: structuredClone(document),
    suite: new DataIntegrityProof({signer, date, cryptosuite}),
    documentLoader,
  }),

  async verify({document, now}) {
    const {verified, error} = await vc.verifyCredential({
      credential: structuredClone(document),
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader,
      now,
    });
    return verified ? 'verified' : `refused: ${error?.errors?.[0]?.message ?? error?.message}`;
  },
};

await serve({prepare, works});
