/** What the pages of the share site say, and their few drawings; each page brings its own texts. */

import ICONS from "skillspass:icons/share";

import { drawIcon, svg } from "../page/dom.ts";
import { day as dayIn, filled, moment as momentIn, type Language } from "../page/texts.ts";

export type { Language };

type Texts = Readonly<Record<string, readonly [nl: string, en: string]>>;

const known: Record<string, readonly [nl: string, en: string]> = {};

let spoken: Language = "nl";

/** Learn more texts. */
export function teach(texts: Texts): void {
  Object.assign(known, texts);
}

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
  filled(known[key]?.[spoken === "nl" ? 0 : 1] ?? key, values);

/** A day in words, at the time of the Netherlands; `at` in seconds since 1970. */
export const day = (at: number): string => dayIn(at, spoken);

/** A day and a time. */
export const moment = (at: number): string => momentIn(at, spoken);

/** An icon; it always stands beside a word. */
export const icon = (name: string): SVGSVGElement => drawIcon(ICONS[name]);

/** The mark of skillspass. */
export const drawing = (name: "nut"): SVGSVGElement =>
  svg("0 0 32 32", ICONS[name] ?? [], { class: "sp-nut", width: "30", height: "30" });
