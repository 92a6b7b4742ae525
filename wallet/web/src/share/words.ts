/** What the page says, and its few drawings: those of the wallet's page, with texts and icons of its own. */

import ICONS from "skillspass:icons/share";
import TEXTS from "skillspass:texts/share";

import { drawIcon, svg } from "../page/dom.ts";
import { day as dayIn, filled, type Language } from "../page/texts.ts";

export type { Language };

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
export const t = (key: string, values: Readonly<Record<string, string | number>> = {}): string =>
  filled(TEXTS[key]?.[spoken === "nl" ? 0 : 1] ?? key, values);

/** A day in words, at the time of the Netherlands; `at` in seconds since 1970. */
export const day = (at: number): string => dayIn(at, spoken);

/** An icon; it always stands beside a word. */
export const icon = (name: string): SVGSVGElement => drawIcon(ICONS[name]);

/** The mark of skillspass. */
export const drawing = (name: "nut"): SVGSVGElement =>
  svg("0 0 32 32", ICONS[name] ?? [], { class: "sp-nut", width: "30", height: "30" });
