/** Ask the keeper: each message has a number and one answer; what comes without a number is news. */

import type { Answers, News } from "./contract.ts";

/** The keeper answered no; `code` says why, `stopped` when the worker did. */
export class Refused extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

type Waiting = { readonly resolve: (answer: never) => void; readonly reject: (error: Refused) => void };
type Answer = { readonly n: number; readonly ok?: unknown; readonly error?: string };

const waiting = new Map<number, Waiting>();
let last = 0;

/** Ask; rejects with `Refused`. The frame has an opaque origin and only the keeper can hold it. */
export function ask<Kind extends keyof Answers>(kind: Kind, fields: Record<string, unknown> = {}): Promise<Answers[Kind]> {
  const n = (last += 1);
  parent.postMessage({ n, kind, ...fields }, "*");
  return new Promise((resolve, reject) => waiting.set(n, { resolve, reject }));
}

/** Hear answers and news from now on. */
export function listen(tell: (news: News) => void): void {
  addEventListener("message", ({ source, data }: MessageEvent<Answer | News>) => {
    if (source !== parent) return;
    if ("event" in data) return tell(data);
    const asked = waiting.get(data.n);
    waiting.delete(data.n);
    if (data.error === undefined) asked?.resolve(data.ok as never);
    else asked?.reject(new Refused(data.error));
  });
}
