/** The profile of a skills platform, JSON or CSV: always own words (as `skills/importers/platform_profile.py`). */

import { malformed } from "../protocol/errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";

const MAX_ITEMS = 500; // the longest profile seen has some forty
const MAX_NAME = 300;
const LEVELS = 4;
const HEADINGS = {
  name: ["vaardigheid", "skill", "competentie", "naam", "name"], score: ["score", "niveau", "level"],
  top: ["van", "max", "schaal", "out of"],
};
const GAP = /^(?:\s{1,20}|[\s./\-_\u00b7\u2010-\u2015]{1,3})$/;

/** One skill as somebody else's file names it; level 1 to 4 where one was told. */
export interface Said {
  readonly name: string;
  readonly level: number | undefined;
}

/** Skills of a profile; undefined: the document is none. */
export function skillsInJson(document: JsonObject): Said[] | undefined {
  const profile = member(document, "profile") ?? document;
  const items = isObject(profile) ? member(profile, "skills") : undefined;
  if (!Array.isArray(items)) return undefined;
  if (items.length > MAX_ITEMS) throw malformed("file_too_many", `${items.length} items`);
  return items.flatMap((item) => {
    if (typeof item === "string") return said(item, null, null);
    if (!isObject(item)) return [];
    const score = member(item, "self_score") ?? member(item, "score") ?? member(item, "level") ?? null;
    return said(member(item, "name"), score, member(item, "scale_max") ?? null);
  });
}

/** Skills of a table with a heading; refuses `file_unknown` for a text that is none. */
export function skillsInTable(text: string): Said[] {
  const rows = cellsOf(text);
  const headings = (rows[0] ?? []).map((heading) => heading.trim().toLowerCase());
  const place = (names: readonly string[]): number => headings.findIndex((heading) => names.includes(heading));
  const [name, score, top] = [place(HEADINGS.name), place(HEADINGS.score), place(HEADINGS.top)] as const;
  if (name < 0) throw malformed("file_unknown", "no heading that we know");
  if (rows.length - 1 > MAX_ITEMS) throw malformed("file_too_many", `${rows.length} rows`);
  return rows.slice(1).flatMap((cells) => said(cells[name], cells[score] ?? null, cells[top] ?? null));
}

function said(name: JsonValue | undefined, score: JsonValue, top: JsonValue): Said[] {
  const plain = typeof name === "string" && name.length <= MAX_NAME ? name.normalize("NFC").replaceAll(/\s+|\p{C}+/gu, " ").trim() : "";
  if (!plain || isSuspected(plain)) return [];
  return [{ name: plain, level: levelOf(numberIn(score), numberIn(top)) }];
}

/** The lowest score is with help, the highest is never more than alone. */
function levelOf(score: number | undefined, top: number | undefined): number | undefined {
  if (score === undefined || top === undefined || score < 1 || score > top || top < LEVELS - 1) return undefined;
  return Math.min(LEVELS - 1, 1 + Math.floor(((score - 1) * LEVELS) / top));
}

function numberIn(value: JsonValue): number | undefined {
  if (typeof value === "number") return Math.abs(value) <= 1_000 ? value : undefined;
  const text = typeof value === "string" ? value.trim().replace(",", ".") : "";
  return /^\d{1,4}(?:\.\d{1,4})?$/.test(text) ? Number(text) : undefined;
}

/** Whether nine digits in a text may be a citizen service number (elfproef). */
function isSuspected(text: string): boolean {
  const groups = [...text.matchAll(/\d+/g)];
  return groups.some((group, first) => {
    let [joined, end] = [group[0], group.index + group[0].length];
    for (const following of groups.slice(first + 1)) {
      if (joined.length >= 9 || !GAP.test(text.slice(end, following.index))) break;
      [joined, end] = [joined + following[0], following.index + following[0].length];
    }
    if (joined.length !== 9 || /^0+$/.test(joined)) return false;
    const sum = [...joined].reduce((total, digit, at) => total + Number(digit) * (at === 8 ? -1 : 9 - at), 0);
    return sum % 11 === 0;
  });
}

/** Cells of a table; the mark that its first line has most of divides them. */
function cellsOf(text: string): string[][] {
  const head = text.split("\n", 1)[0] ?? "";
  const count = (mark: string): number => head.split(mark).length;
  const [mark = ";"] = [";", ",", "\t"].sort((one, other) => count(other) - count(one));
  const rows: string[][] = [[]];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"\\r\\n${mark}]*))(${mark}|\\r?\\n|$)`, "y");
  for (let at = 0; at < text.length; at = cell.lastIndex) {
    cell.lastIndex = at;
    const found = cell.exec(text);
    if (!found) throw malformed("file_unknown", "no table");
    rows.at(-1)?.push((found[1]?.replaceAll('""', '"') ?? found[2] ?? "").trim());
    if (found[3] === "") break;
    if (found[3] !== mark) rows.push([]);
  }
  return rows.filter((row) => row.some((each) => each !== ""));
}
