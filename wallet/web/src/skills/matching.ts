/**
 * A passport beside a profile or vacancy: per requirement what was shown, and why it is enough.
 *
 * The same answers as `skills.matching` in Python, from the same cases. There is no number for a
 * person; one worker may put functions in order, on the own device.
 */

import type { JsonValue } from "../protocol/json.ts";
import type { Rules } from "./certificates.ts";
import type { ProfileData } from "./data.ts";
import { byStrength, counts, gradeOf, rank, type Framework, type Grade, type Proof, type Statement } from "./evidence.ts";
import { usable, type State } from "./validity.ts";

export type Fit = "met" | "partly" | "not_shown" | "not_requested";

/** How a shown skill relates to the asked one; nearest first. */
const RELATIONS = ["same", "close", "broader", "narrower"] as const;
export type Relation = (typeof RELATIONS)[number];

/** One skill that is asked; `grade` is the weakest evidence that is enough. */
export interface AskedSkill {
  readonly skill: string;
  readonly level: number;
  readonly grade: Grade;
  readonly required: boolean;
}

/** One certificate that is asked; `range`: claim to the values that must be in it. */
export interface AskedCertificate {
  readonly certificate: string;
  readonly needed: string;
  readonly range: Readonly<Record<string, readonly string[]>>;
}

/** All that is asked, in the order in which it is shown. */
export interface RequirementSet {
  readonly id: string;
  readonly skills: readonly AskedSkill[];
  readonly certificates: readonly AskedCertificate[];
}

/** The answer to one requirement; each `why` is `skills.why.<code>` in the texts. */
export interface Answer {
  readonly about: "skill" | "certificate";
  readonly id: string;
  readonly fit: Fit;
  readonly why: readonly string[];
  readonly required: boolean;
  readonly level?: number;
  readonly grade?: Grade;
  readonly shown?: Statement;
  readonly relation?: Relation;
  readonly proof?: Proof;
}

/** How many requirements of one function the worker's own statements meet. */
export interface FunctionFit {
  readonly id: string;
  readonly met: number;
  readonly partly: number;
  readonly missing: number;
  readonly welcomeMet: number;
}

const FINE = 1_000_000;
const REACH: Readonly<Record<string, number>> = { broad: -1, exact: 0, close: 0, narrow: 1 };
const STATES: Readonly<Partial<Record<State, string>>> = {
  ended: "expired", waiting: "not_yet", not_for_you: "employer_bound_elsewhere", unknown: "unchecked",
};

/** What a profile asks: its certificates are usual and no law, so not required. */
export function ofProfile(profile: ProfileData): RequirementSet {
  const asked = (items: ProfileData["required"], required: boolean): AskedSkill[] =>
    items.map(({ skill, level }) => ({ skill, level, grade: "self", required }));
  return {
    id: profile.id,
    skills: [...asked(profile.required, true), ...asked(profile.optional ?? [], false)],
    certificates: (profile.certificates ?? []).map((certificate) => ({ certificate, needed: "after_start", range: {} })),
  };
}

/** One vacancy of vacancies.yaml. */
export interface VacancyData {
  readonly id: string;
  readonly required: readonly { readonly skill: string; readonly level: number }[];
  readonly optional: readonly { readonly skill: string; readonly level: number }[];
  readonly certificates: readonly {
    readonly certificate: string; readonly needed: string; readonly range?: Readonly<Record<string, string | readonly string[]>>;
  }[];
  readonly min_grade: Readonly<Record<string, Grade>>;
}

/** What a vacancy asks. */
export function ofVacancy(vacancy: VacancyData): RequirementSet {
  const asked = (items: VacancyData["required"], required: boolean): AskedSkill[] =>
    items.map((one) => ({ ...one, grade: vacancy.min_grade[one.skill] ?? "self", required }));
  return {
    id: vacancy.id,
    skills: [...asked(vacancy.required, true), ...asked(vacancy.optional, false)],
    certificates: vacancy.certificates.map(({ certificate, needed, range }) => ({
      certificate, needed,
      range: Object.fromEntries(Object.entries(range ?? {}).map(([claim, values]) => [claim, [values].flat() as string[]])),
    })),
  };
}

/** Answer each requirement, in the order of the set; `requested` null: everything was asked. */
export function compare(
  statements: readonly Statement[], asked: RequirementSet, framework: Framework, rules: Rules,
  proofs: readonly Proof[] = [], requested: readonly string[] | null = null,
): Answer[] {
  const index = new Index(statements, framework);
  const skipped = (id: string): boolean => requested !== null && !requested.includes(id);
  return [
    ...asked.skills.map((each): Answer => (skipped(each.skill)
      ? { about: "skill", id: each.skill, fit: "not_requested", why: ["not_asked"], required: each.required, level: each.level }
      : answerSkill(each, index))),
    ...asked.certificates.map((each): Answer => (skipped(each.certificate)
      ? certificateAnswer(each, "not_requested", ["not_asked"])
      : answerCertificate(each, proofs, rules))),
  ];
}

/** The functions, most overlap first; equals in the order in which they were given. */
export function sortedFunctions(
  statements: readonly Statement[], sets: readonly RequirementSet[], framework: Framework,
): FunctionFit[] {
  const index = new Index(statements, framework);
  const known = new Map<string, Fit>();
  const fitOf = (asked: AskedSkill): Fit => {
    const key = `${asked.skill} ${asked.level} ${asked.grade}`;
    let fit = known.get(key);
    if (!fit) known.set(key, (fit = answerSkill(asked, index).fit));
    return fit;
  };
  const ranked = sets.map(({ id, skills }) => {
    const required = skills.filter((each) => each.required).map(fitOf);
    const met = required.filter((fit) => fit === "met").length;
    const partly = required.filter((fit) => fit === "partly").length;
    const welcomeMet = skills.filter((each) => !each.required && fitOf(each) === "met").length;
    const share = Math.floor(((2 * met + partly) * FINE) / Math.max(1, 2 * required.length));
    return { share, fit: { id, met, partly, missing: required.length - met - partly, welcomeMet } };
  });
  return ranked
    .sort((one, other) => other.share - one.share || other.fit.welcomeMet - one.fit.welcomeMet)
    .map(({ fit }) => fit);
}

/** How two skills relate that are linked to one concept with these SKOS matches. */
export function relation(asked: string, shown: string): Relation | null {
  const [ours, theirs] = [REACH[asked], REACH[shown]];
  if (ours === undefined || theirs === undefined) return null;
  if (ours !== theirs) return theirs > ours ? "broader" : "narrower";
  if (ours !== 0) return null; // two below one broader concept need not be alike
  return asked === "exact" && shown === "exact" ? "same" : "close";
}

interface Found {
  readonly how: Relation;
  readonly said: Statement;
}

/** One person's statements by skill and by linked concept. */
class Index {
  readonly #framework: Framework;
  readonly #skills = new Map<string, Statement[]>();
  readonly #concepts = new Map<string, { match: string; said: Statement }[]>();

  constructor(statements: readonly Statement[], framework: Framework) {
    this.#framework = framework;
    for (const said of statements) {
      this.#skills.set(said.skill, [...(this.#skills.get(said.skill) ?? []), said]);
      for (const { uri, match } of said.links) {
        this.#concepts.set(uri, [...(this.#concepts.get(uri) ?? []), { match, said }]);
      }
    }
  }

  /** What was said of a skill and of related ones, nearest and strongest first. */
  about(skill: string): Found[] {
    const found: Found[] = (this.#skills.get(skill) ?? []).map((said) => ({ how: "same", said }));
    for (const link of this.#framework.links(skill)) {
      for (const { match, said } of this.#concepts.get(link.uri) ?? []) {
        const how = relation(link.match, match);
        if (how !== null && said.skill !== skill) found.push({ how, said });
      }
    }
    const place = ({ how }: Found): number => RELATIONS.indexOf(how);
    return found.sort((one, other) => place(one) - place(other) || byStrength(one.said, other.said));
  }
}

function answerSkill(asked: AskedSkill, index: Index): Answer {
  const found = index.about(asked.skill);
  const same = found.filter(({ how }) => how === "same");
  const counting = same.filter(({ said }) => counts(said));
  if (counting.length > 0) return best(asked, counting, []);
  const idle = same.find(({ said }) => said.status === "good" || said.status === "unknown");
  if (idle) {
    const why = idle.said.status === "unknown" ? "unchecked" : (STATES[idle.said.standing.state] ?? "unchecked");
    return skillAnswer(asked, "partly", [why], idle);
  }
  const alike = found.filter(({ how, said }) => how !== "same" && counts(said));
  if (alike.length > 0) return best(asked, alike, ["related_skill"]);
  if (same[0]) {
    const paused = same.some(({ said }) => said.status === "paused");
    return skillAnswer(asked, "not_shown", [paused ? "paused" : "withdrawn_only"], same[0]);
  }
  return skillAnswer(asked, "not_shown", ["not_shared"]);
}

/** The statement with the fewest faults; among equals the first, which is the strongest. */
function best(asked: AskedSkill, found: readonly Found[], base: readonly string[]): Answer {
  const judged = found.map((one) => ({ one, why: [...base, ...faults(asked, one.said)] }));
  const { one, why } = fewest(judged);
  return why.length > 0 ? skillAnswer(asked, "partly", why, one) : skillAnswer(asked, "met", ["as_asked"], one);
}

function fewest<T extends { readonly why: readonly string[] }>(judged: readonly T[]): T {
  return judged.reduce((first, each) => (each.why.length < first.why.length ? each : first));
}

function faults(asked: AskedSkill, said: Statement): string[] {
  const found: string[] = [];
  if (said.level === null) found.push("level_unknown");
  else if (said.level < asked.level) found.push("level_lower");
  if (rank(said.grade) < rank(asked.grade)) found.push("grade_lower");
  return found;
}

function skillAnswer(asked: AskedSkill, fit: Fit, why: readonly string[], found?: Found): Answer {
  const { skill: id, level, grade, required } = asked;
  const answer: Answer = { about: "skill", id, fit, why, required, level, grade };
  return found ? { ...answer, shown: found.said, relation: found.how } : answer;
}

/** The proof with the fewest faults; a lower step of the same certificate counts in part. */
function answerCertificate(asked: AskedCertificate, proofs: readonly Proof[], rules: Rules): Answer {
  const judged: { proof: Proof; why: string[] }[] = [];
  for (const proof of proofs) {
    const named = rules.types.get(proof.typeId)?.certificate ?? null;
    if (named === asked.certificate) judged.push({ proof, why: proofFaults(asked, proof, rules) });
    else if (named !== null && rules.certificates.get(named)?.stepTo === asked.certificate) {
      judged.push({ proof, why: ["lower_certificate", ...proofFaults(asked, proof, rules)] });
    }
  }
  const counting = judged.filter(({ why }) => !why.includes("withdrawn_only") && !why.includes("paused"));
  if (counting.length > 0) {
    const { proof, why } = fewest(counting);
    return certificateAnswer(asked, why.length > 0 ? "partly" : "met", why.length > 0 ? why : ["as_asked"], proof);
  }
  return judged[0]
    ? certificateAnswer(asked, "not_shown", judged[0].why, judged[0].proof)
    : certificateAnswer(asked, "not_shown", ["not_shared"]);
}

function certificateAnswer(asked: AskedCertificate, fit: Fit, why: readonly string[], proof?: Proof): Answer {
  const answer: Answer = { about: "certificate", id: asked.certificate, fit, why, required: asked.needed === "at_start" };
  return proof ? { ...answer, proof } : answer;
}

function proofFaults(asked: AskedCertificate, proof: Proof, rules: Rules): string[] {
  if (proof.status === "withdrawn") return ["withdrawn_only"];
  if (proof.status === "paused") return ["paused"];
  const found: string[] = [];
  if (proof.status === "unknown") found.push("unchecked");
  else if (!usable(proof.standing)) found.push(STATES[proof.standing.state] ?? "unchecked");
  if (gradeOf(rules, proof.typeId, proof.role) === "self") found.push("giver_unknown");
  const ranges = Object.entries(asked.range).map(([claim, values]) => inRange(proof.claims[claim] ?? null, values));
  if (ranges.includes(null)) found.push("range_unknown");
  else if (ranges.includes(false)) found.push("range_differs");
  return found;
}

function inRange(claim: JsonValue, values: readonly string[]): boolean | null {
  if (claim === null) return null;
  const held = Array.isArray(claim) ? claim : [claim];
  return values.every((value) => held.includes(value));
}
