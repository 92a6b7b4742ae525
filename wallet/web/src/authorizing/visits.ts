/**
 * The authorization code flow: to the issuer's page, and back with a code (OpenID4VCI 1.0, section 5).
 *
 * Pushed where the server takes that (RFC 9126), PKCE by S256, a state of our own, and the server's
 * name in its answer (RFC 9207). What has to wait lies in this browser, for half an hour, once.
 */

import { objectIn } from "../journeys/network.ts";
import { CHANCE } from "../keeper/seals.ts";
import { rejected, unsupported } from "../protocol/errors.ts";
import { member, type JsonObject } from "../protocol/json.ts";
import { Fields, readFields, writeForm } from "../protocol/message.ts";
import { b64url, fromUtf8, sha, utf8 } from "../protocol/octets.ts";
import { access, type Access } from "./access.ts";
import { Conversation, type Kept } from "./conversation.ts";
import type { Found } from "./offers.ts";
import { put, take, type Waits } from "./store.ts";

const LIFE = 30 * 60; // seconds: signing in with a letter from the post takes longer, a page less
const FORM = "application/x-www-form-urlencoded";
const MAX_STATE = 64;

/** Who we are to authorization servers: the same in every browser, so nobody is told apart by it. */
export interface Client {
  readonly id: string;
  readonly back: string; // where the browser comes back to
}

interface Visit extends Waits {
  readonly found: Found;
  readonly configurationId: string;
  readonly client: Client;
  readonly verifier: string;
  readonly kept: Kept;
}

/** A visit that came back with a token. */
export interface Returned {
  readonly found: Found;
  readonly configurationId: string;
  readonly access: Access;
}

/** Prepare a visit; says where the browser is to go. `now` in seconds. */
export async function beginVisit(found: Found, configurationId: string, client: Client, now: number): Promise<string> {
  const { server, issuer } = found;
  if (server.authorizationEndpoint === undefined || !server.s256) throw unsupported("offer_not_supported", "no page, or no S256");
  const conversation = await Conversation.begin(issuer, server, found.relayed, now);
  const [state, verifier] = [b64url(CHANCE.octets(16)), b64url(CHANCE.octets(32))];
  const scope = issuer.scopes.get(configurationId);
  const detail: JsonObject = { type: "openid_credential", credential_configuration_id: configurationId };
  if (server.issuer !== issuer.credentialIssuer) detail["locations"] = [issuer.credentialIssuer];
  const fields = {
    response_type: "code", client_id: client.id, redirect_uri: client.back, state, scope,
    authorization_details: scope === undefined ? JSON.stringify([detail]) : undefined,
    code_challenge: b64url(await sha(utf8(verifier))), code_challenge_method: "S256",
    issuer_state: found.issuerState, dpop_jkt: conversation.thumbprint(),
  };
  const query = await pushed(found, fields, conversation);
  await put(`visit ${state}`, { found, configurationId, client, verifier, kept: conversation.kept(), until: now + LIFE } as Visit);
  return server.authorizationEndpoint + (server.authorizationEndpoint.includes("?") ? "&" : "?") + query;
}

/**
 * Go on where a visit left off; `query` is that of the address to which the browser came back.
 *
 * Refuses `state_mismatch` for a visit that we do not know, `iss_mismatch`, `authorization_refused`,
 * `authorization_response_invalid`, and what is wrong with the token. A visit comes back once.
 */
export async function endVisit(query: string, now: number): Promise<Returned> {
  const fields = readFields(query.replace(/^\?/, ""));
  if (!fields) throw rejected("authorization_response_invalid", "parameters");
  const state = fields.get("state") ?? "";
  const visit = state && state.length <= MAX_STATE ? await take<Visit>(`visit ${state}`, now) : undefined;
  if (!visit) throw rejected("state_mismatch", "no visit of ours");
  const { found: { server, issuer }, client } = visit;
  const iss = fields.get("iss");
  if (iss === undefined ? server.namesItself : iss !== server.issuer) throw rejected("iss_mismatch");
  if (fields.has("error")) throw rejected("authorization_refused");
  const code = fields.get("code");
  if (!code) throw rejected("authorization_response_invalid", "no code");
  const conversation = await Conversation.resume(issuer, visit.kept, now);
  const body = writeForm({
    grant_type: "authorization_code", code, redirect_uri: client.back, code_verifier: visit.verifier, client_id: client.id,
  });
  const answer = await conversation.send(server.tokenEndpoint, "token", body, FORM);
  if (answer.status !== 200) throw rejected("offer_refused", `status ${answer.status}`);
  return { found: visit.found, configurationId: visit.configurationId, access: access(conversation, objectIn(answer), client.id) };
}

async function pushed(
  { server }: Found, fields: Record<string, string | undefined>, conversation: Conversation,
): Promise<string> {
  if (server.pushEndpoint === undefined) {
    if (server.pushedOnly) throw rejected("issuer_metadata_invalid", "must be pushed, and nowhere to");
    return fromUtf8(writeForm(fields));
  }
  const answer = await conversation.send(server.pushEndpoint, "push", writeForm(fields), FORM);
  if (answer.status !== 201 && answer.status !== 200) throw rejected("authorization_refused", `status ${answer.status}`);
  const document = objectIn(answer);
  if (typeof member(document, "expires_in") !== "number") throw rejected("pushed_response_invalid", "expires_in");
  const request_uri = new Fields(document, "pushed_response_invalid").text("request_uri");
  return fromUtf8(writeForm({ client_id: fields["client_id"], request_uri }));
}
