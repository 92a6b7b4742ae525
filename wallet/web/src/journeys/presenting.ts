/** Answer a request: who asks, what fits, what is shown, deliver; or say no (wallet design, section 10). */

import { disclosed, layOut, seen, type Line, type Option, type TypeEntry } from "../keeper/consent.ts";
import { signerOf } from "../keeper/signing.ts";
import { append, heldIn, parseHeld, type Held, type Log } from "../keeper/vault.ts";
import type { Paths } from "../protocol/claims.ts";
import { present, type Unverified } from "../protocol/credentials.ts";
import { match } from "../protocol/dcql.ts";
import { Refusal, rejected } from "../protocol/errors.ts";
import { member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { MAX_REQUEST_BYTES } from "../protocol/limits.ts";
import { originOf } from "../protocol/message.ts";
import { fromUtf8, type Octets } from "../protocol/octets.ts";
import { parseRequest, parseRequestLink, type AuthorizationRequest } from "../protocol/request.ts";
import { createRefusal, createResponse, matchCode, parseDelivery } from "../protocol/response.ts";
import { ask, documentAt, objectIn } from "./network.ts";

const REQUEST_TYPE = "application/oauth-authz-req+jwt";
const FORM = "application/x-www-form-urlencoded";
const OWN_CODES = new Set(["response_already_received", "request_expired", "request_unknown", "not_found"]);

/** One held credential that would do for one query. */
export interface Fit {
  readonly queryId: string;
  readonly held: Held;
  readonly unverified: Unverified;
  readonly option: Option;
}

/** A checked request, laid over what is held. */
export interface Asked {
  readonly request: AuthorizationRequest;
  readonly groups: readonly (readonly Fit[])[]; // for each that is needed; empty: no answer is possible
}

/** What the worker shows of one credential. */
export interface Choice {
  readonly fit: Fit;
  readonly picked: Paths;
}

/** How an answer ended. */
export interface Delivered {
  readonly log: Log;
  readonly redirect: string | undefined;
  readonly match: string; // four digits to read aloud
}

/** Fetch and check a request from a link, and find what could answer it. */
export async function readRequest(
  link: string, log: Log, entryOf: (type: string) => TypeEntry | undefined,
): Promise<Asked> {
  const reference = parseRequestLink(link);
  const body: { body?: Octets; type?: string } = reference.post ? { body: new Uint8Array(), type: FORM } : {};
  const answer = await ask(reference.requestUri, { accept: REQUEST_TYPE, ...body });
  if (answer.status === 404 || answer.status === 410) throw rejected("request_unknown", `status ${answer.status}`);
  if (answer.status !== 200 || answer.type !== REQUEST_TYPE || answer.body.length > MAX_REQUEST_BYTES) {
    throw rejected("request_uri_invalid", `status ${answer.status}, or another type`);
  }
  const request = await parseRequest(fromUtf8(answer.body), reference, { get: documentAt, at: log.now() });
  const held: { held: Held; unverified: Unverified }[] = [];
  for (const each of heldIn(log.events)) {
    try {
      held.push({ held: each, unverified: await parseHeld(each) });
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "format_unknown")) throw error;
    }
  }
  const found = match(request.query, held.map(({ unverified }) => unverified));
  const groups = (found.possible ? found.suggestion : []).map((id) => {
    const { query, candidates = [] } = found.queries.find((each) => each.query.id === id) ?? {};
    return candidates.flatMap((candidate): Fit[] => {
      const one = held[candidate.index];
      if (!query || !one) return [];
      const entry = entryOf(one.unverified.credential.type);
      return [{ queryId: id, ...one, option: layOut(query, candidate, one.unverified, entry) }];
    });
  });
  return { request, groups };
}

/** Show what was chosen, deliver it once, and write down what was seen by whom. */
export async function answerRequest(asked: Asked, choices: readonly Choice[], log: Log): Promise<Delivered> {
  const { request, groups } = asked;
  if (choices.length !== groups.length) throw rejected("choice_incomplete", `${choices.length} of ${groups.length}`);
  const binding = { audience: request.clientId, nonce: request.nonce };
  const vpToken: Record<string, string[]> = {};
  for (const [place, { fit, picked }] of choices.entries()) {
    if (!groups[place]?.includes(fit)) throw rejected("choice_invalid", "a credential that was not among the options");
    const signer = await signerOf(fit.held.key);
    const wire = await present(fit.unverified, signer, binding, disclosed(fit.option, picked), log.now());
    (vpToken[fit.queryId] ??= []).push(wire);
  }
  const redirect = await deliver(request, await createResponse(request, vpToken));
  const credentials = choices.map(({ fit, picked }) => written(fit, seen(fit.option, picked)));
  const after = await append(log, "request_answered", { ...aboutAsker(request), credentials });
  return { log: after, redirect, match: await matchCode(request.nonce, vpToken) };
}

/** Say no; the asker hears the same as when the worker has nothing. */
export async function declineRequest({ request }: Asked, log: Log): Promise<Log> {
  await deliver(request, createRefusal(request)).catch(() => undefined);
  return append(log, "request_refused", aboutAsker(request));
}

async function deliver(request: AuthorizationRequest, body: Octets): Promise<string | undefined> {
  const answer = await ask(request.responseUri, { body, type: FORM });
  const document = objectIn(answer);
  if (answer.status === 200) return parseDelivery(document);
  const said = [member(document, "code"), member(document, "error_description")].map(String);
  throw rejected(said.find((code) => OWN_CODES.has(code)) ?? "response_refused", `status ${answer.status}`);
}

function written(fit: Fit, lines: readonly Line[]): JsonValue {
  const { type } = fit.unverified.credential;
  return { type, labels_nl: lines.map(({ nl }) => nl), labels_en: lines.map(({ en }) => en), whole: false };
}

function aboutAsker({ asker, clientName, origin }: AuthorizationRequest): JsonObject {
  const host = new URL(originOf(origin)).hostname;
  return { name: clientName ?? host, host, known: "certificate" in asker && asker.anchored };
}
