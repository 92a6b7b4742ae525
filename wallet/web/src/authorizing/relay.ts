/**
 * Issuers whose servers know no browser: asked by way of our service (wallet design, section 9).
 *
 * The service sends a message only to an endpoint that it read itself from that issuer's documents.
 */

import { refusalIn } from "../account/service.ts";
import { documentAt, peel, type Answer } from "../journeys/network.ts";
import { documentUrl } from "../protocol/dids.ts";
import { Refusal, undetermined } from "../protocol/errors.ts";
import { canonicalJson, isObject, member, parseObject, type JsonObject } from "../protocol/json.ts";
import { b64url, fromB64url, type Octets } from "../protocol/octets.ts";

const MAX_ANSWER_BYTES = 2 * 1024 * 1024; // an answer of 1 MiB, as base64url inside JSON

/** Where a message may go; the service knows the address. */
export type Endpoint = "token" | "nonce" | "credential" | "deferred" | "notification";

/** What is sent, beside the issuer's name. */
export interface Letter {
  readonly body: Octets;
  readonly type: string;
  readonly authorization?: string | undefined;
  readonly dpop?: string | undefined;
}

/** A public document of an issuer, as octets that nobody there has judged; refuses `fetch_failed`. */
export async function relayedDocument(kind: "issuer" | "signed" | "server" | "did", name: string): Promise<Octets> {
  const answer = await reach(`${kind}?name=${encodeURIComponent(name)}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** What was fetched; undefined where there was no way to it. */
export async function reached(fetching: () => Promise<Octets>): Promise<Octets | undefined> {
  try {
    return await fetching();
  } catch (error) {
    if (error instanceof Refusal && /^(?:fetch_failed|content_type_unexpected)$/.test(error.code)) return undefined;
    throw error;
  }
}

/** The document of a did:web, from its own site or by way of the service; who asked checks it. */
export async function didOctets(did: string): Promise<Octets> {
  return (await reached(() => documentAt(documentUrl(did)))) ?? relayedDocument("did", did);
}

/** Send a message to an endpoint of an issuer; refuses `relay_refused`, `fetch_failed`. */
export async function forward(issuer: string, endpoint: Endpoint, letter: Letter): Promise<Answer> {
  const json: JsonObject = {
    issuer, content_type: letter.type, body: b64url(letter.body),
    authorization: letter.authorization ?? "", dpop: letter.dpop ?? "",
  };
  const answer = await reach(endpoint, canonicalJson(json));
  const told = parseObject(new Uint8Array(await answer.arrayBuffer()), MAX_ANSWER_BYTES);
  const headers = member(told, "headers");
  const [status, body] = [member(told, "status"), member(told, "body")];
  if (typeof status !== "number" || typeof body !== "string" || !isObject(headers)) throw undetermined("fetch_failed", "the relay");
  return {
    status, type: peel(String(member(told, "content_type"))), body: fromB64url(body),
    nonce: textIn(headers, "dpop-nonce"), retryAfter: textIn(headers, "retry-after"),
  };
}

async function reach(path: string, body?: Octets): Promise<Response> {
  const headers: Record<string, string> = body ? { "Content-Type": "application/json" } : {};
  let answer: Response;
  try {
    answer = await fetch(`/api/relay/${path}`, { method: body ? "POST" : "GET", body: body ?? null, headers, redirect: "error" });
  } catch {
    throw undetermined("fetch_failed", "no way to the relay");
  }
  if (answer.ok) return answer;
  throw await refusalIn(answer, "fetch_failed", "the relay");
}

function textIn(headers: JsonObject, name: string): string | undefined {
  const value = member(headers, name);
  return typeof value === "string" ? value : undefined;
}
