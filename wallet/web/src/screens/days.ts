/** Days and moments in words, by the device's own clock and time zone. */

import type { Entry, Language } from "./contract.ts";

const DAY = 86_400_000;
const LOCALES = { nl: "nl-NL", en: "en-GB" } as const;
const NEAR = { nl: ["vandaag", "gisteren"], en: ["today", "yesterday"] } as const;

/** The start of the day of a moment. */
function midnight(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}

/** A day without a time is that day everywhere. */
function read(iso: string): Date {
  return new Date(/^\d{4}-\d\d-\d\d$/.test(iso) ? `${iso}T12:00` : iso);
}

/** How many nights lie between now and a moment; negative when it has been. */
export function nightsUntil(iso: string, now: Date): number {
  return Math.round((midnight(read(iso)) - midnight(now)) / DAY);
}

/** "14 juni 2024", without the year when it is this one. */
export function day(iso: string, language: Language, now: Date): string {
  const moment = read(iso);
  const year = moment.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(LOCALES[language], { day: "numeric", month: "long", year }).format(moment);
}

/** "vandaag", "gisteren" or the day. */
export function nearDay(iso: string, language: Language, now: Date): string {
  return NEAR[language][-nightsUntil(iso, now)] ?? day(iso, language, now);
}

/** "vandaag 14:10". */
export function moment(iso: string, language: Language, now: Date): string {
  const clock = new Intl.DateTimeFormat(LOCALES[language], { hour: "2-digit", minute: "2-digit" });
  return `${nearDay(iso, language, now)} ${clock.format(read(iso))}`;
}

/** "14:10". */
export function hour(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { hour: "2-digit", minute: "2-digit" }).format(read(iso));
}

/** Entries, newest first, by the day they happened. */
export function byDay(entries: readonly Entry[]): { first: string; entries: Entry[] }[] {
  const days = new Map<number, Entry[]>();
  for (const entry of entries) {
    const key = midnight(read(entry.at));
    days.set(key, [...(days.get(key) ?? []), entry]);
  }
  return [...days.values()].map((found) => ({ first: found[0]!.at, entries: found }));
}
