/** The sector's framework as this page works with it, and what its kernels say in words. */

import GROWTH from "skillspass:growth";
import { load } from "skillspass:loading";
import TEXTS from "skillspass:texts/skills";

import type { JsonObject } from "../../protocol/json.ts";
import { Rules } from "../../skills/certificates.ts";
import type { CertificateData, FrameworkData, ProfileData, SkillData, TypeData, WordsData } from "../../skills/data.ts";
import { Framework } from "../../skills/evidence.ts";
import { ofProfile, ofVacancy, type RequirementSet, type VacancyData } from "../../skills/matching.ts";
import { Search } from "../../skills/suggestions.ts";
import { Lexicon } from "../../skills/words.ts";

/** A name in both languages. */
export interface Named {
  readonly nl: string;
  readonly en: string;
}

interface FullSkill extends SkillData {
  readonly example_en: string;
  readonly group: string;
  readonly kind: string;
}

interface Vacancy extends VacancyData {
  readonly profile: string;
  readonly title_nl: string;
  readonly title_en: string;
  readonly organisation: { readonly name: string; readonly place: string };
}

/** One thing to do about a gap, of actions.yaml. */
export interface ActionData {
  readonly id: string;
  readonly gaps: readonly string[];
  readonly kinds: readonly string[];
  readonly days: number;
  readonly label_nl: string;
  readonly label_en: string;
  readonly next_nl: string;
  readonly next_en: string;
  readonly pays_nl: string;
  readonly pays_en: string;
  readonly proof_nl: string;
  readonly proof_en: string;
}

/** What `data.mjs` makes of schemas/skills and the types. */
export interface Growth {
  readonly framework: Omit<FrameworkData, "skills" | "levels"> & {
    readonly skills: readonly FullSkill[];
    readonly groups: readonly (Named & { readonly id: string })[];
    readonly levels: readonly (Named & { readonly level: number })[];
  };
  readonly profiles: readonly (ProfileData & { readonly example_nl: string; readonly example_en: string })[];
  readonly vacancies: readonly Vacancy[];
  readonly certificates: readonly (CertificateData & { readonly label_nl: string; readonly label_en: string })[];
  readonly types: readonly (TypeData & { readonly type: string })[];
  readonly words: WordsData;
  readonly actions: readonly ActionData[];
  readonly lighter: readonly string[];
}

await load(); // this script comes with its own data

export const { framework: data, profiles, vacancies, actions } = GROWTH;
export const framework = new Framework(data);
export const rules = new Rules(GROWTH.certificates, GROWTH.types);

const skills = new Map(data.skills.map((each) => [each.id, each]));
const certificates = new Map(GROWTH.certificates.map((each) => [each.id, each]));
const types = new Map(GROWTH.types.map(({ id, type }) => [type, id]));
const lighter = new Set(GROWTH.lighter);

let found: Search | undefined;

/** The search by words; prepared when somebody tells something. */
export const search = (): Search => (found ??= new Search(data, new Lexicon(GROWTH.words)));

/** A skill of the framework; undefined for one that somebody added. */
export const skillOf = (id: string): FullSkill | undefined => skills.get(id);

/** The name of a skill; one that somebody added is its own. */
export function nameOf(id: string): Named {
  const known = skills.get(id);
  return known ? { nl: known.label_nl, en: known.label_en } : { nl: id, en: id };
}

/** The name of a certificate. */
export function certificateName(id: string): Named {
  const known = certificates.get(id);
  return { nl: known?.label_nl ?? id, en: known?.label_en ?? id };
}

/** Its id in the catalogue, of the address of a type; empty for one that the catalogue does not know. */
export const typeId = (address: string): string => types.get(address) ?? "";

/** Every function that is known: jobs, then vacancies of firms. */
export interface Function extends Named {
  readonly set: RequirementSet;
  readonly firm: string | null;
  readonly lighter: boolean;
}

export const functions: readonly Function[] = [
  ...profiles.map((each): Function =>
    ({ set: ofProfile(each), nl: each.label_nl, en: each.label_en, firm: null, lighter: lighter.has(each.id) })),
  ...vacancies.map((each): Function => ({
    set: ofVacancy(each), nl: each.title_nl, en: each.title_en, firm: `${each.organisation.name}, ${each.organisation.place}`,
    lighter: lighter.has(each.profile),
  })),
];

/** A sentence of the kernels' codes, with its places filled; a place that is a day is said as one. */
export function said(key: string, facts: Readonly<Record<string, string>>, day: (iso: string, language: "nl" | "en") => string): JsonObject {
  const in_ = (place: 0 | 1, language: "nl" | "en"): string => (TEXTS[key]?.[place] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => {
    const fact = facts[name] ?? "";
    return /^\d{4}-\d\d-\d\d$/.test(fact) ? day(fact, language) : fact;
  });
  return { nl: in_(0, "nl"), en: in_(1, "en") };
}
