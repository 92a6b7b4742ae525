/** Hold what came back from a link against what was asked, before anybody is asked to keep it. */

import { verify, type Unverified } from "../protocol/credentials.ts";
import { keyOf, selfNamed } from "../protocol/dids.ts";
import { malformed, rejected } from "../protocol/errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { parseSdJwtVc } from "../protocol/sd_jwt_vc.ts";
import { isLevel, isLine, MAX_EXAMPLE, MAX_NAME, RELATIONS, TYPE, type Asking, type Names, type Rated } from "./asking.ts";
import { isWithin, statementOf } from "./giving.ts";

/** The longest is 3 kB; more is no answer of our page. */
export const MAX_CREDENTIAL = 8 * 1024;

const ONE_TIME = "did:jwk:";
const RANGE = /^\d{4}(?:-\d{2})?\/(?:\d{4}(?:-\d{2})?)?$/;

/** A confirmation that was checked and is not kept yet. */
export interface Confirmation {
  readonly unverified: Unverified;
  readonly skills: readonly Rated[];
  readonly together: string; // 2019/2024, 2019/ or empty
  readonly relation: string; // one of RELATIONS, or empty
  readonly example: string;
  readonly name: string; // the colleague's own word; empty where it was left out
}

/**
 * Read one answer; `at` in seconds, `held` the issuers of the confirmations that are kept.
 *
 * Refuses `confirmation_malformed`, `holder_key_mismatch`, `confirmation_not_asked`,
 * `confirmation_key_reused`, and what is wrong with the signature or its dates.
 */
export async function takeConfirmation(
  proposal: JsonValue, asking: Asking, names: Names, at: number, held: ReadonlySet<string> = new Set(),
): Promise<Confirmation> {
  const wire = isObject(proposal) && member(proposal, "v") === 1 ? member(proposal, "credential") : undefined;
  if (typeof wire !== "string" || wire.length > MAX_CREDENTIAL) throw malformed("confirmation_malformed", "no credential");
  const unverified = await parseSdJwtVc(wire);
  const { credential, holder, keyId, presented } = unverified;
  if (presented || credential.type !== TYPE) throw rejected("confirmation_not_asked", "another type");
  if (!credential.issuer.startsWith(ONE_TIME)) throw rejected("confirmation_malformed", "no one-time key");
  await verify(unverified, keyOf(await selfNamed(credential.issuer), keyId, "assertionMethod"), at);
  if (holder?.thumbprint !== asking.holder.thumbprint) throw rejected("holder_key_mismatch", "bound to another key");
  if (held.has(credential.issuer)) throw rejected("confirmation_key_reused", "one key for two confirmations");
  if (credential.status.length > 0 || credential.validUntil !== undefined) throw malformed("confirmation_malformed", "status or end");
  return { unverified, skills: skillsIn(credential.claims, asking, names), ...restOf(credential.claims) };
}

/** The skills, each among those that were asked and in the framework's own words. */
function skillsIn(claims: JsonObject, asking: Asking, names: Names): Rated[] {
  const items = member(claims, "skills");
  if (!Array.isArray(items) || items.length === 0 || items.length > asking.skills.length) throw notAsked();
  const found = items.map((item) => {
    const [skill, level] = isObject(item) ? [member(item, "skill"), member(item, "level")] : [];
    if (!isObject(item) || typeof skill !== "string" || !isLevel(level)) throw notAsked();
    const rated = { skill, level };
    const own = statementOf(rated, names);
    const alike = Object.keys(item).length === Object.keys(own).length && Object.entries(own).every(([name, value]) => member(item, name) === value);
    if (!alike || !isWithin(rated, asking.skills)) throw notAsked();
    return rated;
  });
  if (new Set(found.map(({ skill }) => skill)).size !== found.length) throw notAsked();
  return found;
}

/** What was said beside the skills; anything that the type does not have is refused. */
function restOf(claims: JsonObject): Pick<Confirmation, "together" | "relation" | "example" | "name"> {
  const { skills: _, worked_together: together = "", relation = "", example = "", confirmed_by_name: name = "", ...other } = claims;
  const relations: readonly JsonValue[] = ["", ...RELATIONS];
  const sound = Object.keys(other).length === 0 && relations.includes(relation)
    && typeof together === "string" && (together === "" || RANGE.test(together))
    && typeof example === "string" && isLine(example, MAX_EXAMPLE) && typeof name === "string" && isLine(name, MAX_NAME);
  if (!sound) throw malformed("confirmation_malformed", "a claim that the type does not have");
  return { together: String(together), relation: String(relation), example: String(example), name: String(name) };
}

const notAsked = (): Error => rejected("confirmation_not_asked", "other skills than asked");
