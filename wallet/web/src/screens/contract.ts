/** What the keeper answers its screens: data to draw, and never a key. Times are ISO 8601 texts. */

import type { SkillAnswers } from "./skills/contract.ts";

export type Language = "nl" | "en";
export type Grade = "self" | "colleague" | "manager" | "assessed" | "accredited";
export type Standing =
  "valid" | "ending" | "ended" | "not_yet" | "revoked" | "suspended" | "unknown" | "refused";

/** How the passport is now, and which screen belongs to the address. */
export interface State {
  readonly state: "new" | "locked" | "open";
  readonly language: Language;
  readonly safe: boolean; // two ways to open it
  readonly offline: boolean;
  readonly update: boolean; // the published keeper differs from this one
  readonly screen: { readonly name: string; readonly id?: string };
}

/** One proof as the passport shows it. */
export interface Card {
  readonly id: string;
  readonly title_nl: string;
  readonly title_en: string;
  readonly issuer: { readonly name: string; readonly host: string; readonly known: boolean };
  readonly received: string;
  readonly from: string | null;
  readonly until: string | null;
  readonly standing: Standing;
  readonly reason: string | null;
  readonly checked: string | null;
  readonly icon: string; // a name of the drawings, or empty
  readonly grade: Grade | null; // null: of a kind that we do not know
  readonly format: string;
  readonly copies: number; // that nobody saw yet, where there are several
  readonly older: boolean; // a status list came that is older than one of before
  readonly device_only: boolean;
}

/** A line that stands on a proof. */
export interface Line {
  readonly nl: string;
  readonly en: string;
  readonly value_nl: string;
  readonly value_en: string;
}

/** A skill on a proof; level 0 is not told. */
export interface SkillLine {
  readonly label_nl: string;
  readonly label_en: string;
  readonly level: number;
  readonly grade: Grade;
}

/** One thing that happened with the worker's data. */
export interface Entry {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly nl: string;
  readonly en: string;
  readonly who: string | null;
  readonly lines_nl: readonly string[];
  readonly lines_en: readonly string[];
  readonly erasable: boolean; // its receiver can be asked to delete
}

/** One proof with all that stands on it. */
export interface Detail extends Card {
  readonly lines: readonly Line[];
  readonly skills: readonly SkillLine[];
  readonly shown: readonly Entry[];
}

/** A share card that was made. */
export interface Share {
  readonly id: string;
  readonly made: string;
  readonly until: string;
  readonly views: number;
  readonly max_views: number | null;
  readonly coded: boolean;
  readonly titles_nl: readonly string[];
  readonly titles_en: readonly string[];
  readonly last: string | null;
  readonly names: readonly { readonly at: string; readonly name: string | null }[];
  readonly open: boolean;
}

/** The code of an open share: the dark modules as one path in a square of `size` modules, white around it included. */
export interface Code {
  readonly svg: string;
  readonly size: number;
  readonly link: string;
  readonly until: string;
  readonly views: number;
}

/** What the worker should know. */
export interface Notice {
  readonly kind: "unsafe" | "ending" | "withdrawn" | "copies" | "update" | "recovered" | "validity" | "step" | "adviser" | "confirm" | "talk";
  readonly id: string | null;
  readonly title_nl?: string; // of a reminder, with its text
  readonly title_en?: string;
  readonly text_nl?: string;
  readonly text_en?: string;
}

/** Everything the passport's front shows. */
export interface Passport {
  readonly cards: readonly Card[];
  readonly name: string;
  readonly shares: readonly Share[];
  readonly notices: readonly Notice[];
}

/** The ways to open the passport, and the devices that do. */
export interface Ways {
  readonly slots: readonly { readonly id: string; readonly kind: string; readonly at: string | null; readonly this: boolean }[];
  readonly passkeys: readonly { readonly id: string; readonly at: string; readonly seen: string; readonly this: boolean }[];
  readonly logins: readonly { readonly id: string; readonly device: string; readonly seen: string; readonly this: boolean }[];
}

/** How a flow ended that the keeper drew. */
export interface Done {
  readonly done: boolean;
  readonly id?: string;
}

/** The answer to each kind of message. */
export interface Answers extends SkillAnswers {
  state: State;
  list: Passport;
  card: Detail;
  log: readonly Entry[];
  slots: Ways;
  scan: { readonly text: string };
  qr: Code;
  receive: Done;
  present: Done;
  share: Done;
  stop: Done;
  remove: Done;
  unlock: Done;
  lock: Done;
  safe: Done;
  export: Done;
  import: Done;
  transfer: Done;
  wipe: Done;
  erase: Done;
  settings: Done;
  go: Done;
}

/** What the keeper says unasked; a `font` brings letters that the first load can do without. */
export type News =
  | { readonly event: "changed" }
  | { readonly event: "go"; readonly screen: string; readonly id?: string }
  | { readonly event: "font"; readonly weight: string; readonly range: string; readonly octets: ArrayBuffer };
