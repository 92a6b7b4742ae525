/**
 * Receive a credential: preview, PIN, proof of possession, check, "is this you?", keep or refuse.
 *
 * Nothing personal is fetched before the PIN, and nothing is kept that was not checked first
 * (wallet design, section 9). Issuers are did:web at the host of their identifier.
 */

import { access, type Access } from "../authorizing/access.ts";
import { Conversation } from "../authorizing/conversation.ts";
import { didAt } from "../authorizing/metadata.ts";
import { findOffer, type Found } from "../authorizing/offers.ts";
import { didOctets } from "../authorizing/relay.ts";
import { newHolderKey, signerOf } from "../keeper/signing.ts";
import type { Wire } from "../keeper/share_card.ts";
import { addCredential, append, loadSecured, READABLE, readWire, type Copy, type Giver, type Log } from "../keeper/vault.ts";
import { verify, type Unverified } from "../protocol/credentials.ts";
import { documentUrl, keyOf, readDocument, selfNamed } from "../protocol/dids.ts";
import { malformed, rejected, unsupported } from "../protocol/errors.ts";
import {
  createCredentialRequest, createNotification, createProof, createTokenRequest, parseCredentialResponse,
  parseNonceResponse, type Configuration,
} from "../protocol/issuance.ts";
import { canonicalJson, member, parseObject, type JsonObject } from "../protocol/json.ts";
import { originOf } from "../protocol/message.ts";
import { same } from "../protocol/octets.ts";
import { mayIssue, type SectorList } from "./listing.ts";
import { objectIn, siteOfLinks } from "./network.ts";

const COPIES = 5; // so that no two readers see the same one; where the issuer gives as many
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const OWN_CODES = new Set(["pin_wrong", "code_unknown", "code_used", "code_locked", "code_expired"]);

/** An offer as the worker sees it before the PIN or the issuer's page: who gives what; nothing personal. */
export interface Preview extends Found {
  readonly configurationId: string;
  readonly configuration: Configuration;
}

/** A fetched credential that was checked and is not kept yet. */
export interface Received {
  readonly unverified: Unverified; // its first copy
  readonly copies: readonly Copy[];
  readonly name: string; // for "is this you?"
  readonly listed: boolean; // the sector's list names who gave it, for this type
  readonly notify: (event: "credential_accepted" | "credential_failure") => Promise<void>;
}

/** A credential that its issuer gives later, to the very keys that were proven. */
export interface Deferred {
  readonly transactionId: string;
  readonly keys: readonly JsonObject[];
  readonly access: Access;
}

/**
 * Read an offer from a link and look up who gives it.
 *
 * Refuses `offer_gone` for one that was used or is over, and `derive_unreachable` where what would
 * check it is not to be had now: that must be known before a code is used up.
 */
export async function readOffer(link: string, at = Date.now() / 1000): Promise<Preview> {
  const found = await findOffer(link, at);
  for (const configurationId of found.offer.configurationIds) {
    const configuration = found.issuer.configurations.get(configurationId);
    if (!configuration) throw rejected("type_not_offered", "an id that the issuer does not know");
    const able = configuration.algorithms.length === 0 || configuration.algorithms.includes("ES256");
    if (!READABLE.has(configuration.format) || !able) continue;
    if (configuration.format === "ldp_vc") await loadSecured().then((door) => door.askFrame(siteOfLinks())(door.ARE_YOU_THERE));
    return { ...found, configurationId, configuration };
  }
  throw unsupported("offer_not_supported", "no format that this wallet can hold");
}

/** The offer of a visit that came back. */
export function previewOf(found: Found, configurationId: string): Preview {
  const configuration = found.issuer.configurations.get(configurationId);
  if (!configuration) throw rejected("type_not_offered", "an id that the issuer does not know");
  return { ...found, configurationId, configuration };
}

/** Whether the sector's list names who offers this, for this type, before anything was fetched. */
export function isListed({ issuer, configuration }: Preview, sector: SectorList | undefined, at: number): boolean {
  return mayIssue(sector, didAt(issuer.credentialIssuer), configuration.type, at);
}

/**
 * Redeem the offer with the PIN, fetch its copies and check each; `at` in seconds.
 *
 * Refuses what the issuer says of code and PIN, `credential_deferred`, `credential_refused`, and
 * what is wrong with the credential; then the issuer hears that it was not kept.
 */
export async function fetchCredential(
  preview: Preview, pin: string | undefined, at: number, sector?: SectorList,
): Promise<Received> {
  const found = await requestByPin(preview, pin, at, sector);
  if ("transactionId" in found) throw unsupported("credential_deferred", "it is not ready");
  return found;
}

/** The same, where it may come later. */
export async function requestByPin(
  preview: Preview, pin: string | undefined, at: number, sector?: SectorList,
): Promise<Received | Deferred> {
  return requestCredential(preview, await redeem(preview, pin, at), at, sector);
}

/** Prove our keys, fetch the copies and check each; or hear that they come later. Refuses as `fetchCredential`. */
export async function requestCredential(
  preview: Preview, allowed: Access, at: number, sector?: SectorList,
): Promise<Received | Deferred> {
  const { issuer, offer, configurationId } = preview;
  const { conversation, clientId } = allowed;
  if (issuer.nonceEndpoint === undefined) throw unsupported("offer_not_supported", "no nonce for the proof");
  const nonce = parseNonceResponse(objectIn(await conversation.send(issuer.nonceEndpoint, "nonce", new Uint8Array(), FORM)));
  const keys: JsonObject[] = [];
  const proofs: string[] = [];
  for (let copy = 0; copy < Math.min(issuer.batchSize, COPIES); copy++) {
    const key = await newHolderKey();
    keys.push(key);
    proofs.push(await createProof(await signerOf(key), offer.credentialIssuer, nonce, at, clientId));
  }
  const identifier = allowed.identifiers.get(configurationId);
  const message = createCredentialRequest(identifier ?? configurationId, proofs, identifier !== undefined);
  return answered(preview, allowed, keys, await conversation.exchange(issuer.credentialEndpoint, "credential", message), at, sector);
}

/** Ask once more for what was to come later (section 9); refuses as `fetchCredential`. */
export async function askAgain(
  preview: Preview, { access: allowed, keys, transactionId }: Deferred, at: number, sector?: SectorList,
): Promise<Received | Deferred> {
  const { deferredEndpoint } = preview.issuer;
  if (deferredEndpoint === undefined) throw unsupported("offer_not_supported", "no endpoint to ask later");
  const document = await allowed.conversation.exchange(deferredEndpoint, "deferred", { transaction_id: transactionId });
  const found = await answered(preview, allowed, keys, document, at, sector);
  if ("transactionId" in found && found.transactionId !== transactionId) throw rejected("credential_response_invalid", "another transaction");
  return found;
}

async function answered(
  preview: Preview, allowed: Access, keys: readonly JsonObject[], document: JsonObject, at: number, sector?: SectorList,
): Promise<Received | Deferred> {
  const { credentials, notificationId, transactionId } = parseCredentialResponse(document);
  if (transactionId !== undefined) return { transactionId, keys, access: allowed };
  const { notificationEndpoint } = preview.issuer;
  const notify = async (event: "credential_accepted" | "credential_failure"): Promise<void> => {
    if (notificationEndpoint === undefined || notificationId === undefined) return;
    const told = allowed.conversation.send(notificationEndpoint, "notification", createNotification(notificationId, event), JSON_TYPE);
    await told.catch(() => undefined); // whether it hears us changes nothing
  };
  try {
    const copies = await checkedCopies(preview, credentials, keys, at);
    const [{ unverified }] = copies;
    const { issuer: giver, type } = unverified.credential;
    return { unverified, copies, name: nameIn(unverified), listed: mayIssue(sector, giver, type, at), notify };
  } catch (error) {
    await notify("credential_failure");
    throw error;
  }
}

/** Keep a credential that the worker said yes to; the issuer is told once the log is written. */
export async function keep(received: Received, preview: Preview, log: Log): Promise<Log> {
  const { unverified, copies: [first, ...more], listed } = received;
  if (!first) throw malformed("credential_response_invalid", "no copy");
  const giver: Giver = { id: unverified.credential.issuer, ...giverOf(preview), listed };
  return addCredential(log, unverified.format, first.wire, first.key, giver, more);
}

/** Who gives it, by its own words and its address. */
export function giverOf({ issuer }: Preview, language = "nl"): { name: string; host: string } {
  const host = new URL(issuer.credentialIssuer).hostname;
  const named = [...issuer.names].find(([locale]) => locale.startsWith(language)) ?? [...issuer.names][0];
  return { name: named?.[1] ?? host, host };
}

/** Drop a credential, note it without anything personal, and tell the issuer. */
export async function refuse(received: Received, log: Log): Promise<Log> {
  const { issuer: giver, type } = received.unverified.credential;
  await received.notify("credential_failure");
  return append(log, "credential_refused", { giver, type });
}

async function redeem({ offer, issuer, server, relayed }: Preview, pin: string | undefined, at: number): Promise<Access> {
  if (offer.preAuthorizedCode === undefined) throw unsupported("offer_not_supported", "no code; the issuer's page gives one");
  const conversation = await Conversation.begin(issuer, server, relayed, at);
  const answer = await conversation.send(server.tokenEndpoint, "token", createTokenRequest(offer.preAuthorizedCode, pin), FORM);
  const document = objectIn(answer);
  if (answer.status === 200) return access(conversation, document);
  const said = [member(document, "code"), member(document, "error_description")].map(String);
  const own = said.find((code) => OWN_CODES.has(code));
  throw rejected(own ?? (member(document, "error") === "invalid_grant" ? "pin_wrong" : "offer_refused"));
}

type CheckedCopy = Copy & { readonly unverified: Unverified };

/** Each copy holds, is bound to another of our keys, and says the same as the first. */
async function checkedCopies(
  preview: Preview, credentials: readonly Wire[], keys: readonly JsonObject[], at: number,
): Promise<[CheckedCopy, ...CheckedCopy[]]> {
  const ours = new Map<string, JsonObject>();
  for (const key of keys) ours.set((await signerOf(key)).public.thumbprint, key);
  const copies: CheckedCopy[] = [];
  for (const wire of credentials) {
    const unverified = await readWire(preview.configuration.format, wire);
    const bound = unverified.holder?.thumbprint ?? "";
    const key = ours.get(bound);
    if (!key || !ours.delete(bound)) throw rejected("holder_key_mismatch", "bound to another key");
    await check(preview, unverified, at);
    copies.push({ wire, key, unverified });
  }
  const [first, ...others] = copies;
  if (!first) throw malformed("credential_response_invalid", "no copy");
  const said = ({ unverified: { credential } }: CheckedCopy): Uint8Array<ArrayBuffer> => canonicalJson(credential.claims);
  if (!others.every((each) => same(said(each), said(first)))) throw rejected("type_not_offered", "copies that differ");
  return [first, ...others];
}

/** Signature by the issuer's own key, dates, and the type that was offered. */
async function check(preview: Preview, unverified: Unverified, at: number): Promise<void> {
  const { credential } = unverified;
  await checkIssued(unverified, at);
  if (credential.type !== preview.configuration.type) throw rejected("type_not_offered", "another type");
  if (new URL(documentUrl(credential.issuer)).origin !== originOf(preview.issuer.credentialIssuer)) {
    throw rejected("issuer_mismatch", "signed by another than who gives it");
  }
}

/** The signature holds under a key that its issuer publishes, and the moment lies within its dates. */
export async function checkIssued(unverified: Unverified, at: number): Promise<void> {
  const { credential, keyId, format, wire } = unverified;
  if (credential.issuer.startsWith("did:jwk:") && format !== "ldp_vc") { // a key of one use, which carries its own name
    return void (await verify(unverified, keyOf(await selfNamed(credential.issuer), keyId, "assertionMethod"), at));
  }
  const octets = await didOctets(credential.issuer);
  const document = await readDocument(credential.issuer, octets);
  if (format !== "ldp_vc") return void (await verify(unverified, keyOf(document, keyId, "assertionMethod"), at));
  const { askFrame, check } = await loadSecured();
  await check(wire, document, parseObject(octets), at, askFrame(siteOfLinks()));
}

/** The name that a credential carries; empty where it has none. */
export function nameIn({ credential }: Unverified): string {
  const parts = ["given_name", "family_name"].map((name) => member(credential.claims, name));
  return parts.filter((part) => typeof part === "string").join(" ");
}
