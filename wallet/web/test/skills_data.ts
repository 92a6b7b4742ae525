/** The repository's data about skills, read as the build reads it. */

import { readFileSync } from "node:fs";
import { parse } from "yaml";

import { Rules } from "../src/skills/certificates.ts";
import type { CertificateData, FrameworkData, ProfileData, TypeData, WordsData } from "../src/skills/data.ts";
import { Framework } from "../src/skills/evidence.ts";
import { ofVacancy, type VacancyData } from "../src/skills/matching.ts";
import { Search } from "../src/skills/suggestions.ts";
import { Lexicon } from "../src/skills/words.ts";

function read<T>(name: string): T {
  return parse(readFileSync(new URL(`../../../../schemas/${name}`, import.meta.url), "utf-8"), { maxAliasCount: -1 }) as T;
}

export const frameworkData = read<FrameworkData>("skills/skills.yaml");
export const framework = new Framework(frameworkData);
export const profiles = read<{ profiles: ProfileData[] }>("skills/profiles.yaml").profiles;
export const rules = new Rules(
  read<{ certificates: CertificateData[] }>("skills/certificates.yaml").certificates,
  read<{ types: TypeData[] }>("types/types.yaml").types,
);
export const lexicon = new Lexicon(read<WordsData>("skills/words.yaml"));
export const search = new Search(frameworkData, lexicon);

/** What each vacancy asks. */
export const vacancies = read<{ vacancies: VacancyData[] }>("skills/vacancies.yaml").vacancies.map(ofVacancy);
