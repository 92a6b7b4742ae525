/** What the page says, and its few drawings. */

import ICONS from "skillspass:icons/share";
import TEXTS from "skillspass:texts/share";

import { svg } from "../page/dom.ts";

/** The languages of the page; the first is the default. */
export type Language = "nl" | "en";

let spoken: Language = "nl";

/** The language that is spoken now. */
export const language = (): Language => spoken;

/** Speak another language from now on. */
export function speak(wanted: Language): void {
  spoken = wanted;
  document.documentElement.lang = wanted;
}

/** The first of ours that the browser asks for. */
export function preferred(languages: readonly string[]): Language {
  const found = languages.map((each) => each.slice(0, 2)).find((each) => each === "nl" || each === "en");
  return found === "en" ? "en" : "nl";
}

/** A text with its places filled; a key that nobody wrote is shown as it is, and fails a test. */
export function t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = TEXTS[key]?.[spoken === "nl" ? 0 : 1] ?? key;
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** A day in words, at the time of the Netherlands; `at` in seconds since 1970. */
export function day(at: number): string {
  const options = { day: "numeric", month: "long", year: "numeric", timeZone: "Europe/Amsterdam" } as const;
  return new Intl.DateTimeFormat(spoken === "nl" ? "nl-NL" : "en-GB", options).format(new Date(at * 1000));
}

/** An icon; it always stands beside a word. */
export function icon(name: string): SVGSVGElement {
  return svg("0 0 24 24", ICONS[name] ?? [], {
    class: "sp-icon", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
}

/** Four notches, filled up to a level. */
export function gauge(level: number): SVGSVGElement {
  return svg("0 0 70 16", [0, 1, 2, 3].map((notch) => ["path", {
    d: `M${2 + 17 * notch} 6h15v7h-15z`, fill: notch < level ? "currentColor" : "none", stroke: "currentColor",
    "stroke-width": "1.5",
  }] as const), { class: "sp-gauge" });
}

/** The mark of skillspass. */
export const drawing = (name: "nut"): SVGSVGElement =>
  svg("0 0 32 32", ICONS[name] ?? [], { class: "sp-nut", width: "30", height: "30" });
