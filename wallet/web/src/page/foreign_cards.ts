/** Credentials of others as cards: shown, and never to be proved in the worker's name (section 6). */

import { momentOf, type Event } from "../keeper/events.ts";
import type { JsonObject } from "../protocol/json.ts";
import { day, tIn, type Language } from "./texts.ts";
import { textAt } from "./values.ts";

const ICONS: Readonly<Record<string, string>> = { badge: "award", edc: "graduation-cap" };

/** The events that brought one, newest first; what was removed is gone. */
export function foreignIn(events: readonly Event[]): Event[] {
  const removed = new Set(events.filter(({ type }) => type === "credential_removed").map(({ data }) => data["id"]));
  return events.filter(({ type, data }) => type === "foreign_added" && !removed.has(data["id"])).reverse();
}

/** One as a card. */
export function foreignCard(event: Event): JsonObject {
  const { data } = event;
  const title = textAt(data, "title");
  const at = new Date(momentOf(event) * 1000).toISOString();
  return {
    id: textAt(data, "id"), title_nl: title, title_en: title,
    issuer: { name: textAt(data, "name"), host: textAt(data, "issuer").slice(0, 80), known: false }, received: at, from: null, until: null,
    standing: textAt(data, "word") === "ended" ? "ended" : "unknown", reason: null, checked: null, icon: ICONS[textAt(data, "kind")] ?? "file-check",
    grade: null, format: textAt(data, "format"), copies: 0, older: false, device_only: false,
  };
}

/** One with what was found when it was brought. */
export function foreignDetail(event: Event): JsonObject {
  const word = textAt(event.data, "word");
  const line = (key: string, value: (language: Language) => string): JsonObject =>
    ({ nl: tIn("nl", key), en: tIn("en", key), value_nl: value("nl"), value_en: value("en") });
  return {
    ...foreignCard(event), skills: [], shown: [],
    lines: [
      line("flow.foreign.yours", (language) => tIn(language, "flow.foreign.not_yours")),
      line("flow.foreign.real", (language) => tIn(language, `flow.foreign.word.${word}`)),
      line("flow.foreign.looked", (language) => day(momentOf(event), language)),
    ],
  };
}
