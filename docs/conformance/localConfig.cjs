// The configuration of all six suites, by SUITE; ISSUERS names a file with the answer of GET /issuers.
const who = require(process.env.ISSUERS);
const base = new URL(Object.values(who)[0].endpoint).origin;
const settings = {enableInteropTests: process.env.INTEROP === '1', testAllImplementations: false};
const both = {vc: ['1.1', '2.0']};
const verifier = (tags, more) => ({id: `${base}/verifier`, endpoint: `${base}/credentials/verify`, supports: both, tags, ...more});
const vp = tags => ({id: `${base}/verifier`, endpoint: `${base}/presentations/verify`, tags});
const issuer = (name, tags, more) => ({id: who[name].id, endpoint: who[name].endpoint, supports: both, tags, ...more});
const holder = (tags, more) => ({id: `${base}/holder`, endpoint: `${base}/credentials/derive`, supports: both, tags, ...more});
const curves = {p256: 'P-256', p384: 'P-384'};
const ecdsa = (suite, keys) => keys.map(k => {
  const more = {supportedEcdsaKeyTypes: [curves[k]], supports: {...both, keyTypes: [curves[k]]}};
  return issuer(`${suite}-${k}`, [suite], more);
});
const all = {supportedEcdsaKeyTypes: ['P-256', 'P-384'], supports: {...both, keyTypes: ['P-256', 'P-384']}};
const sd = {supportedEcdsaKeyTypes: ['P-256'], supports: {...both, keyTypes: ['P-256']}};
// PEER names a file with the answer of peer.mjs. The suites look up a holder by the name of the firm whose
// libraries it runs; MATRIX=1 lets it issue and verify as well.
const peer = process.env.PEER && require(process.env.PEER);
const types = keys => ({supportedEcdsaKeyTypes: keys, supports: {...both, keyTypes: keys}});
const bazaar = (suites, more) => peer ? [one('Digital Bazaar', {
  vcHolders: [{id: `${peer.base}/holder`, endpoint: `${peer.base}/credentials/derive`, supports: both, tags: [...suites, 'vcHolder'], ...more}],
  ...process.env.MATRIX === '1' && {
    issuers: peer.issuers.map(({id, endpoint, suite, curve}) => ({id, endpoint, tags: [suite], ...types([curve])})),
    verifiers: suites.map(suite => ({id: `${peer.base}/verifier`, endpoint: `${peer.base}/credentials/verify`, tags: [suite],
      ...types(peer.issuers.filter(i => i.suite === suite).map(i => i.curve))}))}})] : [];
const one = (name, parts) => ({name, implementation: name, ...parts});
const configs = {
  'vc-di-eddsa-test-suite': () => [one('skillspass', {
    issuers: [issuer('eddsa-rdfc-2022', ['eddsa-rdfc-2022']), issuer('eddsa-jcs-2022', ['eddsa-jcs-2022'])],
    verifiers: [verifier(['eddsa-rdfc-2022', 'eddsa-jcs-2022'])]})],
  'vc-data-model-2.0-test-suite': () => [one('skillspass', {
    issuers: [issuer('vc2.0', ['vc2.0']), issuer('vc-jwt', ['EnvelopingProof'])],
    verifiers: [verifier(['vc2.0', 'EnvelopingProof'])],
    vpVerifiers: [vp(['vc2.0', 'EnvelopingProof'])]})],
  'vc-di-ecdsa-test-suite': () => [one('skillspass', {
    issuers: [...ecdsa('ecdsa-rdfc-2019', ['p256', 'p384']), ...ecdsa('ecdsa-jcs-2019', ['p256', 'p384']), ...ecdsa('ecdsa-sd-2023', ['p256'])],
    verifiers: [verifier(['ecdsa-rdfc-2019', 'ecdsa-jcs-2019'], all), verifier(['ecdsa-sd-2023'], sd)],
    vcHolders: [holder(['ecdsa-sd-2023', 'vcHolder'], sd)]}), ...bazaar(['ecdsa-rdfc-2019', 'ecdsa-sd-2023'], sd)],
  'vc-bitstring-status-list-test-suite': () => (process.env.ISSUER ? [process.env.ISSUER] : ['bitstring-status-list', 'bitstring-status-list-messages']).map(n => one(`skillspass ${n}`, {
    issuers: [issuer(n, ['BitstringStatusList'])],
    verifiers: [verifier(['BitstringStatusList'])]})),
  'vc-di-bbs-test-suite': () => [one('skillspass', {
    issuers: [issuer('bbs-2023', ['bbs-2023'])],
    verifiers: [verifier(['bbs-2023'])],
    vcHolders: [holder(['bbs-2023', 'vcHolder'])]}), ...bazaar(['bbs-2023'])],
  'vc-jose-cose-test-suite': () => [one('skillspass', {'jose-cose': {features: Object.fromEntries(
    ['credential', 'presentation'].flatMap(kind => ['jose', 'cose', 'sdjwt'].map(how => [`${kind}_${how}`, true])))}})],
};
module.exports = {settings, implementations: configs[process.env.SUITE]()};
