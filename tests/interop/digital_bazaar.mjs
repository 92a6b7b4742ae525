// Presentations made by the libraries of Digital Bazaar, for tests/interop/test_presentations.py.
// They were made once, since the libraries are no part of the project. To make them anew, in an
// empty folder with the packages named below:
//   npm install @digitalbazaar/{vc,data-integrity,eddsa-rdfc-2022-cryptosuite,ecdsa-rdfc-2019-cryptosuite,ecdsa-sd-2023-cryptosuite,ed25519-multikey,ecdsa-multikey,credentials-context}
//   cp .../tests/interop/digital_bazaar.mjs . && node digital_bazaar.mjs .../schemas/contexts > .../tests/interop/made/digital_bazaar.json
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as sd from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {join} from 'node:path';
import {readFileSync} from 'node:fs';

const folder = process.argv[2];
const read = name => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const {contexts} = read('manifest.json');
const byUrl = new Map(contexts.map(({url, file}) => [url, file]));
const date = '2026-11-23T12:00:00Z';
const request = {
  challenge: 'a-nonce-of-the-tests-00',
  domain: 'decentralized_identifier:did:web:verifier.skillspass.example',
};

const documentLoader = async url => {
  if(!byUrl.has(url)) {
    throw new Error(`not here: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: read(byUrl.get(url))};
};

const named = async (Multikey, options) => {
  const key = await Multikey.generate(options);
  const did = `did:key:${key.publicKeyMultibase}`;
  Object.assign(key, {id: `${did}#${key.publicKeyMultibase}`, controller: did});
  return {did, key, multikey: key.publicKeyMultibase};
};

const credential = (issuer, holder) => ({
  '@context': ['https://www.w3.org/ns/credentials/v2', 'https://skillspass.example/contexts/skills/v1'],
  type: ['VerifiableCredential', 'https://skillspass.example/types/heftruck/1'],
  id: 'urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33',
  issuer: issuer.did,
  validFrom: '2026-11-01T12:00:00Z',
  validUntil: '2027-11-01T12:00:00Z',
  credentialStatus: {
    type: 'BitstringStatusListEntry',
    statusPurpose: 'revocation',
    statusListIndex: '7',
    statusListCredential: 'https://issuer.skillspass.example/status/bitstring/1',
  },
  credentialSubject: {
    id: holder.did,
    given_name: 'Ahmet',
    family_name: 'Demir',
    date_of_test: '2026-11-01',
    truck_type: 'vorkheftruck',
    practical_test: true,
    skills: [{framework: 'metalektro', skill: 'heftruck', label_nl: 'Heftruck', label_en: 'Forklift', level: 2}],
  },
});

const signed = async (issuer, holder, cryptosuite, more = {}) => vc.issue({
  credential: credential(issuer, holder),
  suite: new DataIntegrityProof({signer: issuer.key.signer(), date: '2026-11-01T12:00:00Z', cryptosuite, ...more}),
  documentLoader,
});

const presented = async (verifiableCredential, holder, cryptosuite) => vc.signPresentation({
  presentation: vc.createPresentation({verifiableCredential, holder: holder.did, version: 2.0, now: date}),
  suite: new DataIntegrityProof({signer: holder.key.signer(), date, cryptosuite}),
  documentLoader,
  ...request,
});

const mandatory = [
  '/issuer', '/validFrom', '/validUntil', '/credentialStatus', '/type', '/id',
  '/credentialSubject/date_of_test', '/credentialSubject/truck_type', '/credentialSubject/practical_test',
];
const made = {request, suites: {}};

const ed = await named(Ed25519Multikey, {});
const edHolder = await named(Ed25519Multikey, {});
made.suites['eddsa-rdfc-2022'] = {
  issuer: ed.did, multikey: ed.multikey,
  presentation: await presented(await signed(ed, edHolder, eddsa), edHolder, eddsa),
};

const ec = await named(EcdsaMultikey, {curve: 'P-256'});
const ecHolder = await named(EcdsaMultikey, {curve: 'P-256'});
made.suites['ecdsa-rdfc-2019'] = {
  issuer: ec.did, multikey: ec.multikey,
  presentation: await presented(await signed(ec, ecHolder, ecdsa), ecHolder, ecdsa),
};

const base = await signed(ec, ecHolder, sd.createSignCryptosuite({mandatoryPointers: mandatory}));
const derived = await vc.derive({
  verifiableCredential: base,
  suite: new DataIntegrityProof({
    cryptosuite: sd.createDiscloseCryptosuite({selectivePointers: ['/credentialSubject/skills']}),
  }),
  documentLoader,
});
made.suites['ecdsa-sd-2023'] = {
  issuer: ec.did, multikey: ec.multikey,
  presentation: await presented(derived, ecHolder, ecdsa),
};

console.log(JSON.stringify(made, null, 1));
