/** A status list that a host publishes for small issuers: believed from a listed host alone. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { roleOf, type SectorList } from "../src/journeys/listing.ts";
import { signCompact } from "../src/protocol/jose.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import { withKeyId, type Signer } from "../src/protocol/keys.ts";
import { readStatusList, statusKeyId } from "../src/protocol/status.ts";
import { hostOf, issuerOf } from "../src/status/hosts.ts";
import { NOW, refusal } from "./cases.ts";
import { newSigner } from "./signers.ts";

const HOST = "did:web:status.example";
const KEY = `${HOST}#1`;
const URI = "https://status.example/status/1";
const SERVICE = "https://skillspass.example/trust/services/status-host/1";
const MISMATCH = "status_issuer_mismatch";
const LIST = "eNoDAAAAAAE"; // nothing, as one zlib stream
const iso = (at: number): string => new Date(at * 1000).toISOString();
const standing = (status: string, from: number): JsonObject =>
  ({ ServiceTypeIdentifier: SERVICE, ServiceStatus: `https://skillspass.example/trust/status/${status}`, StatusStartingTime: iso(from) });

/** What one list says of the host; each part as a test has it. */
interface Said {
  readonly id?: string;
  readonly now?: JsonObject;
  readonly role?: JsonObject;
  readonly history?: JsonValue[];
  readonly keys?: readonly JsonObject[];
}

function listing(signer: Signer, { id = HOST, now = standing("granted", NOW - 100), role = {}, history = [], keys = [{}] }: Said = {}): SectorList {
  const listed = keys.map((changed) => ({ PublicKey: { ...signer.public.jwk, kid: `${id}#1` }, ValidFrom: iso(NOW - 100), ...changed }));
  const ServiceInformation = { ...now, ServiceInformationExtensions: [{ Role: "status_host", ...role }] };
  return {
    sequence: 1,
    until: Infinity,
    entities: [{
      TrustedEntityInformation: { TEInformationExtensions: [{ Identifier: id, Keys: listed }] },
      TrustedEntityServices: [{ ServiceInformation, ServiceHistory: history }],
    }],
  };
}

/** What a reader makes of a token that the host signed at a moment: `believed`, or the code of its refusal. */
async function answer(signer: Signer, list: SectorList | undefined, { uri = URI, keyId = KEY, at = NOW } = {}): Promise<string> {
  const payload = { sub: uri, iat: at, status_list: { bits: 1, lst: LIST } };
  const token = await signCompact({ typ: "statuslist+jwt", kid: keyId }, payload, { ...signer, public: withKeyId(signer.public, keyId) });
  let found = "believed";
  const read = async (): Promise<void> => {
    const { key, checkAt } = await hostOf(list, String(statusKeyId(token)), uri);
    checkAt((await readStatusList(token, uri, key, NOW)).issuedAt);
  };
  await read().catch((error: { code: string }) => { found = error.code; });
  return found;
}

test("a listed host is believed, with its key as the list has it", async () => {
  const [host, other] = [await newSigner(), await newSigner()];
  assert.equal(await answer(host, listing(host)), "believed");
  assert.equal(await answer(other, listing(host)), "status_invalid");
});

test("who is not listed, or for something else, is not", async () => {
  const host = await newSigner();
  assert.equal(await answer(host, undefined), MISMATCH);
  assert.equal(await answer(host, listing(host, { id: "did:web:other.example" })), MISMATCH);
  assert.equal(await answer(host, listing(host), { keyId: `${HOST}#2` }), MISMATCH);
  assert.equal(await answer(host, listing(host, { keys: [{ PublicKey: { ...host.public.jwk, kid: HOST } }] }), { keyId: HOST }), MISMATCH);
  assert.equal(await answer(host, listing(host, { role: { Role: "school" } })), MISMATCH);
  const another = { ...standing("granted", NOW - 100), ServiceTypeIdentifier: "https://skillspass.example/types/heftruck/1" };
  assert.equal(await answer(host, listing(host, { now: another })), MISMATCH);
});

test("a host signs lists at its own address alone", async () => {
  const host = await newSigner();
  for (const uri of ["https://school.example/status/1", "https://status.example.evil.example/1", "https://status.example"]) {
    assert.equal(await answer(host, listing(host), { uri }), MISMATCH, uri);
  }
  const id = "did:web:school.example:o:host";
  const [own, keyId] = [listing(host, { id }), `${id}#1`];
  assert.equal(await answer(host, own, { uri: "https://school.example/o/host/status/1", keyId }), "believed");
  assert.equal(await answer(host, own, { uri: "https://school.example/status/1", keyId }), MISMATCH);
  const nowhere = "did:jwk:e30";
  assert.equal(await answer(host, listing(host, { id: nowhere }), { keyId: `${nowhere}#1` }), "did_malformed");
});

test("not yet, or no longer a host when the list was made", async () => {
  const host = await newSigner();
  assert.equal(await answer(host, listing(host, { now: standing("granted", NOW + 1) })), MISMATCH);
  assert.equal(await answer(host, listing(host, { role: { ValidUntil: iso(NOW) } })), MISMATCH);
  assert.equal(await answer(host, listing(host, { role: { ValidUntil: iso(NOW + 1) } })), "believed");
  const withdrawn = listing(host, { now: standing("withdrawn", NOW - 5), history: [standing("granted", NOW - 50)] });
  assert.equal(await answer(host, withdrawn), MISMATCH);
  assert.equal(await answer(host, withdrawn, { at: NOW - 6 }), "believed");
  assert.equal(await answer(host, withdrawn, { at: NOW - 51 }), MISMATCH);
  assert.equal(roleOf(listing(host, { now: standing("withdrawn", NOW + 5) }), HOST, SERVICE, NOW), "");
});

test("a key counts in its time, and one in wrong hands never", async () => {
  const host = await newSigner();
  for (const changed of [{ ValidFrom: iso(NOW + 1) }, { ValidUntil: iso(NOW) }, { Compromised: true }, { Compromised: "no" }, { ValidFrom: "once" }]) {
    assert.equal(await answer(host, listing(host, { keys: [changed] })), MISMATCH, JSON.stringify(changed));
  }
  const renewed = [{ ValidUntil: iso(NOW - 50) }, { ValidFrom: iso(NOW - 50) }];
  assert.equal(await answer(host, listing(host, { keys: renewed })), "believed");
  assert.equal(await answer(host, listing(host, { keys: [{}, {}] })), MISMATCH);
  assert.equal(await refusal(() => hostOf(listing(host, { keys: [{ PublicKey: { kid: KEY } }] }), KEY, URI)), "key_invalid");
});

test("an issuer's own list counts by its keys as the sector's list has them, at the moment of the list", async () => {
  const [issuer, other] = [await newSigner(), await newSigner()];
  const found = async (said: Said, { keyId = KEY as string | null, at = NOW } = {}): Promise<string> => {
    const signer = await issuerOf(listing(issuer, said), HOST, keyId ?? undefined);
    if (!signer) return "its own document";
    assert.deepEqual([signer.id, signer.key.thumbprint], [HOST, issuer.public.thumbprint]);
    return refusal(() => signer.checkAt(at));
  };
  assert.equal(await found({}), "accepted");
  assert.equal(await found({}, { keyId: "#1" }), "accepted"); // no way around the history
  assert.equal(await found({}, { keyId: null }), "accepted");
  assert.equal(await found({}, { at: NOW - 101 }), "status_invalid");
  const renewed = [{ ValidUntil: iso(NOW - 50) }, { ValidFrom: iso(NOW - 50), PublicKey: { ...other.public.jwk, kid: `${HOST}#2` } }];
  assert.equal(await found({ keys: renewed }), "status_invalid"); // an old key, on a list of today
  assert.equal(await found({ keys: renewed }, { at: NOW - 51 }), "accepted");
  assert.equal(await found({ keys: [{ Compromised: true }] }, { keyId: "#1" }), "status_invalid");
  for (const [said, keyId] of [[{ keys: renewed }, null], [{}, `${HOST}#3`], [{ id: "did:web:other.example" }, KEY]] as const) {
    assert.equal(await found(said, { keyId }), "its own document");
  }
  assert.equal(await issuerOf(undefined, HOST, KEY), undefined);
});
