/** Take a scanned or pasted text to the flow of the keeper that it is for. */

import { flowOf } from "./links.ts";
import { view } from "./view.svelte.ts";

/** Scan with the keeper's camera, and go on with what was found. */
export async function scan(): Promise<void> {
  const found = await view.act("scan");
  if (found && !(await take(found.text))) view.outcome = { tone: "negative", key: "scan.unknown" };
}

/** Go on with a link; false when it is none of ours. */
export async function take(text: string): Promise<boolean> {
  const flow = flowOf(text);
  if (!flow) return false;
  const answer = await view.act(flow, { link: text.trim() });
  if (!answer?.done) return true;
  await view.refresh();
  const outcome = { tone: "positive", key: `done.${flow}` } as const;
  await (flow === "receive" && answer.id ? view.go("card", answer.id, outcome) : view.go(flow === "receive" ? "passport" : "log", "", outcome));
  return true;
}

/** Make a share card, beginning with these proofs, and show its code. */
export async function share(ids: readonly string[]): Promise<void> {
  const answer = await view.act("share", { ids });
  if (!answer?.done) return;
  await view.refresh();
  await (answer.id ? view.go("share", answer.id) : view.go("shares"));
}
