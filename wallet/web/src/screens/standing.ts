/** How a proof stands: its tone, drawing and words. Unknown is never green. */

import type { Card, Standing } from "./contract.ts";
import { nightsUntil } from "./days.ts";

export type Tone = "positive" | "warning" | "negative" | "info" | "quiet";

const LOOKS: Record<Standing, readonly [Tone, string]> = {
  valid: ["positive", "circle-check"],
  ending: ["warning", "clock"],
  ended: ["negative", "clock-alert"],
  not_yet: ["warning", "hourglass"],
  revoked: ["negative", "ban"],
  suspended: ["warning", "circle-pause"],
  unknown: ["warning", "circle-question-mark"],
  refused: ["negative", "circle-x"],
};

/** Tone and drawing of a standing. */
export function lookOf(standing: Standing): readonly [Tone, string] {
  return LOOKS[standing];
}

const WEEKS_FROM = 15; // nights: below it people count in days

/** The key of the sentence for a standing, and what is counted in it. */
export function wordsOf(card: Card, now: Date): readonly [key: string, count: number] {
  if (card.standing === "valid" && card.until) return ["standing.until", 0];
  if (card.standing !== "ending" || !card.until) return [`standing.${card.standing}`, 0];
  const nights = Math.max(nightsUntil(card.until, now), 0);
  return nights < WEEKS_FROM ? ["standing.days", nights] : ["standing.weeks", Math.floor(nights / 7)];
}

const DRAWINGS = ["flame", "hard-hat", "zap", "forklift", "heart-pulse", "cog", "hammer", "briefcase", "award", "users"];

/** The drawing on a proof's tile; a sheet with a check for one that is new to these screens. */
export function drawingOf({ icon }: Card): string {
  return DRAWINGS.includes(icon) ? icon : "file-check";
}

/** Whether it makes sense to show a proof to somebody. */
export function isShowable({ standing }: Card): boolean {
  return standing !== "revoked" && standing !== "refused";
}
