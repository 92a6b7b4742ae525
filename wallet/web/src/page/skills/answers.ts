/** The script that is loaded for the screens of skills: one answer to each of their messages. */

import type { JsonObject, JsonValue } from "../../protocol/json.ts";
import { textAt } from "../values.ts";
import type { Answering, SkillKind } from "./asking.ts";
import { suggested } from "./discover.ts";
import { fitOf, fits } from "./fit.ts";
import { actionsFor, growthOf } from "./growth.ts";
import { skillDetail, skillsOf } from "./overview.ts";
import { remindersIn } from "./reminders.ts";
import { askable, drawKeep, drawTalk, talkCard } from "./talk.ts";

/** Answers a message that only asks. */
export const answer: Answering["answer"] = (kind, fields, given) => {
  const id = textAt(fields, "id");
  switch (kind) {
    case "skills": return skillsOf(given);
    case "skill": return skillDetail(given, id);
    case "suggest": return suggested(given, textAt(fields, "job"), textAt(fields, "text"));
    case "fit": return fits(given);
    case "job": return fitOf(given, id);
    case "growth": return growthOf(given);
    case "actions": return actionsFor(given, textAt(fields, "skill"));
    case "askable": return askable(given);
    case "talk_card": return talkCard(fields, given);
    default: return { done: true };
  }
};

/** What is asked on the stage before it is written, or shown there. */
export const draws: Answering["draws"] = (kind, fields, given, kit) => {
  if (kind === "keep") return drawKeep(fields, given, kit);
  return kind === "talk" ? drawTalk(fields, given, kit) : null;
};

/** The event that a message writes. */
export const writes: Answering["writes"] = (kind, fields, id) => {
  const wish = (data: JsonObject): { type: string; data: JsonObject } => ({ type: "wish_written", data });
  const written: Partial<Record<SkillKind, () => { type: string; data: JsonObject }>> = {
    keep: () => ({ type: "claim_written", data: { levels: fields["levels"] ?? {} } }),
    wish: () => wish({ kind: "wish", id, skill: of("skill"), text: of("text") }),
    plan: () => wish({ kind: "step", id, skill: of("skill"), action: of("action"), day: of("day") }),
    finish: () => wish(of("how") === "dropped" ? { kind: "dropped", of: of("id") } : { kind: "ended", of: of("id"), how: of("how") }),
    talked: () => ({ type: "settings", data: { talked: true } }),
  };
  const of = (name: string): JsonValue => textAt(fields, name);
  return written[kind]?.() ?? null;
};

/** Reminders at opening. */
export const reminders: Answering["reminders"] = remindersIn;
