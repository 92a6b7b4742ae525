/** What a flow says when it cannot go on: what happened, and what to do now. */

import { Refusal } from "../../protocol/errors.ts";
import { actions, button, notice, step, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { errorText, has, t } from "../texts.ts";

/** Not the end: worth another try with the same link. */
const PASSING = new Set(["fetch_failed", "service_unreachable", "fetch_limit", "derive_unreachable"]);

/** What is wrong with a question itself; whoever is asked need not know which part of it. */
const OF_THE_QUESTION = new Set([
  "request_uri_invalid", "request_invalid", "client_mismatch", "nonce_invalid", "aud_mismatch", "date_invalid",
  "redirect_uri_not_allowed", "transaction_data_unsupported", "expected_origins_mismatch", "declaration_invalid",
  "client_id_prefix_unsupported", "response_mode_unsupported", "response_encryption_unsupported",
  "invalid_request_uri_method", "dcql_invalid", "claims_path_invalid", "wallet_nonce_mismatch", "x5c_invalid", "signature_invalid",
]);

/** The code of an error; what no refusal of ours is, is `failed`. */
export const codeOf = (error: unknown): string => (error instanceof Refusal ? error.code : "failed");

/** Leave by way of an error that stops the flow, and not one of its faults. */
export function rethrowStop(error: unknown): void {
  if (codeOf(error) === "stopped") throw error;
}

/** Whether the person closed the question of their device, or it gave no answer in time. */
export const isUnconfirmed = (error: unknown): boolean =>
  error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);

/** What happened, to whoever receives or is asked; other services say the same codes to others. */
function textOf(error: unknown): string {
  const own = OF_THE_QUESTION.has(codeOf(error)) ? "request_wrong" : codeOf(error);
  return has(`flow.text.${own}`) ? t(`flow.text.${own}`) : errorText(error);
}

/** Show a fault; true where the person wants to try again, which only a passing fault allows. */
export function showFault(stage: Stage, error: unknown, fallback = "flow.fault.title"): Promise<boolean> {
  const code = codeOf(error);
  const title = has(`flow.fault.${code}`) ? `flow.fault.${code}` : fallback;
  return stage.ask<boolean>((answer) => step(t(title),
    notice(PASSING.has(code) ? "warning" : "negative", textOf(error), "", true),
    has(`flow.next.${code}`) ? words(t(`flow.next.${code}`)) : null,
    actions(
      PASSING.has(code) ? button(t("flow.again"), () => answer(true), "primary", "rotate-ccw") : null,
      button(t("flow.to_passport"), () => answer(false), PASSING.has(code) ? "plain" : "primary", "id-card"),
    )));
}

/** Do something; where it fails in passing and the person wants it, once more. Undefined: it ended in a fault. */
export async function attempt<T>(stage: Stage, doing: string, action: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    stage.busy(t(doing));
    try {
      return await action();
    } catch (error) {
      rethrowStop(error);
      if (!(error instanceof Refusal)) throw error;
      if (!(await showFault(stage, error))) return undefined;
    }
  }
}
