/**
 * Skills that a worker did not name: from own Dutch text, a job or certificates.
 *
 * The same answers as `skills.suggestions` in Python, from the same data and cases: whole numbers
 * only. It runs on the worker's device; where no skill is named nothing is suggested.
 */

import type { FrameworkData, ProfileData, SkillData } from "./data.ts";
import { atoms, claimed, fold, sentences, stem, type Lexicon, type Token } from "./words.ts";

const LIMIT = 6;
const WEIGHTS = [[1, 100], [2, 90], [3, 82], [4, 75], [6, 66], [9, 57], [14, 48], [24, 38]] as const;
const COMMONEST = 25;
const WEAK = 3;
const TYPED = 8;
const COVERED = 60;
const LEAST = 20;
const SHARE = 20;
const ALSO = 3;
const SUPPORT = 15;
const ARTICLES = new Set(["de", "het", "een", "t", "n"]);
const BETWEEN = new Set(["te", "moet", "kan", "mag", "wil", "moeten", "kunnen"]); // "uit te lijnen"
const SMALL = 10;
const FUZZY = 5;
const FUZZY_TWICE = 10;

/** One skill that may fit; `told`: the words as they were written, or the job or certificate. */
export interface Suggestion {
  readonly skill: string;
  readonly because: "words" | "job" | "certificate";
  readonly told: readonly string[];
}

interface Found {
  readonly sure: number;
  readonly places: readonly number[];
}

interface Reading {
  readonly found: ReadonlyMap<string, Found>;
  readonly row: string;
  readonly home: boolean;
}

/** The framework's skills, prepared to be found by words. */
export class Search {
  readonly #known: Lexicon;
  readonly #skills: readonly string[];
  readonly #ties: readonly number[];
  readonly #phrases: readonly (readonly (readonly string[])[])[];
  readonly #bags: readonly ReadonlySet<string>[];
  readonly #weights: ReadonlyMap<string, number>;
  readonly #places = new Map<string, number[]>();

  constructor(framework: FrameworkData, known: Lexicon) {
    this.#known = known;
    this.#skills = framework.skills.map(({ id }) => id);
    this.#ties = this.#skills.map((id) => (known.usual.includes(id) ? known.usual.indexOf(id) : known.usual.length));
    this.#phrases = framework.skills.map((skill) => phrasesOf(skill, known.words.get(skill.id) ?? [])
      .map((phrase) => this.#terms(phrase)).filter((terms) => terms.length > 0));
    this.#bags = framework.skills.map((skill) => new Set(this.#terms(`${skill.example_nl} ${skill.meaning_nl}`)));
    this.#weights = this.#weighed();
    this.#phrases.forEach((phrases, place) => {
      for (const term of new Set(phrases.flat())) {
        if (this.#weights.has(term)) this.#places.set(term, [...(this.#places.get(term) ?? []), place]);
      }
    });
  }

  /** The skills that a text names, best first; empty where it names none. */
  suggest(text: string, limit = LIMIT): Suggestion[] {
    const scores = new Map<number, number>();
    const told = new Map<number, string[]>();
    for (const tokens of sentences(text)) {
      const kept = claimed(tokens, this.#known);
      const flat = kept.flat();
      const reading = this.#read(kept);
      const named = new Set([...reading.found.keys()].flatMap((term) => this.#places.get(term) ?? []));
      for (const place of named) {
        const { score, places } = this.#score(place, reading);
        if (score > (scores.get(place) ?? 0)) {
          scores.set(place, score);
          told.set(place, [...new Set(places.map((each) => flat[each]?.surface ?? ""))]);
        }
      }
    }
    const score = (place: number): number => scores.get(place) ?? 0;
    const tie = (place: number): number => this.#ties[place] ?? 0;
    const order = [...scores.keys()].sort((one, other) => score(other) - score(one) || tie(one) - tie(other) || one - other);
    const best = Math.max(0, ...scores.values());
    return order.slice(0, limit).filter((place) => score(place) * 100 >= best * SHARE)
      .map((place) => ({ skill: this.#skills[place] ?? "", because: "words", told: told.get(place) ?? [] }));
  }

  /** The stems of a phrase; one content word alone keeps the small words it stands with. */
  #terms(phrase: string): string[] {
    const { stop, upper } = this.#known.has;
    const words = phrase.split(/[\s/-]+/).map(fold).filter((word) => word !== "");
    const kept = words.filter((word) => !stop.has(word) || upper.has(word.toUpperCase()));
    const found = [...new Set(kept.flatMap((word) => atoms(word, this.#known)))];
    if (kept.length !== 1 || words.length === 1) return found;
    return words.filter((word) => !ARTICLES.has(word)).flatMap((word) => (word === kept[0] ? found : [`=${word}`]));
  }

  #weighed(): Map<string, number> {
    const named = new Map<string, Set<number>>();
    const told = new Map<string, Set<number>>();
    const note = (where: Map<string, Set<number>>, term: string, place: number): void => {
      if (!term.startsWith("=")) where.set(term, (where.get(term) ?? new Set()).add(place));
    };
    this.#phrases.forEach((phrases, place) => {
      for (const term of phrases.flat()) note(named, term, place);
      for (const term of this.#bags[place] ?? []) note(told, term, place);
    });
    const weights = new Map<string, number>();
    for (const [term, places] of [...told, ...named]) {
      const weight = WEIGHTS.find(([most]) => places.size <= most)?.[1] ?? COMMONEST;
      weights.set(term, this.#known.weak.has(term) ? Math.floor((weight * WEAK) / 10) : weight);
    }
    return weights;
  }

  /** The stems of the clauses, each with the place of its word among all kept words. */
  #read(kept: readonly (readonly Token[])[]): Reading {
    const found = new Map<string, Found>();
    const row: string[] = [];
    let place = 0;
    for (const clause of kept) {
      const start = place;
      for (const [offset, token] of clause.entries()) {
        const read = this.#stems(clause, offset, token);
        for (const [term, sure] of read) {
          if (sure > (found.get(term)?.sure ?? 0)) found.set(term, { sure, places: [place] });
        }
        for (const [term, other] of this.#joined(clause, offset, token)) {
          if (!found.has(term)) found.set(term, { sure: 10, places: [place, start + other] });
        }
        if (!ARTICLES.has(token.key)) row.push(...(read.length > 0 ? read.map(([term]) => term) : [`=${token.key}`]));
        place += 1;
      }
    }
    const home = kept.flat().some(({ key }) => this.#known.has.home.has(key));
    return { found, row: ` ${row.join(" ")} `, home };
  }

  #stems(clause: readonly Token[], offset: number, token: Token): [string, number][] {
    const beside = [clause[offset - 1], clause[offset + 1]];
    if (token.key === "last" && beside.some((each) => each?.key === "ik")) {
      return [[stem("lassen", this.#known), 10]]; // a common spelling of "ik las"
    }
    if (this.#known.has.stop.has(token.key) && !this.#known.has.upper.has(token.surface)) return [];
    const read: [string, number][] = [];
    for (const term of atoms(token.key, this.#known)) {
      if (this.#weights.has(term) || this.#known.common.has(term)) read.push([term, 10]);
      else {
        const near = this.#near(term);
        if (near !== null) read.push([near, TYPED]);
      }
    }
    return read;
  }

  /** Verbs that are written apart: "lijn ... uit", "in te werken". */
  #joined(clause: readonly Token[], offset: number, token: Token): [string, number][] {
    const { particles, after } = this.#known.has;
    const joined: [string, number][] = [];
    for (const [other, particle] of clause.entries()) {
      if (other === offset || !particles.has(particle.key)) continue;
      const next = clause[other + 1]?.key ?? "";
      const closes = other > offset && (next === "" || after.has(next));
      const term = stem(particle.key + token.key, this.#known);
      if ((closes || BETWEEN.has(next)) && this.#places.has(term)) joined.push([term, other]);
    }
    return joined;
  }

  /** The known stem that this one is a typing fault away from. */
  #near(term: string): string | null {
    if (term.length < FUZZY) return null;
    const most = term.length >= FUZZY_TWICE ? 2 : 1;
    let best: [number, string] | null = null;
    for (const known of this.#places.keys()) {
      if (known[0] !== term[0] || known.length < FUZZY) continue;
      const distance = faults(term, known, most);
      if (distance <= most && (!best || distance < best[0] || (distance === best[0] && known < best[1]))) best = [distance, known];
    }
    return best?.[1] ?? null;
  }

  #score(place: number, reading: Reading): { score: number; places: number[] } {
    let [best, matched]: [number, readonly string[]] = [0, []];
    const used = new Set<string>();
    const weight = (term: string): number => (term.startsWith("=") ? SMALL : (this.#weights.get(term) ?? 0));
    for (const phrase of this.#phrases[place] ?? []) {
      const here = this.#told(phrase, reading);
      const total = sum(phrase.map(weight));
      let worth = sum(here.map((term) => Math.floor((weight(term) * (reading.found.get(term)?.sure ?? 0)) / 10)));
      if (here.length > 0) worth += SMALL * phrase.filter((term) => term.startsWith("=")).length;
      const covered = Math.floor((worth * 100) / total);
      if (covered < COVERED) continue;
      for (const term of here) used.add(term);
      const value = Math.floor((worth * covered * covered) / 10_000);
      if (value > best) [best, matched] = [value, here];
    }
    if (best < LEAST) return { score: 0, places: [] };
    const also = Math.floor((sum([...used].filter((term) => !matched.includes(term)).map(weight)) * ALSO) / 10);
    const bag = [...(this.#bags[place] ?? [])].filter((term) => reading.found.has(term) && !used.has(term));
    const support = Math.floor((sum(bag.map(weight)) * SUPPORT) / 100);
    const places = new Set([...used].flatMap((term) => reading.found.get(term)?.places ?? []));
    return { score: best + also + support, places: [...places].sort((one, other) => one - other) };
  }

  /** The words of a phrase that were told, where they may name its skill; else none. */
  #told(phrase: readonly string[], reading: Reading): string[] {
    const words = phrase.filter((term) => !term.startsWith("="));
    const here = words.filter((term) => reading.found.has(term));
    if (words.length < phrase.length && !reading.row.includes(` ${phrase.join(" ")} `)) return [];
    if (reading.home && here.every((term) => this.#known.plain.has(term))) return [];
    const strong = here.length > 1 && here.some((term) => !this.#known.weak.has(term));
    return here.length === words.length || strong ? here : [];
  }
}

/** The skills of a job, what it asks before what is welcome. */
export function ofJob({ label_nl: label, required, optional }: ProfileData): Suggestion[] {
  return [...required, ...(optional ?? [])].map(({ skill }) => ({ skill, because: "job", told: [label] }));
}

/** The skills that certificates usually prove, in the order of the framework. */
export function ofCertificates(held: readonly string[], { skills }: FrameworkData): Suggestion[] {
  return skills
    .map(({ id, certificates }): Suggestion => ({
      skill: id, because: "certificate", told: held.filter((each) => certificates.includes(each)),
    }))
    .filter(({ told }) => told.length > 0);
}

/** How many letters were added, left out, changed or swapped; `most + 1` for more. */
export function faults(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let [last, before]: [number[], number[]] = [[], []];
  let row = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let i = 1; i <= one.length; i += 1) {
    [last, before, row] = [before, row, [i]];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = (before[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      let cost = Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) cost = Math.min(cost, (last[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
  }
  return row.at(-1) ?? 0;
}

/** The label without what stands in brackets, the everyday words and those of the search. */
function phrasesOf({ label_nl: label, alt_nl: alt }: SkillData, more: readonly string[]): string[] {
  const open = label.indexOf("(");
  const [name, inner] = open < 0 ? [label, ""] : [label.slice(0, open), label.slice(open + 1).replace(/\)+$/, "")];
  return [name, inner, ...alt, ...more];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
