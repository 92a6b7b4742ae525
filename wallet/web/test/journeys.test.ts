/** What the journeys decide without a network: lists, declarations, copies, and a day to think. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readDeclaration, type DeclarationLists } from "../src/journeys/declaration.ts";
import { isErasable } from "../src/journeys/erasing.ts";
import { keepImport, readImport } from "../src/journeys/importing.ts";
import { current, isKnownAsker, mayIssue, readSectorList } from "../src/journeys/listing.ts";
import { sharesIn } from "../src/journeys/sharing.ts";
import { CHANCE } from "../src/keeper/seals.ts";
import { linkText, newLink } from "../src/keeper/share_card.ts";
import { newHolderKey } from "../src/keeper/signing.ts";
import { addCredential, append, copyOf, findHeld, heldIn, timesShown, type Log } from "../src/keeper/vault.ts";
import { thinkingSince } from "../src/page/flows/own_employer.ts";
import { inFull } from "../src/page/flows/present.ts";
import { pack } from "../src/portability/archive.ts";
import { sealExport } from "../src/portability/export.ts";
import { viewerOf } from "../src/portability/viewer.ts";
import { parseQuery } from "../src/protocol/dcql_query.ts";
import { signCompact } from "../src/protocol/jose.ts";
import { canonicalJson, parseObject, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { b64url, sha, utf8 } from "../src/protocol/octets.ts";
import type { AuthorizationRequest } from "../src/protocol/request.ts";
import { load, NOW, refusal } from "./cases.ts";
import { newSigner } from "./signers.ts";

const EMPTY: Log = { events: [], device: "phone", now: () => NOW, chance: CHANCE };
const SCHOOL = "did:web:school.example";
const TYPE = "https://skillspass.example/types/heftruck/1";
const GRANTED = "https://skillspass.example/trust/status/granted";
const iso = (at: number): string => new Date(at * 1000).toISOString();

const service = (changed: JsonObject = {}, extension: JsonObject = {}): JsonObject => ({
  ServiceInformation: {
    ServiceTypeIdentifier: TYPE, ServiceStatus: GRANTED, StatusStartingTime: iso(NOW - 10),
    ServiceInformationExtensions: [{ Role: "school", ...extension }], ...changed,
  },
});

const entity = (services: JsonValue[], id = SCHOOL, certificates: JsonValue[] = [], more: JsonObject = {}): JsonObject => ({
  TrustedEntityInformation: { TEInformationExtensions: [{ Identifier: id, Keys: [], Certificates: certificates, ...more }] },
  TrustedEntityServices: services,
});

test("a list counts with its anchor's signature and until its end", async () => {
  const [anchor, other] = [await newSigner(), await newSigner()];
  const scheme = {
    LoTEType: "https://skillspass.example/trust/lists/issuers/1", LoTESequenceNumber: 7, ListIssueDateTime: iso(NOW - 60), NextUpdate: iso(NOW + 60),
  };
  const signed = (changed: JsonObject): Promise<string> => signCompact({ typ: "trustlist+jwt" }, {
    LoTE: { ListAndSchemeInformation: { ...scheme, ...changed }, TrustedEntitiesList: [] },
  }, anchor);
  const payload: JsonObject = { LoTE: { ListAndSchemeInformation: scheme, TrustedEntitiesList: [entity([service()])] } };
  const token = await signCompact({ typ: "trustlist+jwt" }, payload, anchor);
  const list = await readSectorList(token, anchor.public.jwk, NOW);
  assert.equal(mayIssue(list, SCHOOL, TYPE, NOW), true);
  assert.equal(await refusal(() => readSectorList(token, other.public.jwk, NOW)), "signature_invalid");
  assert.equal(await refusal(() => readSectorList(token, anchor.public.jwk, NOW + 60)), "trust_list_stale");
  const wrong = await signCompact({ typ: "trustlist+jwt" }, { LoTE: { ListAndSchemeInformation: scheme } }, anchor);
  assert.equal(await refusal(() => readSectorList(wrong, anchor.public.jwk, NOW)), "trust_list_invalid");
  for (const changed of [{ LoTEType: "https://skillspass.example/trust/lists/verifiers/1" }, { LoTESequenceNumber: "8" }, { ListIssueDateTime: iso(NOW + 61) }]) {
    const token = await signed(changed);
    assert.equal(await refusal(() => readSectorList(token, anchor.public.jwk, NOW)), "trust_list_invalid");
  }
  assert.equal((await readSectorList(token, anchor.public.jwk, NOW, 7)).sequence, 7);
  assert.equal(mayIssue(current(list, NOW + 59), SCHOOL, TYPE, NOW), true);
  assert.equal(mayIssue(current(list, NOW + 60), SCHOOL, TYPE, NOW), false); // one that was good when it came
  assert.equal(current(undefined, NOW), undefined);
  assert.equal(await refusal(() => readSectorList(token, anchor.public.jwk, NOW, 8)), "trust_list_rollback");
});

test("an asker is known by the second list alone, and for its name", async () => {
  const anchor = await newSigner();
  const scheme = {
    LoTEType: "https://skillspass.example/trust/lists/verifiers/1", LoTESequenceNumber: 1, ListIssueDateTime: iso(NOW - 60), NextUpdate: iso(NOW + 60),
  };
  const asking = service({ ServiceTypeIdentifier: "https://skillspass.example/trust/services/verifier/1" });
  const certificates = ["leaf", "lost"].map((text) => ({ val: btoa(text), Compromised: text === "lost" }));
  const hashed = async (text: string): Promise<string> => `x509_hash:${b64url(await sha(utf8(text)))}`;
  const signed = (more: JsonObject = {}): Promise<string> => signCompact({ typ: "trustlist+jwt" }, {
    LoTE: { ListAndSchemeInformation: scheme, TrustedEntitiesList: [entity([asking], SCHOOL, certificates, more)] },
  }, anchor);
  let token = await signed();
  const served = globalThis.fetch;
  globalThis.fetch = (): Promise<Response> => Promise.resolve(new Response(token));
  try {
    const knows = (id: string, at = NOW): Promise<boolean> => isKnownAsker(id, "https://list.example/", anchor.public.jwk, at);
    assert.equal(await knows(`decentralized_identifier:${SCHOOL}`), true);
    assert.equal(await knows("decentralized_identifier:did:web:other.example"), false);
    assert.equal(await knows(SCHOOL), false);
    assert.equal(await knows(await hashed("leaf")), true);
    assert.equal(await knows(await hashed("lost")), false);
    assert.equal(await knows(await hashed("other")), false);
    assert.equal(await knows("x509_hash:"), false);
    assert.equal(await knows(`decentralized_identifier:${SCHOOL}`, NOW + 60), false);
    assert.equal(await isKnownAsker(`decentralized_identifier:${SCHOOL}`, undefined, anchor.public.jwk, NOW), false);
    token = await signed({ GoneSince: null });
    assert.equal(await knows(`decentralized_identifier:${SCHOOL}`), true);
    token = await signed({ GoneSince: iso(NOW - 5) });
    assert.equal(await knows(`decentralized_identifier:${SCHOOL}`), false);
    assert.equal(await knows(await hashed("leaf")), false);
  } finally {
    globalThis.fetch = served;
  }
});

test("an issuer is known for its type and in its time, and for nothing else", () => {
  const may = (services: JsonValue[], id = SCHOOL, type = TYPE): boolean =>
    mayIssue({ entities: [entity(services, id)], sequence: 1, until: Infinity }, SCHOOL, type, NOW);
  assert.equal(may([service()]), true);
  assert.equal(may([service()], "did:web:other.example"), false);
  assert.equal(may([service()], SCHOOL, "https://skillspass.example/types/bhv/1"), false);
  assert.equal(may([service({ StatusStartingTime: iso(NOW + 1) })]), false);
  assert.equal(may([service({ ServiceStatus: "https://skillspass.example/trust/status/withdrawn" })]), false);
  assert.equal(may([service({}, { ValidUntil: iso(NOW) })]), false);
  assert.equal(may([service({}, { ValidUntil: iso(NOW + 1) })]), true);
  assert.equal(may([service({}, { ValidUntil: "some day" })]), false);
  assert.equal(may([null, {}, 3]), false);
  assert.equal(mayIssue(undefined, SCHOOL, TYPE, NOW), false);
});

const LISTS: DeclarationLists = { relations: ["hirer"], purposes: ["intake"], legalBases: ["consent"], unchecked: ["skills"] };
const DATA: JsonObject = {
  asker: { name: "Precisie", checked: false }, relation: "hirer", purpose: "intake", legal_basis: "consent",
  retention_days: 28, deletion_uri: "https://verifier.example/oid4vp/deletions",
};

function declared(data: JsonValue, claims: JsonValue[] = [{ path: ["skills"] }], known = false): () => unknown {
  const query = parseQuery({ credentials: [{ id: "a", format: "dc+sd-jwt", meta: { vct_values: [TYPE] }, claims }] });
  const request = { query, responseUri: "https://verifier.example/oid4vp/responses/1" } as AuthorizationRequest;
  const entries = [{ format: "https://other.example/x" }, { format: "https://skillspass.example/declaration/1", data }];
  return () => readDeclaration({ verifier_info: entries }, request, LISTS, known);
}

test("a declaration is read from the closed lists, and another asker declares nothing", async () => {
  const found = declared(DATA)() as { name: string; retentionDays: number };
  assert.deepEqual([found.name, found.retentionDays], ["Precisie", 28]);
  assert.equal(readDeclaration({}, {} as AuthorizationRequest, LISTS, false), undefined);
  for (const changed of [
    { relation: "friend" }, { purpose: "fun" }, { legal_basis: "none" }, { retention_days: "28" }, { retention_days: -1 },
    { asker: { name: "Precisie" } }, { asker: { name: "Precisie", checked: true, kvk: "12" } }, { asker: 3 },
  ]) assert.equal(await refusal(declared({ ...DATA, ...changed })), "declaration_invalid", JSON.stringify(changed));
  assert.equal(await refusal(declared(3)), "declaration_invalid");
});

test("a request without account asks skills and validity alone, and nobody sends a deletion elsewhere", async () => {
  const names = [{ path: ["skills"] }, { path: ["family_name"] }];
  assert.equal(await refusal(declared(DATA, names)), "asker_unchecked");
  assert.equal(await refusal(declared(DATA, [{ path: ["family_name", "skills"] }])), "asker_unchecked");
  const checked = { ...DATA, asker: { name: "Precisie", checked: true, kvk: "12345678" } };
  assert.ok(declared(checked, names, true)());
  assert.equal(await refusal(declared(checked, names)), "asker_unchecked"); // its own word is none
  assert.equal(await refusal(declared({ ...DATA, deletion_uri: "https://other.example/d" })), "client_mismatch");
});

test("copies are shown once each, and then in turn", async () => {
  const giver = { id: SCHOOL, name: "School", host: "school.example", listed: true };
  const keys = [await newHolderKey(), await newHolderKey(), await newHolderKey()];
  const [first, ...more] = keys.map((key, at) => ({ wire: `copy ${at}`, key }));
  assert.ok(first);
  let log = await addCredential(EMPTY, "dc+sd-jwt", first.wire, first.key, giver, more);
  const [held] = heldIn(log.events);
  assert.ok(held);
  assert.equal(held.copies.length, 3);
  const shown: JsonValue[] = [];
  for (const type of ["request_answered", "share_made", "request_answered", "request_answered"]) {
    const copy = copyOf(findHeld(log.events, held.id), log.events);
    shown.push(copy.wire);
    assert.equal(keys[Number(String(copy.wire).at(-1))]?.["x"], copy.key["x"]);
    const name = type === "share_made" ? "cards" : "credentials";
    log = await append(log, type, { [name]: [{ id: held.id }, { id: "another" }] });
  }
  assert.deepEqual(shown, ["copy 0", "copy 1", "copy 2", "copy 0"]);
  assert.equal(timesShown(log.events, held.id), 4);
});

test("shares are read from the log, newest first, and a stopped one is known", async () => {
  let log = EMPTY;
  for (const id of ["one", "two"]) {
    const link = linkText(newLink("https://deel.example", false, CHANCE));
    log = await append(log, "share_made", { id, link, stop: "", code: null, until: NOW + 1, views: 3, cards: [] });
  }
  log = await append(log, "share_stopped", { id: "one" });
  assert.deepEqual(sharesIn(log.events).map(({ id, stopped, maxViews }) => [id, stopped, maxViews]), [["two", false, 3], ["one", true, 3]]);
});

test("only an answer whose asker takes deletion requests can be asked back", async () => {
  const answers = [{ deletion_uri: "https://v.example/d" }, {}];
  let log = EMPTY;
  for (const data of answers) log = await append(log, "request_answered", data);
  log = await append(log, "request_refused", { deletion_uri: "https://v.example/d" });
  assert.deepEqual(log.events.map(isErasable), [true, false, false]);
});

test("a day to think counts from the first time, for that question alone", async () => {
  const log = await append(EMPTY, "settings", { thinking: "key", since: NOW, name: "Firm" });
  assert.equal(thinkingSince(log.events, "key"), NOW);
  assert.equal(thinkingSince(log.events, "other"), undefined);
});

test("a link of our own site is read like any other", () => {
  const request = "client_id=x&request_uri=https%3A%2F%2Fv.example%2Fr";
  assert.equal(inFull(`https://wallet.example/v#${request}`), `?${request}`);
  assert.equal(inFull("https://wallet.example/v#https://v.example/r"), "https://v.example/r");
  assert.equal(inFull(`openid4vp://?${request}`), `openid4vp://?${request}`);
});

test("the page in an export shows what is written, and runs nothing of it", () => {
  const page = viewerOf("nl", "Mijn <paspoort>", "\"note\"", [{ title: "<script>1</script>", by: "a & b", lines: [["x", "<img src=x>"]] }]);
  assert.ok(!/<script|<img/.test(page));
  assert.match(page, /&lt;script&gt;1/);
  assert.match(page, /a &amp; b/);
});

test("what is bound to a key that no browser signs with is told, and never kept without it", async () => {
  const { wire } = load("derivations")[0]?.input ?? {};
  const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" };
  const giver = { id: SCHOOL, name: "School", host: "school.example", listed: true };
  let log = await append(EMPTY, "holder_key_made", { thumbprint: "e", jwk });
  log = await append(log, "credential_added", { id: "one", format: "ldp_vc", wire: parseObject(String(wire)), key: "e", giver });
  const archive = await pack(new Map([["log.json", canonicalJson([...log.events])]]));
  const file = await sealExport(archive, { passphrase: "drie natte fietsen" }, CHANCE);
  const found = await readImport(file, { passphrase: "drie natte fietsen" }, EMPTY);
  assert.deepEqual(found.brought.map(({ problem, keepable }) => [problem, keepable]), [["key_elsewhere", false]]);
  assert.deepEqual((await keepImport(found, EMPTY)).events, []);
});
