/**
 * What a colleague gives: a credential of type collega-bevestiging, signed by a key that was made for
 * it in this page and is gone with it (dc+sd-jwt, decision 0058).
 *
 * It proves that somebody who had the link said so, to the one key that the link names; not who.
 */

import type { Chance } from "../keeper/seals.ts";
import { didJwk } from "../protocol/dids.ts";
import { rejected } from "../protocol/errors.ts";
import { signCompact } from "../protocol/jose.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../protocol/json.ts";
import type { Signer } from "../protocol/keys.ts";
import { b64url } from "../protocol/octets.ts";
import { digest, join } from "../protocol/sd_jwt.ts";
import { FRAMEWORK, lined, MAX_EXAMPLE, MAX_NAME, TYPE, type Asking, type Names, type Rated, type Relation } from "./asking.ts";

const SALT = 16; // octets
const HIDDEN = ["worked_together", "relation", "example", "confirmed_by_name"] as const; // the type: choose

/** What the colleague answered; empty texts are left out. */
export interface Answered {
  readonly skills: readonly Rated[]; // what was seen, at the level asked or lower
  readonly from: string; // a year, or empty
  readonly until: string; // a year, or empty: still
  readonly relation: Relation | "";
  readonly example: string;
  readonly name: string; // empty: it stays out
}

/** One item of the claim `skills`, in the framework's own words. */
export function statementOf({ skill, level }: Rated, names: Names): JsonObject {
  const [nl = "", en = ""] = names[skill] ?? [];
  return { framework: FRAMEWORK, skill, label_nl: nl, label_en: en, level };
}

/**
 * Make the credential; `at` in seconds.
 *
 * Four digests stand in it whatever was filled in, so that what was left out leaves no trace.
 * Refuses `confirmation_empty` without a skill, and `confirmation_not_asked` beyond what was asked.
 */
export async function giveConfirmation(
  asking: Asking, answered: Answered, names: Names, signer: Signer, at: number, chance: Chance,
): Promise<string> {
  if (answered.skills.length === 0) throw rejected("confirmation_empty", "nothing was seen");
  if (!answered.skills.every((each) => isWithin(each, asking.skills))) throw rejected("confirmation_not_asked", "more than asked");
  const hidden = hiddenOf(answered);
  const disclosures: string[] = [];
  const digests: string[] = [];
  for (const name of HIDDEN) {
    const value = hidden[name];
    const salt = b64url(chance.octets(SALT));
    const text = b64url(canonicalJson([salt, name, value ?? ""]));
    if (value !== undefined) disclosures.push(text);
    digests.push(value === undefined ? b64url(chance.octets(32)) : await digest(text));
  }
  const iss = didJwk(signer.public);
  const payload: JsonObject = {
    iss, vct: TYPE, iat: Math.floor(at), cnf: { jwk: asking.holder.jwk },
    skills: answered.skills.map((each) => statementOf(each, names)), _sd: digests.sort(), _sd_alg: "sha-256",
  };
  const token = await signCompact({ typ: "dc+sd-jwt", kid: `${iss}#0` }, payload, signer);
  return join(token, disclosures);
}

/** Whether a skill was asked, at this level or a higher one. */
export const isWithin = ({ skill, level }: Rated, asked: readonly Rated[]): boolean =>
  asked.some((each) => each.skill === skill && level <= each.level);

function hiddenOf({ from, until, relation, example, name }: Answered): Partial<Record<(typeof HIDDEN)[number], JsonValue>> {
  const said = lined(example).slice(0, MAX_EXAMPLE).trim();
  const called = lined(name).slice(0, MAX_NAME).trim();
  return {
    ...(from ? { worked_together: `${from}/${until}` } : {}), ...(relation ? { relation } : {}),
    ...(said ? { example: said } : {}), ...(called ? { confirmed_by_name: called } : {}),
  };
}
