/** Wishes and steps: what somebody wants to learn, what they do about it, and when (R13, R16). */

import { momentOf, type Event } from "../../keeper/events.ts";
import { parseObject, type JsonObject } from "../../protocol/json.ts";
import { fromB64url } from "../../protocol/octets.ts";
import { counts, overview } from "../../skills/evidence.ts";
import { textAt } from "../values.ts";
import type { Given } from "./asking.ts";
import { actions, certificateName, framework, nameOf, skillOf, type ActionData } from "./data.ts";
import { isoDay, statementsIn } from "./statements.ts";

/** One wish: a skill, or in own words. */
export interface Wish {
  readonly id: string;
  readonly skill: string;
  readonly text: string;
}

/** One step with its day; `how` is empty while it is open. */
export interface Step {
  readonly id: string;
  readonly skill: string;
  readonly action: ActionData | undefined;
  readonly day: string;
  readonly how: string; // done, stopped, or empty
}

/** What is wished and was not taken back. */
export function wishesIn(events: readonly Event[]): Wish[] {
  return written(events, "wish").map(({ id, data }) => ({ id, skill: textAt(data, "skill"), text: textAt(data, "text") }));
}

/** Every step, open ones first, by day. */
export function stepsIn(events: readonly Event[]): Step[] {
  const ended = new Map(written(events, "ended").map(({ data }) => [textAt(data, "of"), textAt(data, "how")]));
  const found = written(events, "step").map(({ id, data }): Step => ({
    id, skill: textAt(data, "skill"), action: actions.find((each) => each.id === textAt(data, "action")), day: textAt(data, "day"), how: ended.get(id) ?? "",
  }));
  return found.sort((one, other) => Number(one.how !== "") - Number(other.how !== "") || (one.day < other.day ? -1 : 1));
}

/** Wishes and steps as the screens draw them. */
export function growthOf(given: Given): JsonObject {
  const today = isoDay(given.at);
  const steps = stepsIn(given.events);
  return {
    wishes: wishesIn(given.events).map(({ id, skill, text }) => ({ id, skill, ...(skill ? nameOf(skill) : { nl: text, en: text }) })),
    steps: steps.map(({ id, skill, action, day, how }) => ({
      id, skill, action: action?.id ?? "", ...titleOf(skill), day, how, due: how === "" && day <= today, ...textsOf(action),
    })),
    talks: written(given.events, "talk").map(({ id, data, at }) => ({ id, on: isoDay(at), by: signerOf(data) })).reverse(),
    started: steps.length, finished: steps.filter(({ how }) => how === "done").length,
  };
}

/** Who answered a talk card, as that person wrote it; empty where another passport brought something else. */
function signerOf(data: JsonObject): string {
  const [, payload = ""] = textAt(data, "reply").split(".");
  try {
    return textAt(parseObject(fromB64url(payload)), "name");
  } catch {
    return "";
  }
}

/** What can be done about a skill or certificate, and when it could be done. */
export function actionsFor(given: Given, id: string): JsonObject {
  const known = skillOf(id);
  const line = overview(statementsIn(given)).find(({ skill }) => skill === id);
  const gap = known || line ? (line ? "level" : "missing") : "certificate";
  const weak = line !== undefined && counts(line.statements[0]) && line.statements[0].grade === "self";
  const fitting = actions.filter(({ gaps, kinds }) =>
    (gaps.includes(gap) || (weak && gaps.includes("proof"))) && (kinds.length === 0 || kinds.includes(known?.kind ?? "")));
  return {
    id, ...titleOf(id), wished: wishesIn(given.events).some(({ skill }) => skill === id), certificate: gap === "certificate",
    actions: fitting.map((each) => ({ id: each.id, day: isoDay(given.at + each.days * 86_400), ...textsOf(each) })),
  };
}

function titleOf(id: string): { nl: string; en: string } {
  return framework.skills.has(id) ? nameOf(id) : certificateName(id);
}

function textsOf(action: ActionData | undefined): JsonObject {
  const { id: _, gaps: _gaps, kinds: _kinds, days: _days, ...texts } = action ?? { id: "", gaps: [], kinds: [], days: 0 };
  return texts as JsonObject;
}

/** The entries of one kind that were not taken back, oldest first. */
function written(events: readonly Event[], kind: string): { id: string; data: JsonObject; at: number }[] {
  const own = events.filter(({ type }) => type === "wish_written");
  const gone = new Set(own.filter(({ data }) => data["kind"] === "dropped").map(({ data }) => textAt(data, "of")));
  return own.filter(({ data }) => data["kind"] === kind && !gone.has(textAt(data, "id")))
    .map((event) => ({ id: textAt(event.data, "id"), data: event.data, at: momentOf(event) }));
}
