/** What a flow says when it cannot go on: what happened, and what to do now. */

import { Refusal } from "../../protocol/errors.ts";
import { actions, button, notice, step, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { errorText, has, t } from "../texts.ts";

/** Not the end: worth another try with the same link. */
const PASSING = new Set(["fetch_failed", "service_unreachable", "fetch_limit"]);

/** The code of an error; what no refusal of ours is, is `failed`. */
export const codeOf = (error: unknown): string => (error instanceof Refusal ? error.code : "failed");

/** Leave by way of an error that stops the flow, and not one of its faults. */
export function rethrowStop(error: unknown): void {
  if (codeOf(error) === "stopped") throw error;
}

/** Whether the person closed the question of their device, or it gave no answer in time. */
export const isUnconfirmed = (error: unknown): boolean =>
  error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name);

/** Show a fault; true where the person wants to try again, which only a passing fault allows. */
export function showFault(stage: Stage, error: unknown, fallback = "flow.fault.title"): Promise<boolean> {
  const code = codeOf(error);
  const title = has(`flow.fault.${code}`) ? `flow.fault.${code}` : fallback;
  return stage.ask<boolean>((answer) => step(t(title),
    notice(PASSING.has(code) ? "warning" : "negative", errorText(error), "", true),
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
