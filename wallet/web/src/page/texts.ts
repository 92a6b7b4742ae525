/** What the page says, in Dutch or English: the texts of `schemas/messages/wallet_web*.yaml`. */

import TEXTS from "skillspass:texts/page";

import { Refusal } from "../protocol/errors.ts";

/** The languages of the wallet; the first is the default. */
export type Language = "nl" | "en";

const PLACES = /\{(\w+)\}/g;

let spoken: Language = "nl";

/** The language that is spoken now. */
export const language = (): Language => spoken;

/** Speak another language from now on; the tab is named once the texts are there. */
export function speak(wanted: Language): void {
  spoken = wanted;
  document.documentElement.lang = wanted;
  if (has("web.name")) document.title = t("web.name");
}

/** Whether there is a text with this key. */
export const has = (key: string): boolean => Object.hasOwn(TEXTS, key);

/** A text with its places filled; a key that nobody wrote is shown as it is, and fails a test. */
export function t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return tIn(spoken, key, values);
}

/** The same in a language that is named. */
export function tIn(wanted: Language, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(TEXTS[key]?.[wanted === "nl" ? 0 : 1] ?? key, values);
}

/** A text with its places filled. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(PLACES, (place, name: string) => String(values[name] ?? place));
}

/** What went wrong, and what to do now. */
export function errorText(error: unknown): string {
  if (error instanceof DOMException && error.name === "NotAllowedError") return t("web.error.passkey");
  const code = error instanceof Refusal ? error.code : "failed";
  return t(has(`error.${code}`) ? `error.${code}` : "web.error.failed");
}

/** A day in words: `3 november 2026`. */
export function day(at: number | string | Date, wanted = spoken): string {
  return formatted(at, wanted, { day: "numeric", month: "long", year: "numeric" });
}

/** A day and a time: `3 november 2026, 14:10`. */
export function moment(at: number | string | Date, wanted = spoken): string {
  return formatted(at, wanted, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
}

/** `at`: seconds since 1970, an ISO moment or day, or a date. */
function formatted(at: number | string | Date, wanted: Language, options: Intl.DateTimeFormatOptions): string {
  const date = typeof at === "number" ? new Date(at * 1000) : new Date(at);
  return new Intl.DateTimeFormat(wanted === "nl" ? "nl-NL" : "en-GB", { ...options, timeZone: "Europe/Amsterdam" })
    .format(date);
}
