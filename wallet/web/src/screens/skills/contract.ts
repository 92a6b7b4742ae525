/** What the keeper answers about skills: worked out in its own page, from data that came with it. */

import type { Done, Grade } from "../contract.ts";

/** A name in both languages. */
export interface Named {
  readonly nl: string;
  readonly en: string;
}

/** One thing that was said: by a proof, or by the worker. Level 0 is not told. */
export interface Said {
  readonly level: number;
  readonly grade: Grade;
  readonly proof: string | null;
  readonly source_nl: string;
  readonly source_en: string;
  readonly by: string;
  readonly on: string | null;
}

/** One skill in the overview, with its strongest word. */
export interface SkillRow extends Named, Said {
  readonly id: string;
  readonly known: boolean; // of the framework
  readonly more: number;
  readonly counts: boolean;
  readonly fresh: boolean;
}

/** The overview. */
export interface Skills {
  readonly groups: readonly (Named & { readonly id: string; readonly skills: readonly SkillRow[] })[];
  readonly count: number;
  readonly since: string | null;
  readonly news: readonly (Named & { readonly kind: "new" | "changed" | "ended" })[];
}

/** A level of the scale. */
export interface Level extends Named {
  readonly level: number;
}

/** All about one skill. */
export interface SkillDetail extends Named {
  readonly id: string;
  readonly meaning: string; // Dutch only
  readonly example_nl: string;
  readonly example_en: string;
  readonly words: readonly string[];
  readonly places: readonly Named[];
  readonly levels: readonly Level[];
  readonly own: number;
  readonly wished: boolean;
  readonly said: readonly (Said & { readonly why: Named | null })[];
}

/** A skill that may fit, and what it comes from. */
export interface Proposal extends Named {
  readonly id: string;
  readonly example_nl: string;
  readonly example_en: string;
  readonly meaning: string;
  readonly because: "words" | "job" | "certificate";
  readonly told_nl: string;
  readonly told_en: string;
  readonly words: readonly string[];
}

/** Jobs to choose from, and what was found. */
export interface Suggested {
  readonly jobs: readonly (Named & { readonly id: string })[];
  readonly levels: readonly Level[];
  readonly found: readonly Proposal[];
}

/** One function beside the passport. */
export interface FitRow extends Named {
  readonly id: string;
  readonly firm: string | null;
  readonly lighter: boolean;
  readonly met: number;
  readonly partly: number;
  readonly missing: number;
}

/** One requirement of a function. */
export interface Requirement extends Named {
  readonly id: string;
  readonly about: "skill" | "certificate";
  readonly fit: "met" | "partly" | "not_shown" | "not_requested";
  readonly required: boolean;
  readonly asked: number;
  readonly level: number;
  readonly gap: string | null;
  readonly why: readonly Named[];
}

/** What can be done, by whom it is paid, and which proof it ends in. */
export interface ActionTexts {
  readonly label_nl: string;
  readonly label_en: string;
  readonly next_nl: string;
  readonly next_en: string;
  readonly pays_nl: string;
  readonly pays_en: string;
  readonly proof_nl: string;
  readonly proof_en: string;
}

/** A step with its day. */
export interface Step extends Named, ActionTexts {
  readonly id: string;
  readonly skill: string;
  readonly action: string;
  readonly day: string;
  readonly how: "" | "done" | "stopped";
  readonly due: boolean;
}

/** Wishes and steps. */
export interface Growth {
  readonly wishes: readonly (Named & { readonly id: string; readonly skill: string })[];
  readonly steps: readonly Step[];
  readonly talks: readonly { readonly id: string; readonly on: string; readonly by: string }[]; // cards that both signed
  readonly started: number;
  readonly finished: number;
}

/** A box for somebody without a passport: an adviser, a colleague, a manager. */
export interface Box {
  readonly id: string;
  readonly kind: "adviser" | "confirm" | "talk";
  readonly made: string;
  readonly until: string;
  readonly open: boolean;
  readonly waiting: number; // for a yes or no
  readonly unreadable: number;
  readonly yes: number;
  readonly no: number;
  readonly remarks: readonly string[];
  readonly about: Readonly<Record<string, unknown>>; // what the worker chose, as its kind has it
}

/** The answers to the messages about skills. */
export interface SkillAnswers {
  skills: Skills;
  skill: SkillDetail;
  suggest: Suggested;
  fit: readonly FitRow[];
  job: Named & { readonly id: string; readonly firm: string | null; readonly rows: readonly Requirement[] };
  growth: Growth;
  actions: Named & {
    readonly id: string; readonly wished: boolean; readonly certificate: boolean;
    readonly actions: readonly (ActionTexts & { readonly id: string; readonly day: string })[];
  };
  keep: Done;
  wish: Done;
  plan: Done;
  finish: Done;
  talk: Done;
  talked: Done;
  boxes: readonly Box[];
  invite: Done;
  box: Done;
}
