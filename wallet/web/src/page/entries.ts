/** The log in plain words: who, what and when, newest first (wallet design, section 11). */

import { momentOf, type Event } from "../keeper/events.ts";
import { erasureOf, isErasable } from "../journeys/erasing.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { titlesOf } from "./cards.ts";
import { day, has, tIn, type Language } from "./texts.ts";
import { textAt } from "./values.ts";

const SILENT = new Set(["holder_key_made", "settings"]); // nothing happened to the person's data

/** Every event that a person wants to know of. */
export function entriesOf(events: readonly Event[]): JsonObject[] {
  return events.filter(({ type }) => !SILENT.has(type)).map((event) => entryOf(event, events)).reverse();
}

/** The entries in which a credential was shown. */
export function entriesAbout(events: readonly Event[], id: string): JsonObject[] {
  return entriesOf(events.filter(({ data }) => shownIn(data).some((each) => each["id"] === id)));
}

function entryOf(event: Event, events: readonly Event[]): JsonObject {
  const { type, data } = event;
  const asked = type === "deletion_asked" ? events.find(({ ulid }) => ulid === data["entry"]) : undefined;
  const who = textAt(data, "name") || textAt(data["giver"], "name") || (asked ? textAt(asked.data, "name") : "");
  const erased = erasureOf(events, event.ulid);
  return {
    id: event.ulid, at: new Date(momentOf(event) * 1000).toISOString(), type, nl: textOf(event, events, "nl"),
    en: textOf(event, events, "en"), who: who || null, lines_nl: linesOf(data, "nl", erased), lines_en: linesOf(data, "en", erased),
    erasable: isErasable(event) && erased === undefined,
  };
}

function textOf({ type, data }: Event, events: readonly Event[], language: Language): string {
  const kind = textAt(data, "kind");
  const key = `web.log.${type}${has(`web.log.${type}.${kind}`) ? `.${kind}` : ""}`;
  const given = data["id"] ?? null;
  const added = type === "credential_removed" ? events.find((each) => each.type === "credential_added" && each.data["id"] === given) : undefined;
  const proof = titlesOf(textAt(data, "type") || textAt(added?.data, "type")).nl === "" ? "" : titlesOf(textAt(data, "type"))[language];
  return tIn(language, key, { proof });
}

function linesOf(data: JsonObject, language: Language, erased: ReturnType<typeof erasureOf>): JsonValue[] {
  const lines = shownIn(data).flatMap((each) => {
    const labels = each[`labels_${language}`];
    return [titlesOf(textAt(each, "type"))[language], ...(Array.isArray(labels) ? labels.map(String) : [])];
  });
  if (erased) lines.push(tIn(language, `web.log.erased.${erased.outcome}`, { day: day(erased.at, language) }));
  return lines;
}

function shownIn(data: JsonObject): JsonObject[] {
  const found = data["credentials"] ?? data["cards"];
  return Array.isArray(found) ? found.filter(isObject) : [];
}
