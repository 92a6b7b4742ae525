/** A question of the own employer: a day to think, unless the law asks it (wallet design, section 11). */

import TYPES from "skillspass:types";

import { askerOf, type Asked } from "../../journeys/presenting.ts";
import type { Event } from "../../keeper/events.ts";
import { shaOf } from "../../keeper/seals.ts";
import type { JsonValue } from "../../protocol/json.ts";
import { b64url } from "../../protocol/octets.ts";
import { button, notice, step, twoWays, words } from "../parts.ts";
import type { Stage } from "../stage.ts";
import { moment, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { toPassport } from "./pieces.ts";

const DAY = 24 * 60 * 60;

/** What an employer must see by law: that it is valid, and until when. */
const BY_LAW = new Set(["vca-basis", "vca-vol", "nen-3140-vop-opleiding", "nen-3140-aanwijzing-vop", "heftruck"]);
const VALIDITY = /^(?:valid_(?:from|until)|date_of_\w+|designated_from|review_by|ended_on|confirmed_on)$/;

/** Whether the own employer may ask this without a day to think. */
export function isByLaw({ groups }: Asked): boolean {
  return groups.flat().every(({ unverified, option }) => BY_LAW.has(TYPES[unverified.credential.type]?.id ?? "")
    && option.lines.every(({ kind, path }) => kind === "always" || VALIDITY.test(String(path[0]))));
}

/** Since when the worker thinks about this question, in seconds; undefined: not yet. */
export function thinkingSince(events: readonly Event[], key: string): number | undefined {
  const found = events.findLast(({ type, data }) => type === "settings" && data["thinking"] === key);
  return found && Number(found.data["since"]);
}

/** `go`: nobody who must wait, or the day is over; `wait`: thinking about it; `no`: refused. */
export async function askTime(wallet: Wallet, stage: Stage, asked: Asked): Promise<"go" | "wait" | "no"> {
  if (asked.declaration?.relation !== "own_employer" || isByLaw(asked)) return "go";
  const key = await keyOf(asked);
  const since = thinkingSince(wallet.log().events, key);
  if (since !== undefined && wallet.now() >= since + DAY) return "go";
  const until = (since ?? wallet.now()) + DAY;
  const answered = await stage.ask<"wait" | "no">((answer) => step(t("flow.own.title"),
    notice("warning", t("flow.own.text", { name: askerOf(asked).name })), words(t("flow.own.advice")),
    twoWays(
      button(t("flow.own.wait"), () => answer("wait"), "equal", "hourglass"),
      button(t("flow.ask.no"), () => answer("no"), "equal", "x")),
    words(t("flow.ask.silent"), true)));
  if (answered === "no") return "no";
  if (since === undefined) await wallet.note("settings", { thinking: key, since: wallet.now(), name: askerOf(asked).name });
  await stage.ask<void>((answer) => step(t("flow.own.waiting"), words(t("flow.own.until", { moment: moment(until) })),
    words(t("flow.own.again")), toPassport(answer)));
  return "wait";
}

/** The same asker with the same question, also in another request. */
async function keyOf({ request }: Asked): Promise<string> {
  return b64url(await shaOf({ asker: request.clientId, query: request.query as unknown as JsonValue }));
}
