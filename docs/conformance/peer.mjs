// A second implementation beside ours: the libraries of Digital Bazaar as the suite itself installs
// them, behind the endpoints the suites call. Copied into the folder of the suite of ECDSA or of BBS:
// SUITE=vc-di-ecdsa-test-suite node peer.mjs PORT FILE, where FILE gets the issuers it made.
import * as didKey from '@digitalbazaar/did-method-key';
import * as vc from '@digitalbazaar/vc';
import {createServer} from 'node:https';
import {contexts as credentials} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import dataIntegrity from '@digitalbazaar/data-integrity-context';
import multikey from '@digitalbazaar/multikey-context';

const [port, answer] = process.argv.slice(2);
const base = `https://localhost:${port}`;
const driver = didKey.driver();
const contexts = new Map([...credentials, ...dataIntegrity.contexts, ...multikey.contexts]);
const suites = {};

async function addEcdsa() {
  const Multikey = await import('@digitalbazaar/ecdsa-multikey');
  const {cryptosuite: rdfc} = await import('@digitalbazaar/ecdsa-rdfc-2019-cryptosuite');
  const sd = await import('@digitalbazaar/ecdsa-sd-2023-cryptosuite');
  for(const multibaseMultikeyHeader of ['zDna', 'z82L']) {
    driver.use({multibaseMultikeyHeader, fromMultibase: Multikey.from});
  }
  const generate = curve => Multikey.generate({curve});
  suites['ecdsa-rdfc-2019'] = {sign: () => rdfc, verify: () => rdfc, keys: {'P-256': generate, 'P-384': generate}};
  suites['ecdsa-sd-2023'] = {...selective(sd), keys: {'P-256': generate}};
}

async function addBbs() {
  const Multikey = await import('@digitalbazaar/bls12-381-multikey');
  const bbs = await import('@digitalbazaar/bbs-2023-cryptosuite');
  const licence = await import('@digitalbazaar/vdl-context');
  contexts.set(licence.CONTEXT_URL, licence.CONTEXT);
  driver.use({multibaseMultikeyHeader: 'zUC7', fromMultibase: Multikey.from});
  const generate = () => Multikey.generateBbsKeyPair({algorithm: 'BBS-BLS12-381-SHA-256'});
  suites['bbs-2023'] = {...selective(bbs), keys: {'P-381': generate}};
}

function selective(library) {
  return {
    sign: ({mandatoryPointers = []}) => library.createSignCryptosuite({mandatoryPointers}),
    derive: ({selectivePointers}) => library.createDiscloseCryptosuite({selectivePointers}),
    verify: () => library.createVerifyCryptosuite(),
  };
}

async function documentLoader(url) {
  const document = url.startsWith('did:') ? await driver.get({url}) : contexts.get(url);
  if(!document) {
    throw new Error(`Not here: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

async function makeIssuers() {
  const issuers = [];
  for(const [name, {sign, keys}] of Object.entries(suites)) {
    for(const [curve, generate] of Object.entries(keys)) {
      const key = await generate(curve);
      const {publicKeyMultibase} = await key.export({publicKey: true});
      const id = `did:key:${publicKeyMultibase}`;
      const signer = {...key.signer(), id: `${id}#${publicKeyMultibase}`};
      const endpoint = `${base}/issuers/${name}/${curve}/credentials/issue`;
      issuers.push({id, endpoint, suite: name, curve});
      routes[new URL(endpoint).pathname] = async ({credential, options = {}}) => {
        const suite = new DataIntegrityProof({signer, cryptosuite: sign(options)});
        return vc.issue({credential: {...credential, issuer: id}, suite, documentLoader});
      };
    }
  }
  return issuers;
}

const cryptosuiteOf = ({proof}) => suites[[proof].flat()[0].cryptosuite];

const routes = {
  async '/credentials/derive'({verifiableCredential, options}) {
    const suite = new DataIntegrityProof({cryptosuite: cryptosuiteOf(verifiableCredential).derive(options)});
    return vc.derive({verifiableCredential, suite, documentLoader});
  },
  async '/credentials/verify'({verifiableCredential: credential}) {
    const suite = new DataIntegrityProof({cryptosuite: cryptosuiteOf(credential).verify()});
    const result = await vc.verifyCredential({credential, suite, documentLoader});
    if(!result.verified) {
      throw result.error;
    }
    return {verified: true};
  },
};

async function reply(request, response) {
  try {
    const parts = [];
    for await (const part of request) {
      parts.push(part);
    }
    const data = await routes[request.url](JSON.parse(Buffer.concat(parts)));
    response.writeHead(data.verified ? 200 : 201, {'content-type': 'application/json'});
    response.end(JSON.stringify(data.verified ? data : {verifiableCredential: data}));
  } catch(error) {
    console.error(request.url, error);
    response.writeHead(400, {'content-type': 'application/json'});
    response.end(JSON.stringify({error: String(error)}));
  }
}

function makeCertificate() {
  const folder = mkdtempSync(`${tmpdir()}/peer-`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost',
    '-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`], {stdio: 'ignore'});
  return {key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`)};
}

await (process.env.SUITE === 'vc-di-bbs-test-suite' ? addBbs() : addEcdsa());
const issuers = await makeIssuers();
createServer(makeCertificate(), reply).listen(port, 'localhost', () => {
  writeFileSync(answer, JSON.stringify({base, issuers}));
});
