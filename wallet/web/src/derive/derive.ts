/** The frame's door: one question at a time from whoever framed it, and answers of plain data. */

import { check, derive, type Method } from "./library.ts";

interface Question {
  readonly n: number;
  readonly ask: "derive" | "check";
  readonly credential: Record<string, unknown>;
  readonly pointers?: readonly string[];
  readonly method?: Method;
}

addEventListener("message", (event: MessageEvent<Question>) => {
  if (event.source !== parent) return;
  const { n, ask, credential, pointers = [], method } = event.data;
  const answering = ask === "check" && method ? check(credential, method) : derive(credential, pointers);
  answering.then(
    (ok) => parent.postMessage({ n, ok }, "*"), // the keeper reads it by the frame, not by an origin
    (error: unknown) => parent.postMessage({ n, error: codeOf(error) }, "*"),
  );
});
parent.postMessage({ ready: true }, "*");

/** Our own codes; what a library says is for nobody's eyes. */
function codeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  return /^[a-z_]{1,40}$/.test(text) ? text : "proof_invalid";
}
