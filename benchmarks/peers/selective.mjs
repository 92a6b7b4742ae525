// The JavaScript peers of selective disclosure: Digital Bazaar's suites and MATTR's BBS.
// Octets travel as hexadecimal text. Nothing is fetched: contexts and keys come with "prepare".
import * as Bls from '@digitalbazaar/bls12-381-multikey';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as bbs2023 from '@digitalbazaar/bbs-2023-cryptosuite';
import * as dbBbs from '@digitalbazaar/bbs-signatures';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import pairing from '@mattrglobal/pairing-crypto';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {serve} from './serve.mjs';

const SUITES = {'bbs-2023': bbs2023, 'ecdsa-sd-2023': ecdsaSd2023};
const CIPHERSUITE = 'BLS12-381-SHA-256';
const CONTEXTS = ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'];

const documents = new Map();
const signers = new Map();

async function documentLoader(url) {
  const document = documents.get(url);
  if(document === undefined) {
    throw new Error(`unknown document ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

// A controller document with the keys that may make assertions.
function publish(id, methods) {
  const assertionMethod = methods.map(method => method.id);
  documents.set(id, {'@context': CONTEXTS, id, assertionMethod});
  for(const method of methods) {
    documents.set(
      method.id, {'@context': CONTEXTS[1], type: 'Multikey', controller: id, ...method});
  }
}

// Keeps contexts and our keys, makes keys of its own and answers with their public halves.
async function prepare({known, ours, theirs}) {
  for(const [url, document] of Object.entries(known)) {
    documents.set(url, document);
  }
  publish(ours.id, ours.methods);
  const keys = {
    'bbs-2023': await Bls.generateBbsKeyPair({
      algorithm: 'BBS-BLS12-381-SHA-256', id: `${theirs}#bbs`, controller: theirs}),
    'ecdsa-sd-2023': await EcdsaMultikey.generate({
      curve: 'P-256', id: `${theirs}#p256`, controller: theirs}),
  };
  const methods = {};
  for(const [suite, key] of Object.entries(keys)) {
    signers.set(suite, key.signer());
    const {publicKeyMultibase} = await key.export({publicKey: true});
    methods[suite] = {id: key.id, publicKeyMultibase};
  }
  publish(theirs, Object.values(methods));
  return methods;
}

function octets(hex) {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

// Read once for each input, so that only BBS itself is timed.
const read = new WeakMap();

function core(input) {
  if(!read.has(input)) {
    read.set(input, {
      secretKey: octets(input.secret),
      publicKey: octets(input.key),
      header: octets(input.header),
      presentationHeader: octets(input.presentation_header),
      messages: input.messages.map(octets),
      disclosed: input.disclosed,
      signature: octets(input.signature),
      proof: octets(input.proof),
    });
  }
  return read.get(input);
}

function hex(value) {
  return Buffer.from(value).toString('hex');
}

const mattr = pairing.bbs.bls12381_sha256;

const mattrWorks = {
  sign: async c => hex(await mattr.sign(c)),
  verify: async c => (await mattr.verify(c)).verified,
  prove: async c => hex(await mattr.deriveProof({
    ...c,
    verifySignature: false,
    messages: c.messages.map((value, i) => ({value, reveal: c.disclosed.includes(i)})),
  })),
  check: async c => (await mattr.verifyProof({
    ...c, messages: Object.fromEntries(c.disclosed.map(i => [i, c.messages[i]]))})).verified,
};

const digitalBazaarWorks = {
  sign: async c => hex(await dbBbs.sign({...c, ciphersuite: CIPHERSUITE})),
  verify: c => dbBbs.verifySignature({...c, ciphersuite: CIPHERSUITE}),
  prove: async c => hex(await dbBbs.deriveProof({
    ...c, disclosedMessageIndexes: c.disclosed, ciphersuite: CIPHERSUITE})),
  check: c => dbBbs.verifyProof({
    ...c,
    disclosedMessages: c.disclosed.map(i => c.messages[i]),
    disclosedMessageIndexes: c.disclosed,
    ciphersuite: CIPHERSUITE,
  }),
};

const works = {
  issue({suite, document, mandatory, date}) {
    const cryptosuite = SUITES[suite].createSignCryptosuite({mandatoryPointers: mandatory});
    return vc.issue({
      credential: structuredClone(document),
      suite: new DataIntegrityProof({signer: signers.get(suite), date, cryptosuite}),
      documentLoader,
    });
  },

  derive({suite, document, reveal}) {
    const cryptosuite = SUITES[suite].createDiscloseCryptosuite({selectivePointers: reveal});
    return vc.derive({
      verifiableCredential: structuredClone(document),
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader,
    });
  },

  async verify({suite, document, now}) {
    const {verified, error} = await vc.verifyCredential({
      credential: structuredClone(document),
      suite: new DataIntegrityProof({cryptosuite: SUITES[suite].createVerifyCryptosuite()}),
      documentLoader,
      checkStatus: async () => ({verified: true}), // no list is fetched here, on either side
      now,
    });
    return verified ? 'verified' : `refused: ${error?.errors?.[0]?.message ?? error?.message}`;
  },
};

for(const [library, verbs] of Object.entries({
  mattr: mattrWorks, digitalbazaar: digitalBazaarWorks})) {
  for(const [verb, work] of Object.entries(verbs)) {
    works[`${library} ${verb}`] = input => work(core(input));
  }
}

await serve({prepare, works});
