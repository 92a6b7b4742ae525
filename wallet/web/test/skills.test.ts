/** Validity, evidence, matching and suggestions answer as Python does, from the same cases. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import {
  ENDLESS, ofEntry, ofProof, overview, type Entry, type Grade, type Proof, type Statement, type Status,
} from "../src/skills/evidence.ts";
import { compare, ofProfile, sortedFunctions, type Answer } from "../src/skills/matching.ts";
import { faults, ofCertificates, ofJob, type Suggestion } from "../src/skills/suggestions.ts";
import { judge, type Confirmation, type Standing, type State } from "../src/skills/validity.ts";
import { runCases } from "./cases.ts";
import { framework, frameworkData, profiles, rules, search, vacancies } from "./skills_data.ts";

type Rows = readonly JsonObject[];

const standingOf = (state: JsonValue | undefined): Standing =>
  (state === "valid" ? ENDLESS : { ...ENDLESS, state: state as State, reason: "expired" });

function proofOf(given: JsonObject): Proof {
  const { id, type, role, claims, issued_on: issuedOn, state, status } = given;
  return {
    id: String(id), typeId: String(type), role: role as string | null, claims: claims as JsonObject,
    issuedOn: String(issuedOn), standing: standingOf(state), status: status as Status,
  };
}

function entryOf({ id, kind, levels, said_on: saidOn }: JsonObject): Entry {
  return { id: String(id), kind: kind as Entry["kind"], levels: levels as Entry["levels"], saidOn: (saidOn ?? null) as string | null };
}

function statementOf({ skill, level, grade, on, state, status, links }: JsonObject): Statement {
  const given = links as [string, string][] | null;
  return {
    skill: String(skill), level: level as number | null, grade: grade as Grade, kind: "work", source: String(skill),
    on: String(on), standing: standingOf(state), status: status as Status,
    links: given ? given.map(([uri, match]) => ({ uri, match })) : framework.links(String(skill)),
  };
}

function told(each: Statement): JsonObject {
  const { skill, level, grade, kind, source, on, standing, status } = each;
  return { skill, level, grade, kind, source, on, state: standing.state, status, links: each.links.map((link) => ({ ...link })) };
}

function answered({ about, id, fit, why, required, level, grade, shown, relation, proof }: Answer): JsonObject {
  return {
    about, id, fit, why: [...why], required,
    ...(level === undefined ? {} : { level }),
    ...(grade === undefined ? {} : { grade }),
    ...(shown && relation
      ? { shown: { skill: shown.skill, level: shown.level, grade: shown.grade, source: shown.source, relation } }
      : {}),
    ...(proof ? { proof: { id: proof.id, reason: proof.standing.reason } } : {}),
  };
}

const suggested = (found: readonly Suggestion[]): JsonValue =>
  found.map(({ skill, because, told: words }) => ({ skill, because, told: [...words] }));

runCases("skills_validity", {
  judge: ({ type, certificate, claims, reader, on, confirmations, until }) => {
    const rule = certificate === undefined ? rules.ofType(String(type)) : (rules.certificates.get(String(certificate)) ?? null);
    const who = reader as { identities: string[]; max_age_months: number | null };
    const chain = confirmations as [string, string, string, string | null][] | null;
    const confirmed = chain?.map(([documentNumber, confirmedOn, organisation, process]): Confirmation =>
      ({ documentNumber, confirmedOn, organisation, process })) ?? null;
    const shown = { claims: claims as JsonObject, issuer: "did:web:firm.example", issuedOn: "2024-05-03", until: until as string | null };
    const standing = judge(rule, shown, String(on), { identities: who.identities, maxAgeMonths: who.max_age_months }, confirmed);
    return { ...standing, facts: { ...standing.facts } };
  },
});

runCases("skills_evidence", {
  proof: (given) => ofProof(proofOf(given), framework, rules).map(told),
  entry: (given) => ofEntry(entryOf(given), framework).map(told),
  overview: ({ proofs, entries }) => {
    const said = [
      ...(proofs as Rows).flatMap((each) => ofProof(proofOf(each), framework, rules)),
      ...(entries as Rows).flatMap((each) => ofEntry(entryOf(each), framework)),
    ];
    return overview(said).map(({ skill, statements }) => ({ skill, strongest: told(statements[0]), said: statements.length }));
  },
});

runCases("skills_matching", {
  compare: ({ statements, asked, proofs, requested }) => {
    const set = vacancies.find(({ id }) => id === asked) ?? profiles.filter(({ id }) => id === asked).map(ofProfile)[0];
    assert.ok(set);
    const held = (proofs as Rows).map((each, place) => ({ ...proofOf(each), id: String(place) }));
    return compare((statements as Rows).map(statementOf), set, framework, rules, held, requested as string[] | null).map(answered);
  },
  functions: ({ statements }) => sortedFunctions((statements as Rows).map(statementOf), profiles.map(ofProfile), framework)
    .map(({ id, met, partly, missing, welcomeMet }) => [id, met, partly, missing, welcomeMet]),
});

runCases("skills_suggestions", {
  text: ({ text }) => suggested(search.suggest(String(text))),
  job: ({ job }) => suggested(profiles.filter(({ id }) => id === job).flatMap(ofJob)),
  certificates: ({ held }) => suggested(ofCertificates(held as string[], frameworkData)),
});

test("letters that differ are counted", () => {
  assert.equal(faults("hefruck", "heftruck", 2), 1);
  assert.equal(faults("ab", "ba", 2), 1);
  assert.equal(faults("lassen", "draaien", 1), 2);
});
