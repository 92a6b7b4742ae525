/**
 * What an answer takes, what it may hold beside that, and whether a choice makes one (OpenID4VP 1.0,
 * sections 6.1, 6.2 and 6.4.2); as `wallet/holder/answering.py`, by the cases of `answers.json`.
 */

import { complete, type CredentialSet, type DcqlQuery } from "../protocol/dcql_query.ts";
import { rejected } from "../protocol/errors.ts";

/** A held credential that would do for one query. */
export interface Fitting {
  readonly queryId: string;
}

/** Credentials of which one is given, or of a query that takes several more. */
export type Group<Fit extends Fitting> = readonly Fit[];

/** The choices of an answer. */
export interface Needs<Fit extends Fitting> {
  readonly groups: readonly Group<Fit>[]; // each needs a choice
  readonly extras: readonly (readonly Group<Fit>[])[]; // for each optional set what it takes: all of it, or nothing
}

/**
 * What has to be chosen, and what may be, of the credentials that would do by the id of their query.
 *
 * Where every option of a set is one query, its credentials stand side by side; otherwise the first
 * option counts that can be given. An optional set that shares a query with what is there already is
 * left out: giving half of it would be no answer to it.
 */
export function needsOf<Fit extends Fitting>(query: DcqlQuery, fits: ReadonlyMap<string, Group<Fit>>): Needs<Fit> {
  const of = (name: string): Group<Fit> => fits.get(name) ?? [];
  const able = new Set([...fits.keys()].filter((name) => of(name).length > 0));
  if (!complete(query, able)) return { groups: [], extras: [] };
  if (query.credentialSets.length === 0) return { groups: query.credentials.map(({ id }) => of(id)), extras: [] };
  const groups = query.credentialSets.filter(({ required }) => required).flatMap((each) => groupsOf(each, of));
  const taken = new Set(groups.flat().map(({ queryId }) => queryId));
  const extras: Group<Fit>[][] = [];
  for (const each of query.credentialSets.filter(({ required }) => !required)) {
    const found = groupsOf(each, of);
    const names = found.flat().map(({ queryId }) => queryId);
    if (found.length === 0 || names.some((name) => taken.has(name))) continue;
    extras.push(found);
    for (const name of names) taken.add(name);
  }
  return { groups, extras };
}

/** A whole answer, and nothing beside it; refuses `choice_incomplete`, `choice_invalid`. */
export function checkChosen<Fit extends Fitting>(query: DcqlQuery, { groups, extras }: Needs<Fit>, chosen: readonly Fit[]): void {
  const offered = [...groups, ...extras.flat()].flat();
  if (!chosen.every((one) => offered.includes(one))) throw rejected("choice_invalid", "a credential that was not among the options");
  const begun = extras.filter((extra) => extra.flat().some((one) => chosen.includes(one)));
  const counts = [...groups, ...begun.flat()].map((group) => group.filter((one) => chosen.includes(one)));
  if (chosen.length === 0 || counts.some(({ length }) => length === 0)) throw rejected("choice_incomplete", "at least one of each group");
  if (counts.some((found) => found.length > 1 && !takesSeveral(query, found))) throw rejected("choice_invalid", "several where one is asked");
}

/** Whether more than one of a group may be given: they answer one query that says so. */
export function takesSeveral(query: DcqlQuery, group: readonly Fitting[]): boolean {
  const [name, ...others] = new Set(group.map(({ queryId }) => queryId));
  return others.length === 0 && query.credentials.some(({ id, multiple }) => id === name && multiple);
}

function groupsOf<Fit extends Fitting>({ options }: CredentialSet, of: (name: string) => Group<Fit>): Group<Fit>[] {
  if (options.every(({ length }) => length === 1)) {
    const beside = options.flat().flatMap(of);
    return beside.length > 0 ? [beside] : [];
  }
  const able = options.find((names) => names.every((name) => of(name).length > 0)) ?? [];
  return able.map(of);
}
