/** Calls to issuers and verifiers: no cookie, no referrer, no redirect, and never a large answer. */

import { Refusal, undetermined } from "../protocol/errors.ts";
import { parseObject, type JsonObject } from "../protocol/json.ts";
import { concat, type Octets } from "../protocol/octets.ts";

const MAX_BYTES = 1024 * 1024;
const SECONDS = 15; // a person is waiting

/** Where the names of a trial are served; empty where every name is real. */
const served = new Map<string, string>();
let links = "";

/** Where the site of links is: it lends the frame that derives (decision 0054). */
export const siteOfLinks = (): string => links;

/** From now on ask these origins at the addresses that stand for them; only a trial has any. */
export function serveAt(origins: Readonly<Record<string, string>>, site: string): void {
  links = site;
  served.clear();
  for (const [name, address] of Object.entries(origins)) served.set(name, address);
}

/** What somebody answered. */
export interface Answer {
  readonly status: number;
  readonly type: string; // without parameters
  readonly body: Octets;
  readonly nonce?: string | undefined; // for the proof of a bound token (RFC 9449, section 8)
  readonly retryAfter?: string | undefined;
}

/** What is sent beside an address. */
export interface Message {
  readonly accept?: string;
  readonly body?: Octets;
  readonly type?: string;
  readonly authorization?: string | undefined;
  readonly dpop?: string | undefined;
}

/** Ask, or send where there is a body; refuses `fetch_failed`. */
export async function ask(url: string, message: Message = {}): Promise<Answer> {
  const headers: Record<string, string> = { Accept: message.accept ?? "application/json" };
  if (message.type) headers["Content-Type"] = message.type;
  if (message.authorization) headers["Authorization"] = message.authorization;
  if (message.dpop) headers["DPoP"] = message.dpop;
  try {
    const answer = await fetch(servedAt(url), {
      method: message.body ? "POST" : "GET", body: message.body ?? null, headers, credentials: "omit",
      redirect: "error", referrerPolicy: "no-referrer", cache: "no-store", signal: AbortSignal.timeout(SECONDS * 1000),
    });
    const [nonce, retryAfter] = ["DPoP-Nonce", "Retry-After"].map((name) => answer.headers.get(name) ?? undefined);
    return { status: answer.status, type: peel(answer.headers.get("Content-Type") ?? ""), body: await bounded(answer), nonce, retryAfter };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw undetermined("fetch_failed", "no answer");
  }
}

/** A media type without its parameters. */
export function peel(type: string): string {
  return type.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The same address where it can be reached from here; the wallet may follow it. */
export function servedAt(url: string): string {
  const { origin } = new URL(url);
  return (served.get(origin) ?? origin) + url.slice(origin.length);
}

/** The body of a document that was found; refuses `fetch_failed`. */
export async function documentAt(url: string): Promise<Octets> {
  const { status, body } = await ask(url, { accept: "*/*" });
  if (status !== 200) throw undetermined("fetch_failed", `status ${status}`);
  return body;
}

/** The JSON object of an answer, whatever its status; empty where it holds none. */
export function objectIn(answer: Answer): JsonObject {
  try {
    return parseObject(answer.body);
  } catch (error) {
    if (error instanceof Refusal) return {};
    throw error;
  }
}

async function bounded(answer: Response): Promise<Octets> {
  const reader = answer.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.length;
    if (size > MAX_BYTES) {
      await reader?.cancel();
      throw undetermined("fetch_failed", "a large answer");
    }
    chunks.push(read.value);
  }
  return concat(...chunks);
}
