/** Values of claims as people read them, in Dutch or English. */

import { isObject, member, type JsonValue } from "../protocol/json.ts";
import { day, has, tIn, type Language } from "./texts.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A claim's value on one line: days in words, yes and no, lists with commas. */
export function valueIn(value: JsonValue, wanted: Language): string {
  if (value === null) return "";
  if (typeof value === "boolean") return tIn(wanted, value ? "web.value.yes" : "web.value.no");
  if (typeof value === "string") return isDay(value) ? day(value, wanted) : has(`common.value.${value}`) ? tIn(wanted, `common.value.${value}`) : value;
  if (typeof value === "number") return wanted === "nl" ? String(value).replace(".", ",") : String(value);
  if (Array.isArray(value)) return value.map((each) => valueIn(each, wanted)).join(", ");
  return Object.values(value).map((each) => valueIn(each, wanted)).join(" ");
}

/** A day of the calendar: what no calendar has stays as it was written. */
function isDay(text: string): boolean {
  const at = DATE.test(text) ? new Date(text) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The text of a member, or nothing. */
export function textAt(value: JsonValue | undefined, name: string): string {
  const found = isObject(value) ? member(value, name) : undefined;
  return typeof found === "string" ? found : "";
}
