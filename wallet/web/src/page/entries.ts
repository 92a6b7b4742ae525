/** The log in plain words: who, what and when, newest first (wallet design, section 11). */

import { momentOf, type Event } from "../keeper/events.ts";
import { parseHeld, type Held } from "../keeper/vault.ts";
import { erasureOf, isErasable } from "../journeys/erasing.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { titlesOf } from "./cards.ts";
import { day, has, tIn, type Language } from "./texts.ts";
import { textAt } from "./values.ts";

type Types = ReadonlyMap<string, string>;

const SILENT = new Set(["holder_key_made", "settings", "box_answered"]); // nothing happened to the person's data

/** Every event that a person wants to know of; `types` as `typesIn` finds them. */
export function entriesOf(events: readonly Event[], types: Types = new Map()): JsonObject[] {
  const told = events.filter(({ type }) => !SILENT.has(type)).reverse(); // what another passport brought is older than its place
  return told.sort((one, other) => momentOf(other) - momentOf(one)).map((event) => entryOf(event, events, types));
}

/** The type of each credential that was ever kept, by its name in this vault. */
export async function typesIn(events: readonly Event[]): Promise<Types> {
  const kept = events.filter(({ type }) => type === "credential_added").map(async ({ data }) => {
    const read = await parseHeld(data as unknown as Held).catch(() => undefined);
    return [String(data["id"]), read?.credential.type ?? ""] as const;
  });
  return new Map(await Promise.all(kept));
}

/** The entries in which a credential was shown. */
export function entriesAbout(events: readonly Event[], id: string): JsonObject[] {
  return entriesOf(events.filter(({ data }) => shownIn(data).some((each) => each["id"] === id)));
}

function entryOf(event: Event, events: readonly Event[], types: Types): JsonObject {
  const { type, data } = event;
  const asked = type === "deletion_asked" ? events.find(({ ulid }) => ulid === data["entry"]) : undefined;
  const who = textAt(data, "name") || textAt(data["giver"], "name") || (asked ? textAt(asked.data, "name") : "");
  const erased = erasureOf(events, event.ulid);
  return {
    id: event.ulid, at: new Date(momentOf(event) * 1000).toISOString(), type, nl: textOf(event, types, "nl"),
    en: textOf(event, types, "en"), who: who || null, lines_nl: linesOf(data, "nl", erased), lines_en: linesOf(data, "en", erased),
    erasable: isErasable(event) && erased === undefined,
  };
}

function textOf({ type, data }: Event, types: Types, language: Language): string {
  const key = `web.log.${type}`;
  const kind = `${key}.${textAt(data, "kind")}`;
  const about = textAt(data, "type") || types.get(textAt(data, "id")) || "";
  return tIn(language, has(kind) ? kind : key, { proof: about ? titlesOf(about)[language] : tIn(language, "web.log.proof") });
}

function linesOf(data: JsonObject, language: Language, erased: ReturnType<typeof erasureOf>): JsonValue[] {
  const lines = shownIn(data).flatMap((each) => {
    const labels = each[`labels_${language}`];
    return [titlesOf(textAt(each, "type"))[language], ...(Array.isArray(labels) ? labels.map(String) : [])];
  });
  if (typeof data["yes"] === "number") lines.push(tIn(language, "web.log.counts", { yes: data["yes"], no: Number(data["no"]) }));
  if (erased) lines.push(tIn(language, `web.log.erased.${erased.outcome}`, { day: day(erased.at, language) }));
  return lines;
}

function shownIn(data: JsonObject): JsonObject[] {
  const found = data["credentials"] ?? data["cards"];
  return Array.isArray(found) ? found.filter(isObject) : [];
}
