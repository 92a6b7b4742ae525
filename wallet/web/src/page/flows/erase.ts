/** Ask whoever saw something to take it away; their answer is kept (wallet design, section 11). */

import { eraseAnswer, isErasable } from "../../journeys/erasing.ts";
import { momentOf } from "../../keeper/events.ts";
import { rejected } from "../../protocol/errors.ts";
import type { JsonValue } from "../../protocol/json.ts";
import { button, step, twoWays, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { day, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { attempt } from "./faults.ts";
import { facts, toPassport } from "./pieces.ts";

/** Ask for the deletion of what a log entry says was shown; refuses `deletion_refused` for another entry. */
export async function erase(wallet: Wallet, stage: Stage, id: JsonValue): Promise<JsonValue> {
  const entry = wallet.log().events.find(({ ulid }) => ulid === id);
  if (!entry || !isErasable(entry)) throw rejected("deletion_refused", "no such entry");
  const name = String(entry.data["name"]);
  const asked = await stage.ask<boolean>((answer) => step(t("flow.erase.title"),
    facts([[t("flow.erase.who"), name], [t("flow.erase.when"), day(momentOf(entry))]]), words(t("flow.erase.text")),
    twoWays(
      button(t("flow.erase.yes"), () => answer(true), "primary", "send"),
      button(t("flow.back"), () => answer(false)))));
  if (!asked) return { done: false };
  const answered = await attempt(stage, "flow.erase.busy", () => eraseAnswer(entry, wallet.log()));
  if (!answered) return { done: false };
  const [log, { outcome, at }] = answered;
  await attempt(stage, "flow.present.noting", () => wallet.write(log));
  await stage.ask<void>((answer) => step(t(`flow.erase.${outcome}`, { name }),
    words(t("flow.erase.at", { day: day(at) })), words(t("flow.erase.seen"), true), toPassport(answer)));
  return { done: true };
}
