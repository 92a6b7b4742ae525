/**
 * Dutch words for the search of skills: tokens, stems, compounds, and what a sentence denies.
 *
 * The same answers as `skills.words` in Python, from the same data and cases.
 */

import type { WordsData } from "./data.ts";

const MAX_TEXT = 2_000;
const MAX_WORD = 40;
const MIN_PART = 3;
const WORD = /[\p{L}\p{N}]+(?:['\u2019][\p{L}\p{N}]+)*/gu;
const PLURAL = /(?<=[aiouyAIOUY])['\u2019][sS]$/;
const END = /[.!?;\n]/;
const BREAK = /[,:()\u2013\u2014]/;
const SOUNDS = [
  ["sch", "sk"], ["ij", "y"], ["ei", "y"], ["ch", "g"], ["ck", "k"], ["c", "k"],
  ["qu", "kw"], ["x", "ks"], ["ph", "f"], ["th", "t"], ["ou", "au"], ["dt", "t"],
] as const;
const SUFFIXES = [
  "heden", "heid", "ingen", "ing", "tjes", "tje", "pjes", "pje", "jes", "je", "ers", "er", "en", "es", "e", "s",
];
const VOWELS = new Set("aeiouy");

/** One word of a text: as it was written, as a key, and whether a comma or the like stands before it. */
export interface Token {
  readonly surface: string;
  readonly key: string;
  readonly breaks: boolean;
}

type Lists = "whole" | "parts" | "upper" | "stop" | "home" | "deny" | "persons" | "links" | "breaks" | "particles" | "after";

/** What words.yaml holds, ready to be asked. */
export class Lexicon {
  readonly words: ReadonlyMap<string, readonly string[]>;
  readonly same: ReadonlyMap<string, string>;
  readonly fine: readonly string[];
  readonly idioms: readonly (readonly string[])[];
  readonly usual: readonly string[];
  readonly has: Readonly<Record<Lists, ReadonlySet<string>>>;
  readonly particles: readonly string[];
  readonly partStems: ReadonlySet<string>;
  readonly weak: ReadonlySet<string>;
  readonly plain: ReadonlySet<string>;
  readonly common: ReadonlySet<string>;

  constructor(data: WordsData) {
    this.words = new Map(Object.entries(data.words));
    this.same = new Map(Object.entries(data.same));
    this.fine = data.fine;
    this.idioms = data.idioms.map((each) => each.split(" "));
    this.usual = data.usual;
    const set = (name: Lists): ReadonlySet<string> => new Set(data[name]);
    this.has = {
      whole: set("whole"), parts: set("parts"), upper: set("upper"), stop: set("stop"), home: set("home"), deny: set("deny"),
      persons: set("persons"), links: set("links"), breaks: set("breaks"), particles: set("particles"), after: set("after"),
    };
    this.particles = [...data.particles].sort();
    const stems = (words: readonly string[]): ReadonlySet<string> => new Set(words.map((word) => stem(fold(word), this)));
    this.partStems = stems(data.parts);
    this.weak = stems(data.weak);
    this.plain = stems(data.plain);
    this.common = stems(data.common);
  }
}

/** The sentences of a text as tokens; what lies beyond `MAX_TEXT` characters is not read. */
export function sentences(text: string): Token[][] {
  const found: Token[][] = [[]];
  const clean = [...text.normalize("NFC")].slice(0, MAX_TEXT).join("");
  let last = 0;
  for (const match of clean.matchAll(WORD)) {
    const between = clean.slice(last, match.index);
    if (END.test(between) && found.at(-1)?.length) found.push([]);
    const [surface] = match;
    found.at(-1)?.push({ surface, key: fold(surface), breaks: BREAK.test(between) });
    last = match.index + surface.length;
  }
  return found.filter((each) => each.length > 0);
}

/** A word as a key: lower case, no marks, no apostrophes; ASCII letters and digits alone. */
export function fold(word: string): string {
  return word.replace(PLURAL, "").normalize("NFKD").toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** The stem of a folded word: one for all forms of a verb, a noun and who does it. */
export function stem(key: string, known: Lexicon): string {
  let word = known.same.get(key) ?? key;
  if (known.has.whole.has(word)) return spelled(word);
  word = participle(word, known);
  let sounds = spelled(word);
  if (word.endsWith("eer")) return sounds; // "controleer" is a verb, "frezer" is who does it
  for (const suffix of SUFFIXES) {
    const rest = sounds.slice(0, -suffix.length);
    if (sounds.endsWith(suffix) && rest.length >= MIN_PART && !(suffix === "s" && /[ey]$/.test(rest))) {
      sounds = rest;
      break;
    }
  }
  if (sounds.length > MIN_PART && sounds.endsWith("t") && endsAVerb(sounds.slice(0, -1))) sounds = sounds.slice(0, -1);
  if (sounds.endsWith("aid") || sounds.endsWith("oid")) sounds = sounds.slice(0, -1);
  return sounds.replace(/v$/, "f").replace(/z$/, "s");
}

/** The stems of the parts of a compound; of another word its one stem. */
export function atoms(key: string, known: Lexicon): string[] {
  const word = known.same.get(key) ?? key;
  if (word.includes(" ")) return word.split(" ").flatMap((part) => atoms(part, known));
  if (!known.has.whole.has(word) && !known.has.parts.has(word) && word.length <= MAX_WORD) {
    const parts = split(word, known);
    if (parts.length > 0) return parts;
  }
  return [stem(word, known)];
}

/** The clauses in which someone tells what they can: not denied, wished or another person's. */
export function claimed(tokens: readonly Token[], known: Lexicon): Token[][] {
  const kept: Token[][] = [];
  for (const clause of clauses(tokens, known)) {
    const keys = clause.map(({ key }) => key);
    if (denied(keys, known)) {
      if (keys[0] === "dat" || keys[0] === "daar") kept.pop(); // "lassen, dat kan ik niet"
    } else if (!wished(keys) && !others(keys, known)) {
      kept.push(literal(clause, keys, known));
    }
  }
  return kept;
}

function clauses(tokens: readonly Token[], known: Lexicon): Token[][] {
  const found: Token[][] = [[]];
  for (const token of tokens) {
    const clause = found.at(-1) ?? [];
    const again = ["ik", "wij", "we"].includes(token.key) && ["en", "of", "dus"].includes(clause.at(-1)?.key ?? "");
    if ((token.breaks || again || known.has.breaks.has(token.key)) && clause.length > 0) found.push([token]);
    else clause.push(token);
  }
  return found.filter((each) => each.length > 0);
}

/** A clause without its idioms: "last van" is no load. */
function literal(clause: readonly Token[], keys: readonly string[], known: Lexicon): Token[] {
  const skipped = new Set<number>();
  for (const words of known.idioms) {
    for (let start = 0; start + words.length <= keys.length; start += 1) {
      if (words.every((word, offset) => keys[start + offset] === word)) {
        for (let offset = 0; offset < words.length; offset += 1) skipped.add(start + offset);
      }
    }
  }
  return clause.filter((_, place) => !skipped.has(place));
}

function denied(keys: readonly string[], known: Lexicon): boolean {
  let line = ` ${keys.join(" ")} `;
  for (const fine of known.fine) line = line.replaceAll(` ${fine} `, " ");
  const words = line.split(" ").filter((word) => word !== "");
  const place = words.findIndex((word) => known.has.deny.has(word));
  // "die het niet doen": what is denied belongs to something else
  return place >= 0 && !words.slice(1, place).some((word) => known.has.links.has(word));
}

function wished(keys: readonly string[]): boolean {
  const words = new Set(keys);
  const wishes = ["wil", "wilde", "zou", "hoop", "willen"].filter((word) => words.has(word));
  const goals = ["leren", "worden", "graag", "ooit", "liever", "beginnen"].some((word) => words.has(word));
  return wishes.length > 1 || (wishes.length > 0 && goals);
}

/** Whether a clause is about someone else: "mijn broer last", "hij is frezer". */
function others(keys: readonly string[], known: Lexicon): boolean {
  const [first = "", second = ""] = keys;
  if (keys.some((key) => ["ik", "wij", "we", "mij", "ons"].includes(key)) || keys.slice(1).includes("me")) return false;
  if (["hij", "zij", "ze"].includes(first)) return true;
  return ["mijn", "mn", "me", "onze", "ons", "zijn", "haar", "de", "een"].includes(first) && known.has.persons.has(second);
}

function spelled(word: string): string {
  let sounds = word;
  for (const [written, sound] of SOUNDS) sounds = sounds.replaceAll(written, sound);
  return [...sounds].filter((letter, place, all) => letter !== all[place - 1]).join("");
}

/** `gelast` is of `las`, `ingewerkt` of `inwerk`. */
function participle(word: string, known: Lexicon): string {
  let before = "";
  for (const particle of known.particles) {
    if (word.startsWith(`${particle}ge`) && word.length > particle.length + MIN_PART + 2) before = particle;
  }
  const verb = word.slice(before.length).replace(/e$/, "");
  return /^ge.*[dt]$/.test(verb) && verb.length > MIN_PART + 2 ? before + verb.slice(2, -1) : word;
}

/** Whether a `t` after this is the ending of a verb: `zaag-t`, `draai-t`. */
function endsAVerb(rest: string): boolean {
  return !VOWELS.has(rest.at(-1) ?? "") || rest.endsWith("ai") || rest.endsWith("oi");
}

/** Two or more parts with a linking `s`, `e` or `en`; empty where it is no compound. */
function split(word: string, known: Lexicon): string[] {
  for (let place = word.length - MIN_PART; place >= MIN_PART; place -= 1) {
    const head = headOf(word.slice(0, place), known);
    if (head === "") continue;
    const tail = word.slice(place);
    const last = stem(tail, known);
    if (known.partStems.has(last)) return [stem(head, known), last];
    const rest = split(tail, known);
    if (rest.length > 0) return [stem(head, known), ...rest];
  }
  return [];
}

function headOf(head: string, known: Lexicon): string {
  for (const link of ["", "s", "en", "e"]) {
    const bare = head.slice(0, head.length - link.length);
    if (head.endsWith(link) && known.has.parts.has(bare)) return bare;
  }
  return "";
}
