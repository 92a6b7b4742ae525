/** The sentences of the screens, from `schemas/messages/wallet_screens.yaml`. */

import texts from "screens:texts";

import type { Language } from "./contract.ts";

/** The languages of the screens, each by its own name. */
export const LANGUAGES: readonly (readonly [Language, string])[] = [["nl", "Nederlands"], ["en", "English"]];

export type Values = Readonly<Record<string, string | number>>;

/** One sentence with its places filled; the key with `.one` when `count` is 1 and there is one. */
export function sentence(language: Language, key: string, values: Values = {}): string {
  const all = texts[language];
  const found = (values["count"] === 1 ? all[`${key}.one`] : undefined) ?? all[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** Whether there is a sentence under a key. */
export function known(key: string): boolean {
  return Object.hasOwn(texts.nl, key);
}
