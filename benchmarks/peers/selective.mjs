// The JavaScript peers of selective disclosure: Digital Bazaar's suites and MATTR's BBS.
//
// One long-lived process. It reads one JSON request a line and answers with one JSON line:
//   {do: "set", work, ...input}   keeps the input of a piece of work
//   {do: "call", work}            does the work once and answers with its result
//   {do: "time", work, calls}     does it so often and answers with microseconds per call
// Octets travel as hexadecimal text. Nothing is fetched: contexts and keys come with "set".
import * as Bls from '@digitalbazaar/bls12-381-multikey';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as bbs2023 from '@digitalbazaar/bbs-2023-cryptosuite';
import * as dbBbs from '@digitalbazaar/bbs-signatures';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import pairing from '@mattrglobal/pairing-crypto';
import readline from 'node:readline';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';

const SUITES = {'bbs-2023': bbs2023, 'ecdsa-sd-2023': ecdsaSd2023};
const CIPHERSUITE = 'BLS12-381-SHA-256';
const DID_CONTEXT = 'https://www.w3.org/ns/did/v1';
const MULTIKEY_CONTEXT = 'https://w3id.org/security/multikey/v1';

const documents = new Map();
const kept = new Map();
const signers = new Map();

async function documentLoader(url) {
  const document = documents.get(url);
  if(document === undefined) {
    throw new Error(`unknown document ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

function octets(hex) {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function hex(value) {
  return Buffer.from(value).toString('hex');
}

function copy(value) {
  return structuredClone(value);
}

// A controller document with the keys that may make assertions.
function publish(id, methods) {
  documents.set(id, {
    '@context': [DID_CONTEXT, MULTIKEY_CONTEXT],
    id,
    assertionMethod: methods.map(method => method.id),
  });
  for(const method of methods) {
    documents.set(method.id, {
      '@context': MULTIKEY_CONTEXT,
      type: 'Multikey',
      controller: id,
      ...method,
    });
  }
}

async function ownKeys(controller) {
  const keys = {
    'bbs-2023': await Bls.generateBbsKeyPair({
      algorithm: 'BBS-BLS12-381-SHA-256', id: `${controller}#bbs`, controller}),
    'ecdsa-sd-2023': await EcdsaMultikey.generate({
      curve: 'P-256', id: `${controller}#p256`, controller}),
  };
  const methods = [];
  for(const [suite, key] of Object.entries(keys)) {
    signers.set(suite, key.signer());
    const {publicKeyMultibase} = await key.export({publicKey: true});
    methods.push({id: key.id, publicKeyMultibase});
  }
  publish(controller, methods);
  return methods;
}

const preparations = {
  async contexts({contexts}) {
    for(const [url, document] of Object.entries(contexts)) {
      documents.set(url, document);
    }
  },
  async publish({id, methods}) {
    publish(id, methods);
  },
  async keys({controller}) {
    return ownKeys(controller);
  },
};

const works = {
  async issue({suite, document, mandatory, date}) {
    const cryptosuite = SUITES[suite].createSignCryptosuite({mandatoryPointers: mandatory});
    const proof = new DataIntegrityProof({signer: signers.get(suite), date, cryptosuite});
    return vc.issue({credential: copy(document), suite: proof, documentLoader});
  },
  async derive({suite, document, reveal}) {
    const cryptosuite = SUITES[suite].createDiscloseCryptosuite({selectivePointers: reveal});
    return vc.derive({
      verifiableCredential: copy(document),
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader,
    });
  },
  async check({suite, document, now}) {
    const cryptosuite = SUITES[suite].createVerifyCryptosuite();
    const {verified, error} = await vc.verifyCredential({
      credential: copy(document),
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader,
      checkStatus: async () => ({verified: true}), // no list is fetched here, on either side
      now,
    });
    return verified ? 'verified' : `refused: ${error?.errors?.[0]?.message ?? error?.message}`;
  },
};

const mattr = pairing.bbs.bls12381_sha256;

// Prepared once, so that only BBS itself is timed.
function core(input) {
  return {
    secretKey: octets(input.secret),
    publicKey: octets(input.key),
    header: octets(input.header),
    presentationHeader: octets(input.presentation_header),
    messages: input.messages.map(octets),
    disclosed: input.disclosed,
    signature: octets(input.signature),
    proof: octets(input.proof),
  };
}

const cores = {
  mattr: {
    sign: c => mattr.sign(c),
    verify: async c => (await mattr.verify(c)).verified,
    prove: c => mattr.deriveProof({
      ...c,
      verifySignature: false,
      messages: c.messages.map((value, i) => ({value, reveal: c.disclosed.includes(i)})),
    }),
    check: async c => (await mattr.verifyProof({
      ...c, messages: Object.fromEntries(c.disclosed.map(i => [i, c.messages[i]]))})).verified,
  },
  digitalbazaar: {
    sign: c => dbBbs.sign({...c, ciphersuite: CIPHERSUITE}),
    verify: c => dbBbs.verifySignature({...c, ciphersuite: CIPHERSUITE}),
    prove: c => dbBbs.deriveProof({
      ...c, disclosedMessageIndexes: c.disclosed, ciphersuite: CIPHERSUITE}),
    check: c => dbBbs.verifyProof({
      ...c,
      disclosedMessages: c.disclosed.map(i => c.messages[i]),
      disclosedMessageIndexes: c.disclosed,
      ciphersuite: CIPHERSUITE,
    }),
  },
};

function callOf(work) {
  const {verb, library, input} = kept.get(work);
  return library ? () => cores[library][verb](input) : () => works[verb](input);
}

async function answer(request) {
  if(request.do === 'prepare') {
    return preparations[request.what](request);
  }
  if(request.do === 'set') {
    const {work, verb, library, input} = request;
    kept.set(work, {verb, library, input: library ? core(input) : input});
    return null;
  }
  const call = callOf(request.work);
  if(request.do === 'call') {
    const result = await call();
    return result instanceof Uint8Array ? hex(result) : result;
  }
  const started = performance.now();
  for(let i = 0; i < request.calls; i++) {
    await call();
  }
  return (performance.now() - started) * 1000 / request.calls;
}

for await (const line of readline.createInterface({input: process.stdin})) {
  let reply;
  try {
    reply = {result: await answer(JSON.parse(line)) ?? null};
  } catch(error) {
    reply = {error: `${error.name}: ${error.message}`};
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
