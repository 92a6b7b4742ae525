/** Answer a request: who asks, what fits, what is shown, deliver; or say no (wallet design, section 10). */

import { checkChosen, needsOf, type Needs } from "../answering/needs.ts";
import { disclosed, layOut, seen, type Line, type Option, type TypeEntry } from "../keeper/consent.ts";
import { CHANCE } from "../keeper/seals.ts";
import type { Wire } from "../keeper/share_card.ts";
import { append, copyOf, type Log } from "../keeper/vault.ts";
import { readables, showCopy, type Readable } from "../integrity/copies.ts";
import type { Paths } from "../protocol/claims.ts";
import { match } from "../protocol/dcql.ts";
import { rejected } from "../protocol/errors.ts";
import { peek } from "../protocol/jose.ts";
import { member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { MAX_REQUEST_BYTES } from "../protocol/limits.ts";
import { originOf, writeForm } from "../protocol/message.ts";
import { b64url, fromUtf8, type Octets } from "../protocol/octets.ts";
import { parseRequest, parseRequestLink, type AuthorizationRequest } from "../protocol/request.ts";
import { createRefusal, createResponse, matchCode, parseDelivery } from "../protocol/response.ts";
import { readDeclaration, type Declaration, type DeclarationLists } from "./declaration.ts";
import { ask, documentAt, objectIn } from "./network.ts";

const REQUEST_TYPE = "application/oauth-authz-req+jwt";
const FORM = "application/x-www-form-urlencoded";
const OWN_CODES = new Set(["response_already_received", "request_expired", "request_unknown", "not_found"]);

/** One held credential that would do for one query. */
export interface Fit extends Readable {
  readonly queryId: string;
  readonly option: Option;
}

/** A checked request: who asks what, and what they declare. */
export interface Question {
  readonly request: AuthorizationRequest;
  readonly declaration: Declaration | undefined; // undefined: an asker whose software declares nothing
  readonly known: boolean; // the sector's list or an anchored certificate vouches for its name
}

/** A question, laid over what is held. */
export interface Asked extends Question, Needs<Fit> {}

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

/**
 * Fetch and check a request from a link; `at` in seconds. Nothing of the vault is needed.
 *
 * Beside the codes of `parseRequest` and `readDeclaration` it refuses `request_unknown` and, for one
 * that was made before we asked, `wallet_nonce_mismatch` (OpenID4VP 1.0, section 5.10).
 */
export async function readQuestion(
  link: string, lists: DeclarationLists, at: number, knows: (clientId: string) => Promise<boolean>,
): Promise<Question> {
  const reference = parseRequestLink(link);
  const nonce = reference.post ? b64url(CHANCE.octets(16)) : undefined;
  const posted = nonce === undefined ? {} : { body: writeForm({ wallet_nonce: nonce }), type: FORM };
  const answer = await ask(reference.requestUri, { accept: REQUEST_TYPE, ...posted });
  if (answer.status === 404 || answer.status === 410) throw rejected("request_unknown", `status ${answer.status}`);
  if (answer.status !== 200 || answer.type !== REQUEST_TYPE || answer.body.length > MAX_REQUEST_BYTES) {
    throw rejected("request_uri_invalid", `status ${answer.status}, or another type`);
  }
  const token = fromUtf8(answer.body);
  const request = await parseRequest(token, reference, { get: documentAt, at });
  const { payload } = peek(token, { typ: ["oauth-authz-req+jwt"], chain: true });
  if (nonce !== undefined && payload["wallet_nonce"] !== nonce) throw rejected("wallet_nonce_mismatch", "made before we asked");
  const { asker, clientId } = request;
  const known = ("certificate" in asker && asker.anchored) || await knows(clientId);
  return { request, declaration: readDeclaration(payload, request, lists, known), known };
}

/** Find what could answer a question. */
export async function findAnswers(
  question: Question, log: Log, entryOf: (type: string) => TypeEntry | undefined,
): Promise<Asked> {
  const held = await readables(log.events);
  const found = match(question.request.query, held.map(({ unverified }) => unverified));
  const fits = found.queries.map(({ query, candidates }) => [query.id, candidates.flatMap((candidate): Fit[] => {
    const one = held[candidate.index];
    if (!one) return [];
    const entry = entryOf(one.unverified.credential.type);
    return [{ queryId: query.id, ...one, option: layOut(query, candidate, one.unverified, entry) }];
  })] as const);
  return { ...question, ...needsOf(question.request.query, new Map(fits)) };
}

/** Show what was chosen, deliver it once, and write down what was seen by whom. */
export async function answerRequest(asked: Asked, made: readonly Choice[], log: Log): Promise<Delivered> {
  const { request } = asked;
  checkChosen(request.query, asked, made.map(({ fit }) => fit));
  const choices = [...new Map(made.map((each) => [each.fit, each])).values()]; // two sets may ask for one credential
  const binding = { audience: request.clientId, nonce: request.nonce };
  const vpToken: Record<string, Wire[]> = {};
  const signers: string[] = [];
  for (const { fit, picked } of choices) {
    const [wire, signer] = await showCopy(copyOf(fit.held, log.events), binding, disclosed(fit.option, picked), log.now());
    signers.push(signer);
    (vpToken[fit.queryId] ??= []).push(wire);
  }
  const redirect = await deliver(request, await createResponse(request, vpToken));
  const credentials = choices.map(({ fit, picked }) => written(fit, seen(fit.option, picked)));
  const erasing = erasable(asked, signers[0] ?? "");
  const after = await append(log, "request_answered", { ...aboutAsker(asked), credentials, ...erasing });
  return { log: after, redirect, match: await matchCode(request.nonce, vpToken) };
}

/** Say no; the asker hears the same as when the worker has nothing. */
export async function declineRequest(question: Question, log: Log): Promise<Log> {
  await refuseQuietly(question);
  return append(log, "request_refused", aboutAsker(question));
}

/** Say no where no vault is open to remember it. */
export async function refuseQuietly({ request }: Question): Promise<void> {
  await deliver(request, createRefusal(request)).catch(() => undefined); // whether they hear it changes nothing
}

async function deliver(request: AuthorizationRequest, body: Octets): Promise<string | undefined> {
  const answer = await ask(request.responseUri, { body, type: FORM });
  const document = objectIn(answer);
  if (answer.status === 200) return parseDelivery(document);
  const said = [member(document, "code"), member(document, "error_description")].map(String);
  throw rejected(said.find((code) => OWN_CODES.has(code)) ?? "response_refused", `status ${answer.status}`);
}

function written({ held, unverified: { credential: { type }, format, disclosable } }: Fit, lines: readonly Line[]): JsonValue {
  const labels = { labels_nl: lines.map(({ nl }) => nl), labels_en: lines.map(({ en }) => en) };
  return { id: held.id, type, ...labels, whole: format === "ldp_vc" && disclosable.length === 0 };
}

/** Who asks: by a list or a certificate that vouches for the name, or by no more than their own word. */
export function askerOf({ request, declaration, known }: Question): { name: string; host: string; known: boolean } {
  const { clientName, origin } = request;
  const host = new URL(originOf(origin)).hostname;
  return { name: declaration?.name ?? clientName ?? host, host, known };
}

/** For the log: who asked, as what, what for and for how long. */
function aboutAsker(question: Question): JsonObject {
  const { relation = null, purpose = null, retentionDays = null } = question.declaration ?? {};
  return { ...askerOf(question), relation, purpose, retention_days: retentionDays };
}

/** What a deletion request needs later: whom to ask, about which answer, and which key signed it. */
function erasable({ request, declaration }: Question, signer: string): JsonObject {
  if (declaration?.deletionUri === undefined) return {};
  return { client_id: request.clientId, nonce: request.nonce, deletion_uri: declaration.deletionUri, signer };
}
