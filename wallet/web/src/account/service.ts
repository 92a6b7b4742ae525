/** The keeper's calls to its own service, on its own origin; nothing that opens a vault goes along. */

import { createPasskey, usePasskey, type Ceremony } from "../keeper/passkeys.ts";
import { authOf, locatorOf } from "../keeper/recovery.ts";
import { gateOf, type ShareLink } from "../keeper/share_card.ts";
import { rejected, undetermined, type Refusal } from "../protocol/errors.ts";
import { canonicalJson, isObject, member, parseObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { b64url, fromB64url, sha, type Octets } from "../protocol/octets.ts";

const MAX_ANSWER_BYTES = 20 * 1024 * 1024; // a vault

/** What goes with a call beside its path. */
interface Sent {
  readonly json?: JsonValue;
  readonly octets?: Octets;
  readonly headers?: Record<string, string>;
}

/** A sealed vault as the service keeps it. */
export interface StoredVault {
  readonly data: Octets;
  readonly version: number;
}

/** A deelkaart that is ready to be kept. */
export interface SealedShare {
  readonly link: ShareLink;
  readonly sealed: Octets;
  readonly expires: number; // in seconds
  readonly code: string | undefined;
  readonly stop: Octets;
  readonly maxViews: number | undefined;
}

let reached = true;

/** Whether the last call reached the service. */
export const isReached = (): boolean => reached;

/** Call the service; refuses with the code that it gives, or `service_unreachable`. */
async function call(method: string, path: string, sent: Sent = {}): Promise<Response> {
  const body = sent.octets ?? (sent.json === undefined ? null : canonicalJson(sent.json));
  const type: Record<string, string> = sent.json === undefined ? {} : { "Content-Type": "application/json" };
  let answer: Response;
  try {
    answer = await fetch(`/api${path}`, { method, body, headers: { ...type, ...sent.headers }, redirect: "error" });
    reached = true;
  } catch {
    reached = false;
    throw undetermined("service_unreachable", path);
  }
  if (answer.ok) return answer;
  throw await refusalIn(answer, "service_failed", path);
}

/** What a problem of the service says, or `fallback`; with 503 it could not be checked now. */
export async function refusalIn(answer: Response, fallback: string, detail: string): Promise<Refusal> {
  const problem = await answer.json().catch(() => null) as JsonValue;
  const told = isObject(problem) ? member(problem, "code") : undefined;
  const code = typeof told === "string" && /^[a-z_]{1,64}$/.test(told) ? told : fallback;
  return (answer.status === 503 ? undetermined : rejected)(code, detail);
}

async function objectOf(answer: Response): Promise<JsonObject> {
  return parseObject(new Uint8Array(await answer.arrayBuffer()), MAX_ANSWER_BYTES);
}

/** One question to a passkey: begun by the service, answered by the device, finished by the service. */
async function ceremony(
  path: string, act: (options: JsonObject) => Promise<Ceremony>, confirmed?: string,
): Promise<[Response, Ceremony]> {
  const made = await act(await objectOf(await call("POST", `${path}/begin`)));
  return [await call("POST", `${path}/finish`, { json: made.answer, headers: proof(confirmed) }), made];
}

/** Make an account with a first passkey; its PRF output, where the device gives it at once. */
export async function createAccount(prfSalt: Octets): Promise<Octets | undefined> {
  return (await ceremony("/account", (options) => createPasskey(options, prfSalt)))[1].prf;
}

/**
 * Add a passkey to the account that is open, after a fresh one of its own or the recovery card.
 *
 * What comes back confirms the write of its slot: one finger for one act.
 */
export async function addPasskey(prfSalt: Octets, confirmed: string): Promise<{ prf: Octets | undefined; confirmed: string }> {
  const [answer, { prf }] = await ceremony("/passkeys", (options) => createPasskey(options, prfSalt), confirmed);
  return { prf, confirmed: String((await objectOf(answer))["confirmed"]) };
}

/** Open the account of a passkey. */
export async function signIn(prfSalt: Octets): Promise<Octets | undefined> {
  return (await signInAs(prfSalt)).prf;
}

/** The same, and which passkey it was. */
export async function signInAs(prfSalt: Octets): Promise<{ prf: Octets | undefined; id: string }> {
  const [, { prf, answer }] = await ceremony("/sign-in", (options) => usePasskey(options, prfSalt));
  return { prf, id: String(answer["id"]) };
}

/** Close the account in this browser. */
export async function signOut(): Promise<void> {
  await call("POST", "/sign-out");
}

/** The browsers in which the account is open. */
export async function logins(): Promise<JsonObject[]> {
  return (await (await call("GET", "/logins")).json()) as JsonObject[];
}

/** Close the account in another browser. */
export async function endLogin(id: string): Promise<void> {
  await call("DELETE", `/logins/${encodeURIComponent(id)}`);
}

/** A public document by way of the service, as octets that nobody there has judged. */
export async function relayed(kind: "did" | "status" | "issuer" | "server", name: string): Promise<Octets> {
  return new Uint8Array(await (await call("GET", `/relay/${kind}?name=${encodeURIComponent(name)}`)).arrayBuffer());
}

/** Ask for the person's finger or face, for one call that follows. */
export async function confirm(prfSalt: Octets): Promise<string> {
  const [answer] = await ceremony("/confirm", (options) => usePasskey(options, prfSalt));
  return String((await objectOf(answer))["confirmed"]);
}

/** The newest version; undefined where there is none yet. */
export async function readVault(): Promise<StoredVault | undefined> {
  try {
    const answer = await call("GET", "/vault");
    const version = Number(/^"(\d+)"$/.exec(answer.headers.get("ETag") ?? "")?.[1]);
    return { data: new Uint8Array(await answer.arrayBuffer()), version };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "not_found") return undefined;
    throw error;
  }
}

/**
 * Write the next version after `read`; refuses `vault_conflict` where another device was first.
 *
 * With `card`, the secret of a fresh one, that card finds and opens the account from then on, and the
 * old one no longer: both are kept, or neither.
 */
export async function writeVault(data: Octets, read: number, confirmed?: string, card?: Octets): Promise<void> {
  const headers: Record<string, string> = read === 0 ? { "If-None-Match": "*" } : { "If-Match": `"${read}"` };
  if (card) headers["X-Recovery"] = Object.values(await known(card)).join(".");
  await call("PUT", "/vault", { octets: data, headers: { ...headers, ...proof(confirmed) } });
}

/** Let a recovery card find and open this account; the old card does so no longer. */
export async function setRecovery(secret: Octets, confirmed: string): Promise<void> {
  await call("PUT", "/recovery", { json: await known(secret), headers: proof(confirmed) });
}

/** What the service may know of a card. */
async function known(secret: Octets): Promise<{ locator: string; auth: string }> {
  return { locator: b64url(await sha(await locatorOf(secret))), auth: b64url(await sha(await authOf(secret))) };
}

/** Open the account of a recovery card; what comes back confirms a new passkey. Refuses `recovery_unknown`. */
export async function recover(secret: Octets): Promise<string> {
  const json = { locator: b64url(await locatorOf(secret)), auth: b64url(await authOf(secret)) };
  return String((await objectOf(await call("POST", "/recovery/open", { json })))["confirmed"]);
}

/** Let whoever has the ticket in; what comes back confirms the write of its slot. */
export async function inviteDevice(ticket: Octets, confirmed: string): Promise<string> {
  const json = { ticket: b64url(await sha(ticket)) };
  return String((await objectOf(await call("POST", "/transfers", { json, headers: proof(confirmed) })))["confirmed"]);
}

/** Open the account of a ticket; what comes back confirms a new passkey. Refuses `transfer_gone`. */
export async function comeIn(ticket: Octets): Promise<string> {
  return String((await objectOf(await call("POST", "/transfers/open", { json: { ticket: b64url(ticket) } })))["confirmed"]);
}

/** Put up a mailbox until a moment in seconds. */
export async function makeMailbox(id: Octets, expires: number): Promise<void> {
  await call("POST", "/mailboxes", { json: { id: b64url(id), expires: Math.floor(expires) } });
}

/** Leave a letter; refuses `mailbox_gone`. */
export async function putLetter(id: Octets, message: Octets): Promise<void> {
  await call("POST", `/mailboxes/${b64url(id)}`, { json: { message: b64url(message) } });
}

/** The letters, oldest first; refuses `mailbox_gone`. */
export async function lettersIn(id: Octets): Promise<Octets[]> {
  const found = (await (await call("GET", `/mailboxes/${b64url(id)}`)).json()) as JsonObject[];
  return found.map(({ message }) => fromB64url(String(message)));
}

/** Take a mailbox down with all that is in it. */
export async function removeMailbox(id: Octets): Promise<void> {
  await call("DELETE", `/mailboxes/${b64url(id)}`);
}

/** The account's passkeys, oldest first. */
export async function passkeys(): Promise<JsonObject[]> {
  return (await (await call("GET", "/passkeys")).json()) as JsonObject[];
}

/** Let passkeys count no longer; the account is closed in every other browser. */
export async function removePasskeys(ids: readonly string[], confirmed: string): Promise<void> {
  await call("POST", "/passkeys/remove", { json: { ids: [...ids] }, headers: proof(confirmed) });
}

/** Keep a deelkaart at the service. */
export async function keepShare(share: SealedShare, confirmed: string): Promise<void> {
  const { link, sealed, expires, code, stop, maxViews = null } = share;
  const gate = b64url(await sha(await gateOf(link, code)));
  const json: JsonObject = {
    id: b64url(link.id), sealed: b64url(sealed), expires, coded: link.coded, gate, stop: b64url(await sha(stop)),
    views: maxViews,
  };
  await call("POST", "/shares", { json, headers: proof(confirmed) });
}

/** When a share was seen, and the sealed names of who looked. */
export async function seeShare(link: ShareLink, stop: Octets): Promise<JsonObject> {
  return objectOf(await call("POST", `/shares/${b64url(link.id)}/seen`, { json: { stop: b64url(stop) } }));
}

/** Stop a share: its ciphertext is deleted. */
export async function stopShare(link: ShareLink, stop: Octets): Promise<void> {
  await call("POST", `/shares/${b64url(link.id)}/stop`, { json: { stop: b64url(stop) } });
}

/** Delete everything; the receipt says when. */
export async function wipe(confirmed: string): Promise<JsonObject> {
  return objectOf(await call("POST", "/wipe", { headers: proof(confirmed) }));
}

function proof(confirmed: string | undefined): Record<string, string> {
  return confirmed === undefined ? {} : { "X-Confirmed": confirmed };
}
