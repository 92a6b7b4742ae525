/** Everything that is drawn on the stage, by the name of its message. */

import type { JsonValue } from "../protocol/json.ts";
import { present } from "./flows/present.ts";
import { receive, receiveArrived } from "./flows/receive.ts";
import { openOnStage } from "./opening.ts";
import { renewCard } from "./safe_card.ts";
import { scan } from "./scanning.ts";
import { remove } from "./slots.ts";
import type { Stage } from "./stage.ts";
import type { Wallet } from "./wallet.ts";

/** One flow; `given` is the link, the id or the ids of its message. */
export type Flow = (wallet: Wallet, stage: Stage, given: JsonValue) => Promise<JsonValue>;

/** The flows of the closed list. */
export type Flows = Readonly<Record<
  "receive" | "present" | "share" | "stop" | "scan" | "remove" | "unlock" | "safe" | "export" | "import" | "transfer" | "wipe" | "erase", Flow
>>;

/** A flow that nobody needs at the first look, and its file with it. */
const later = (name: "erase" | "exporting" | "importing" | "share" | "stop" | "transfer" | "wipe"): Flow =>
  async (wallet, stage, given) => (await import("./flows/later.ts"))[name](wallet, stage, given);

/** Opens the vault first, where it is closed. */
const inside = (flow: Flow): Flow => async (wallet, stage, given) => {
  await wallet.ensureOpen(stage);
  return flow(wallet, stage, given);
};

/** Every flow. */
export const flows: Flows = {
  receive: (wallet, stage, link) => receive(wallet, stage, String(link)),
  present: (wallet, stage, link) => present(wallet, stage, String(link)),
  share: inside(later("share")),
  stop: inside(later("stop")),
  scan: async (_, stage) => ({ text: await scan(stage) }),
  remove: inside((wallet, stage, id) => remove(wallet, stage, String(id))),
  unlock: async (wallet, stage) => {
    if (wallet.state !== "open") await openOnStage(wallet, stage, true);
    await receiveArrived(wallet, stage);
    return { done: true };
  },
  safe: inside(async (wallet, stage) => ({ done: await renewCard(wallet, stage, false) })),
  export: inside(later("exporting")),
  import: inside(later("importing")),
  transfer: inside(later("transfer")),
  wipe: inside(later("wipe")),
  erase: inside(later("erase")),
};
