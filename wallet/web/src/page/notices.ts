/** What the worker should know, and nothing that can wait. */

import type { Opened } from "../keeper/sealed.ts";
import type { JsonObject } from "../protocol/json.ts";

const FEW = 2; // copies: time to ask for new ones

/** Two ways in that do not fail together: the recovery card, or passkeys of two devices. */
export function isSafe({ slots }: Opened): boolean {
  const kinds = slots.map(({ kind }) => kind);
  return kinds.includes("rec") || kinds.filter((kind) => kind === "prf").length > 1;
}

/** Notices in the order in which they matter. */
export function noticesOf(opened: Opened, cards: readonly JsonObject[], update: boolean): JsonObject[] {
  const of = (kind: string, standing: string): JsonObject[] =>
    cards.filter((card) => card["standing"] === standing).map(({ id = null }) => ({ kind, id }));
  const few = cards.filter(({ copies }) => Number(copies) > 0 && Number(copies) < FEW).map(({ id = null }) => ({ kind: "copies", id }));
  return [
    ...(update ? [{ kind: "update", id: null }] : []),
    ...(isSafe(opened) ? [] : [{ kind: "unsafe", id: null }]),
    ...(cameBack(opened) ? [{ kind: "recovered", id: null }] : []),
    ...of("withdrawn", "revoked"), ...of("withdrawn", "suspended"), ...of("ending", "ending"), ...few,
  ];
}

/** A card opened this vault, and no fresh one was made since. */
function cameBack({ events }: Opened): boolean {
  const added = events.filter(({ type }) => type === "slot_added");
  const last = (which: (data: JsonObject) => boolean): number => added.findLastIndex(({ data }) => which(data));
  return last((data) => data["recovered"] === true) > last((data) => data["kind"] === "rec");
}
