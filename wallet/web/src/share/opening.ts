/**
 * Open a deelkaart: the gate to its service, the key to nobody, the presentations to a verifier
 * (wallet design, section 8). The fragment of the address never leaves this browser.
 */

import { gateOf, openShare, sealName, type ShareLink, type Wire } from "../keeper/share_card.ts";
import { CHANCE } from "../keeper/seals.ts";
import { rejected, undetermined } from "../protocol/errors.ts";
import { canonicalJson, isObject, parseObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { b64url, fromB64url, utf8, type Octets } from "../protocol/octets.ts";
import { readAnswer, type Answer } from "./verdict.ts";

const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_NAME_BYTES = 128; // with its length; letters beyond are left out
const SECONDS = 20; // a person is waiting, and a verifier looks lists up

/** An open deelkaart. */
export interface Opened {
  readonly cards: readonly Wire[];
  readonly view: number; // which look this is
  readonly expires: number; // in seconds since 1970
}

/** Count one look and open what comes back; refuses `share_gone`, `share_not_opened`, `share_unreachable`. */
export async function open(link: ShareLink, code: string | undefined, at: number): Promise<Opened> {
  const gate = b64url(await gateOf(link, code));
  const answer = await post(`/s/${b64url(link.id)}/open`, { gate });
  if (answer.status === 410) throw rejected("share_gone", "it is not handed out");
  if (answer.status !== 200) throw undetermined("share_unreachable", `status ${answer.status}`);
  const { sealed, expires, view } = parseObject(answer.body, MAX_ANSWER_BYTES);
  if (typeof sealed !== "string" || typeof expires !== "number" || typeof view !== "number") {
    throw rejected("share_not_opened", "members sealed, expires and view");
  }
  return { cards: await openShare(link, fromB64url(sealed), expires, code, at), view, expires };
}

/** Leave a name that only the owner can read; what fails here changes nothing. */
export async function leaveName(
  link: ShareLink, code: string | undefined, name: string, view: number,
): Promise<void> {
  try {
    const letters = [...name];
    while (utf8(letters.join("")).length >= MAX_NAME_BYTES) letters.pop();
    const sealed = b64url(await sealName(link, letters.join(""), code, CHANCE));
    await post(`/s/${b64url(link.id)}/name`, { gate: b64url(await gateOf(link, code)), name: sealed, view });
  } catch {
    // a name is a courtesy
  }
}

/** Let a verifier judge what was shown; it is told the cards and the share, never the key. */
export async function check(
  verifier: string, link: ShareLink, cards: readonly Wire[], language: string,
): Promise<Answer> {
  const share = { id: b64url(link.id), origin: link.origin };
  const answer = await post(`${verifier}/api/check?lang=${language}`, { presentations: [...cards], share });
  if (answer.status !== 200) throw undetermined("check_unreachable", `status ${answer.status}`);
  return readAnswer(parseObject(answer.body, MAX_ANSWER_BYTES), verifier);
}

/** The verifier that the service names; refuses `share_unreachable`. */
export async function verifierOf(): Promise<string> {
  try {
    const found = await (await fetch("/config.json", { credentials: "omit" })).json() as JsonValue;
    const check = isObject(found) ? found["check"] : undefined;
    if (typeof check === "string" && URL.canParse(check)) return new URL(check).origin;
  } catch {
    // told below
  }
  throw undetermined("share_unreachable", "config");
}

async function post(url: string, body: JsonObject): Promise<{ status: number; body: Octets }> {
  try {
    const answer = await fetch(url, {
      method: "POST", body: canonicalJson(body), redirect: "error", credentials: "omit", referrerPolicy: "no-referrer",
      cache: "no-store", headers: { "Content-Type": "application/json", Accept: "application/json" },
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
    return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
  } catch {
    throw undetermined(url.startsWith("/") ? "share_unreachable" : "check_unreachable", "no answer");
  }
}
