/** Ask whoever saw something to take it away: signed by the key that showed it (decision 0052). */

import type { Event } from "../keeper/events.ts";
import { signerOf } from "../keeper/signing.ts";
import { append, type Log } from "../keeper/vault.ts";
import { readDocument, documentUrl } from "../protocol/dids.ts";
import { rejected } from "../protocol/errors.ts";
import { peek, signCompact, verifyJws } from "../protocol/jose.ts";
import { member, type JsonObject } from "../protocol/json.ts";
import { Fields, writeForm } from "../protocol/message.ts";
import { b64url, sha, utf8 } from "../protocol/octets.ts";
import { certificateHash, checkChain } from "../protocol/x509.ts";
import { ask, documentAt, objectIn } from "./network.ts";

const FORM = "application/x-www-form-urlencoded";
const DID_PREFIX = "decentralized_identifier:";
const HASH_PREFIX = "x509_hash:";
const OUTCOMES = new Set(["deleted", "nothing_kept"]);
const OWN_CODES = new Set(["deletion_request_invalid", "aud_mismatch", "deletion_not_yours"]);

/** What the asker answered. */
export interface Erased {
  readonly outcome: "deleted" | "nothing_kept";
  readonly at: number; // in seconds
}

/** Whether a log entry is an answer that can still be asked back. */
export function isErasable(event: Event): boolean {
  return event.type === "request_answered" && typeof event.data["deletion_uri"] === "string";
}

/** What was answered to the last deletion request for an entry; undefined where none was made. */
export function erasureOf(events: readonly Event[], entry: string): Erased | undefined {
  const asked = events.findLast(({ type, data }) => type === "deletion_asked" && data["entry"] === entry);
  return asked && { outcome: asked.data["outcome"] as Erased["outcome"], at: Number(asked.data["at"]) };
}

/** Ask for deletion, check the receipt, and keep it. Refuses `deletion_refused` and the asker's own codes. */
export async function eraseAnswer(entry: Event, log: Log): Promise<[Log, Erased]> {
  const [clientId, nonce, uri] = ["client_id", "nonce", "deletion_uri"].map((name) => String(entry.data[name]));
  if (!isErasable(entry) || !clientId || !nonce || !uri) throw rejected("deletion_refused", "no such entry");
  const made = log.events.find(({ type, data }) => type === "holder_key_made" && data["thumbprint"] === entry.data["signer"]);
  const signer = await signerOf((made?.data["jwk"] ?? {}) as JsonObject);
  const header: JsonObject = { typ: "deletion-request+jwt", jwk: signer.public.jwk };
  const request = await signCompact(header, { aud: clientId, nonce, iat: Math.floor(log.now()) }, signer);
  const answer = await ask(uri, { body: writeForm({ deletion_request: request }), type: FORM });
  const document = objectIn(answer);
  if (answer.status !== 200) {
    const code = String(member(document, "error_description"));
    throw rejected(OWN_CODES.has(code) ? code : "deletion_refused", `status ${answer.status}`);
  }
  const receipt = new Fields(document, "deletion_refused").text("receipt", 64 * 1024);
  const erased = await readReceipt(receipt, { clientId, nonce, request, at: log.now() });
  const data: JsonObject = { entry: entry.ulid, receipt, request, ...erased };
  return [await append(log, "deletion_asked", data), erased];
}

/** A receipt is the asker's own, and about this very request; refuses `deletion_receipt_invalid`. */
async function readReceipt(
  token: string, sent: { clientId: string; nonce: string; request: string; at: number },
): Promise<Erased> {
  const signed = peek(token, { typ: ["deletion-receipt+jwt"], chain: true });
  if (sent.clientId.startsWith(HASH_PREFIX)) {
    const { leaf } = await checkChain(member(signed.header, "x5c"), sent.at);
    if ((await certificateHash(leaf)) !== sent.clientId.slice(HASH_PREFIX.length)) throw rejected("deletion_receipt_invalid", "x5c");
    await verifyJws(signed, leaf.key);
  } else {
    const did = sent.clientId.slice(DID_PREFIX.length);
    const document = await readDocument(did, await documentAt(documentUrl(did)));
    const key = document.methods.get(String(member(signed.header, "kid")));
    if (!key) throw rejected("deletion_receipt_invalid", "kid");
    await verifyJws(signed, key);
  }
  const told = new Fields(signed.payload, "deletion_receipt_invalid");
  const [outcome, at] = [told.text("outcome"), told.integer("iat") ?? told.fail("iat")];
  const ours = told.text("iss", 2_048) === sent.clientId && told.text("nonce") === sent.nonce
    && told.text("request_hash") === b64url(await sha(utf8(sent.request)));
  if (!ours || !OUTCOMES.has(outcome)) throw rejected("deletion_receipt_invalid", "about another request");
  return { outcome: outcome as Erased["outcome"], at };
}
