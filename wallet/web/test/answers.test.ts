/** What an answer takes: the cases of `tests/cases/answers.json`. */

import { checkChosen, needsOf, type Needs } from "../src/answering/needs.ts";
import { parseQuery, type DcqlQuery } from "../src/protocol/dcql_query.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import { runCases } from "./cases.ts";

interface Fit {
  readonly queryId: string;
  readonly place: number;
}

const queryIn = (input: JsonObject): DcqlQuery => parseQuery(input["query"] as JsonObject);

function needed(input: JsonObject): Needs<Fit> {
  const fits = Object.entries(input["have"] as Record<string, number>).map(([queryId, count]) =>
    [queryId, Array.from({ length: count }, (_, place): Fit => ({ queryId, place }))] as const);
  return needsOf(queryIn(input), new Map(fits));
}

const told = (group: readonly Fit[]): JsonValue => group.map(({ queryId, place }) => [queryId, place]);

runCases("answers", {
  needs: (input) => {
    const { groups, extras } = needed(input);
    return { groups: groups.map(told), extras: extras.map((extra) => extra.map(told)) };
  },
  choose: (input) => {
    const needs = needed(input);
    const all = [...needs.groups, ...needs.extras.flat()].flat();
    const chosen = (input["chosen"] as [string, number][]).map(([queryId, place]): Fit =>
      all.find((one) => one.queryId === queryId && one.place === place) ?? { queryId, place });
    checkChosen(queryIn(input), needs, chosen);
    return "a whole answer";
  },
});
