/** Reminders at opening: what ends by one of the six kinds of validity, and steps whose day has come. */

import type { JsonObject } from "../../protocol/json.ts";
import type { Given } from "./asking.ts";
import { nameOf, said } from "./data.ts";
import { stepsIn } from "./growth.ts";
import { isoDay, proofsIn } from "./statements.ts";

const TOLD = new Set(["ending", "ended"]);

/** Reminders in the order of the passport; each proof is judged for the firm that it holds in. */
export function remindersIn(given: Given): JsonObject[] {
  const today = isoDay(given.at);
  const proofs = proofsIn(given, true).filter(({ standing, status }) => status === "good" && TOLD.has(standing.state)).map(({ id, standing }) => {
    const titles = given.titlesOf(given.reads.find(({ held }) => held.id === id)?.unverified?.credential.type ?? "");
    const reason = said(`skills.validity.${standing.reason}`, standing.facts, given.day);
    const next = standing.next ? said(`skills.next.${standing.next}`, {}, given.day) : { nl: "", en: "" };
    const text = (language: "nl" | "en"): string => [reason[language], next[language]].filter(Boolean).join(" ");
    const { state, reason: code, until } = standing;
    const card = code.startsWith("house_rule") ? null : { standing: state, ...(until && { until }) }; // a reader's own rule ends no proof
    return { kind: "validity", id, title_nl: titles.nl, title_en: titles.en, text_nl: text("nl"), text_en: text("en"), card };
  });
  const steps = stepsIn(given.events).filter(({ how, day }) => how === "" && day <= today).map(({ skill, action }) => ({
    kind: "step", id: null, title_nl: nameOf(skill).nl, title_en: nameOf(skill).en, text_nl: action?.next_nl ?? "", text_en: action?.next_en ?? "",
  }));
  return [...proofs, ...steps];
}
