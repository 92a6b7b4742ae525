/** The guest's side of a box: three calls to this page's own service; the key stays in this browser. */

import { openSnapshot, sealProposal, type BoxLink, type Opened } from "../mailbox/letters.ts";
import { rejected, undetermined } from "../protocol/errors.ts";
import { canonicalJson, parseObject, type JsonObject } from "../protocol/json.ts";
import { b64url, fromB64url, type Octets } from "../protocol/octets.ts";

const MAX_ANSWER_BYTES = 256 * 1024;
const SECONDS = 20; // a person is waiting

/** Open what the worker left; refuses `mailbox_gone`, `box_not_opened`, `box_unreachable`. */
export async function openBox(link: BoxLink, now: number): Promise<Opened> {
  const { message } = parseObject(await post(link, "/open"), MAX_ANSWER_BYTES);
  if (typeof message !== "string") throw rejected("box_not_opened", "no message");
  const opened = await openSnapshot(link, fromB64url(message));
  if (now >= opened.until) throw rejected("mailbox_gone", "its end is over");
  return opened;
}

/** Leave a proposal that only the worker can read; refuses `mailbox_gone`, `mailbox_full`, `box_unreachable`. */
export async function propose(link: BoxLink, opened: Opened, proposal: JsonObject): Promise<void> {
  await post(link, "", { message: b64url(await sealProposal(opened, proposal)) });
}

/** Whether it is still there; refuses `mailbox_gone`, `box_unreachable`. */
export async function look(link: BoxLink): Promise<void> {
  await post(link, "/look");
}

async function post({ id }: BoxLink, door: string, body: JsonObject = {}): Promise<Octets> {
  let answer: Response;
  try {
    answer = await fetch(`/b/${b64url(id)}${door}`, {
      method: "POST", body: canonicalJson(body), redirect: "error", credentials: "omit", referrerPolicy: "no-referrer",
      cache: "no-store", headers: { "Content-Type": "application/json", Accept: "application/json" },
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
  } catch {
    throw undetermined("box_unreachable", "no answer");
  }
  if (answer.status === 410) throw rejected("mailbox_gone", "over, or never there");
  if (answer.status === 400) throw rejected("mailbox_full", "no room");
  if (!answer.ok) throw undetermined("box_unreachable", `status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}
