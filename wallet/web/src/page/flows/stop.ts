/** Stop with sharing: who looked has seen it, and nobody looks any more (wallet design, section 8). */

import { endShare, sharesIn } from "../../journeys/sharing.ts";
import { rejected } from "../../protocol/errors.ts";
import type { JsonValue } from "../../protocol/json.ts";
import { button, step, twoWays, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { attempt } from "./faults.ts";
import { toPassport } from "./pieces.ts";

/** Stop the share of that id, once the person says so; refuses `share_gone` where there is none. */
export async function stop(wallet: Wallet, stage: Stage, id: JsonValue): Promise<JsonValue> {
  const share = sharesIn(wallet.log().events).find((each) => each.id === id);
  if (!share || share.stopped) throw rejected("share_gone", "no such share, or stopped");
  const sure = await stage.ask<boolean>((answer) => step(t("flow.stop.title"), words(t("flow.stop.text")), twoWays(
    button(t("flow.stop.yes"), () => answer(true), "negative", "ban"), button(t("flow.stop.no"), () => answer(false)))));
  if (!sure) return { done: false };
  const ended = await attempt(stage, "flow.stop.busy", async () => {
    await wallet.write(await endShare(share, wallet.log()));
    return true;
  });
  if (!ended) return { done: false };
  await stage.ask<void>((answer) => step(t("flow.stop.done"), words(t("flow.stop.seen")), toPassport(answer)));
  return { done: true };
}
