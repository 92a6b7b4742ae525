/**
 * Whether the credentials in the passport still count: the issuer's signature and its status list.
 *
 * Documents come through the service's shared fetcher first, so that an issuer cannot see who looks
 * (wallet design, section 9); without it, from the issuer itself. What cannot be asked is unknown.
 */

import type { Device } from "../keeper/device.ts";
import { heldIn, loadSecured, parseHeld, type Held, type Log } from "../keeper/vault.ts";
import { relayed } from "../account/service.ts";
import type { SectorList } from "../journeys/listing.ts";
import { documentAt } from "../journeys/network.ts";
import { checkProof, type StatusReference, type Unverified } from "../protocol/credentials.ts";
import { documentUrl, keyOf, readDocument, selfNamed, type DidDocument } from "../protocol/dids.ts";
import { Refusal, rejected, undetermined } from "../protocol/errors.ts";
import { parseObject } from "../protocol/json.ts";
import type { PublicKey } from "../protocol/keys.ts";
import { fromUtf8, type Octets } from "../protocol/octets.ts";
import { readStatusList, statusAt, statusKeyId, type TokenStatusList } from "../protocol/status.ts";
import { bitstringStatus, readBitstringList, type BitstringList } from "../status/bitstring.ts";
import type { ListSigner } from "../status/hosts.ts";
import { Newest, type Moments } from "../status/newest.ts";

const FRESH = 15 * 60; // seconds: a passport is opened more often than its lists change
const WORDS = ["valid", "revoked", "suspended"] as const;
const MEANING: Readonly<Record<string, Check["word"]>> = { revocation: "revoked", suspension: "suspended" };
const WORST = ["revoked", "suspended", "older", "unknown"] as const; // of several lists the worst counts

/** What the last check said; `at` in seconds. */
export interface Check {
  readonly word: "valid" | "revoked" | "suspended" | "unknown" | "refused";
  readonly at: number;
  readonly older?: boolean; // a list came that is older than one met before: it says nothing
}

/** What this browser keeps of its checks. */
interface Kept {
  readonly found?: Readonly<Record<string, Check>>;
  readonly newest?: Moments;
}

/** One round of looking; each document is fetched once. */
interface Round {
  readonly at: number;
  readonly documents: Map<string, Promise<Octets>>; // of issuers
  readonly issuers: Map<string, Promise<DidDocument>>;
  readonly tokens: Map<string, Promise<TokenStatusList>>;
  readonly bits: Map<string, Promise<BitstringList>>;
  readonly newest: Newest;
  readonly sector: SectorList | undefined; // names the hosts of status lists
}

/** The checks that this browser made. */
export class Checks {
  private readonly device: Device;
  private readonly told: () => void;
  private found: Readonly<Record<string, Check>> = {};
  private newest = new Newest();
  private running = false;

  private constructor(device: Device, told: () => void) {
    this.device = device;
    this.told = told;
  }

  /** With what an earlier visit found: names in it are random, and say nothing about a person. */
  static async open(device: Device, told: () => void): Promise<Checks> {
    const checks = new Checks(device, told);
    const { found = {}, newest }: Kept = (await device.checks<Kept>()) ?? {};
    checks.found = found;
    checks.newest = new Newest(newest);
    return checks;
  }

  of = (id: string): Check | undefined => this.found[id];

  /** Check what was not checked lately, all of it with `anew`. */
  async refresh(log: Log, sector: SectorList | undefined, anew = false): Promise<void> {
    const at = log.now();
    const old = (id: string): boolean => anew || !(at - (this.found[id]?.at ?? 0) < FRESH) || this.found[id]?.word === "unknown";
    const due = heldIn(log.events).filter(({ id }) => old(id));
    if (this.running || due.length === 0) return;
    this.running = true;
    try {
      const round: Round = { at, documents: new Map(), issuers: new Map(), tokens: new Map(), bits: new Map(), newest: this.newest, sector };
      const made = await Promise.all(due.map(async (held) => [held.id, await check(held, round)] as const));
      const now = made.map(([id, made]) => [id, made.word === "unknown" ? { ...made, ...this.found[id], older: made.older ?? false } : made]);
      this.found = { ...this.found, ...Object.fromEntries(now) };
      await this.device.keepChecks({ found: this.found, newest: this.newest.kept() });
    } finally {
      this.running = false;
    }
    this.told();
  }
}

async function check(held: Held, round: Round): Promise<Check> {
  try {
    const unverified = await parseHeld(held);
    const word = await wordOf(unverified, round);
    return word === "older" ? { word: "unknown", at: round.at, older: true } : { word, at: round.at };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const wrong = error.kind === "rejected" && error.code.endsWith("_invalid");
    return { word: wrong ? "refused" : "unknown", at: round.at };
  }
}

async function wordOf(unverified: Unverified, round: Round): Promise<Check["word"] | "older"> {
  const { credential, keyId } = unverified;
  const document = await issuerAt(credential.issuer, round);
  if (unverified.format !== "ldp_vc") await checkProof(unverified, keyOf(document, keyId, "assertionMethod"), round.at);
  else await (await loadSecured()).checkKey(unverified, document, parseObject(await octetsOf(credential.issuer, round)));
  const words = await Promise.all(credential.status.map((reference) => statusOf(reference, credential.issuer, round)));
  return WORST.find((word) => words.includes(word)) ?? "valid";
}

/** What one list says; what cannot be read says nothing, and hides nothing that another says. */
async function statusOf(reference: StatusReference, issuer: string, round: Round): Promise<Check["word"] | "older"> {
  const { uri, kind, index, purpose } = reference;
  if (purpose === "refresh") return "valid"; // a newer one is there; this one still counts
  try {
    if (kind === "token") return WORDS[statusAt(await tokensAt(uri, issuer, round), index)] ?? "unknown";
    const list = await bitsAt(uri, issuer, round);
    return (await bitstringStatus(list, reference)) === 0 ? "valid" : MEANING[purpose] ?? "unknown";
  } catch (error) {
    if (error instanceof Refusal) return error.code === "status_rollback" ? "older" : "unknown";
    throw error;
  }
}

function issuerAt(did: string, round: Round): Promise<DidDocument> {
  return once(round.issuers, did, async () => (did.startsWith("did:web:") ? readDocument(did, await octetsOf(did, round)) : selfNamed(did)));
}

const octetsOf = (did: string, round: Round): Promise<Octets> => once(round.documents, did, () => fetched("did", did, documentUrl(did)));

function tokensAt(uri: string, issuer: string, round: Round): Promise<TokenStatusList> {
  return once(round.tokens, `${issuer} ${uri}`, async () => {
    const token = fromUtf8(await fetched("status", uri, uri)).trim();
    const signer = await signerOf(statusKeyId(token), uri, issuer, round);
    const list = await readStatusList(token, uri, signer.key, round.at);
    signer.checkAt(list.issuedAt);
    return round.newest.take(issuer, uri, list);
  });
}

function bitsAt(uri: string, issuer: string, round: Round): Promise<BitstringList> {
  return once(round.bits, `${issuer} ${uri}`, async () => {
    const signers: ListSigner[] = []; // of each proof
    const keyNamed = async (keyId: string | undefined): Promise<PublicKey> => {
      const signer = await signerOf(keyId, uri, issuer, round);
      signers.push(signer);
      return signer.key;
    };
    const list = await readBitstringList(await fetched("status", uri, uri), uri, keyNamed, round.at);
    for (const { id, checkAt } of signers) {
      if (id !== list.issuer) throw rejected("status_issuer_mismatch", "the list names another issuer");
      checkAt(list.issuedAt);
    }
    return round.newest.take(issuer, uri, list);
  });
}

/** By the key that a list names: the credential's issuer, else a host of this very list. */
async function signerOf(keyId: string | undefined, uri: string, issuer: string, round: Round): Promise<ListSigner> {
  const later = await import("./flows/later.ts").catch(() => { throw undetermined("service_unreachable", "its script"); });
  if (keyId !== undefined && (keyId.split("#")[0] || issuer) !== issuer) return later.hostOf(round.sector, keyId, uri);
  const listed = await later.issuerOf(round.sector, issuer, keyId);
  return listed ?? { id: issuer, key: keyOf(await issuerAt(issuer, round), keyId, "assertionMethod"), checkAt: () => undefined };
}

async function fetched(kind: "did" | "status", name: string, address: string): Promise<Octets> {
  try {
    return await relayed(kind, name);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return documentAt(address);
  }
}

function once<T>(known: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(name) ?? make();
  known.set(name, found);
  return found;
}
