/** DCQL: the cases of `tests/cases/queries.json`. */

import { match, smallest } from "../src/protocol/dcql.ts";
import { parseQuery } from "../src/protocol/dcql_query.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import { parseSdJwtVc } from "../src/protocol/sd_jwt_vc.ts";
import { parseVcSdJwt } from "../src/protocol/vc_sd_jwt.ts";
import { runCases, text } from "./cases.ts";

function spelled(path: JsonValue): string {
  return JSON.stringify(path).replaceAll(",", ", "); // as Python's json.dumps orders them
}

async function answer(input: JsonObject): Promise<JsonValue> {
  const held = await Promise.all((input["held"] as JsonObject[]).map((each) =>
    (text(each, "format") === "dc+sd-jwt" ? parseSdJwtVc : parseVcSdJwt)(text(each, "wire"))));
  const found = match(parseQuery(input["query"] as JsonObject), held);
  const queries = found.queries.map(({ query, required, candidates }): JsonValue => ({
    id: query.id,
    required,
    candidates: candidates.map((candidate) => ({
      index: candidate.index,
      choices: candidate.choices.map((choice) =>
        [...choice].map((path): JsonValue => [...path]).sort((a, b) => (spelled(a) < spelled(b) ? -1 : 1))),
      smallest: smallest(candidate).size,
    })),
  }));
  return { possible: found.possible, suggestion: [...found.suggestion], queries };
}

runCases("queries", {
  match: answer,
  read: (input) => parseQuery(input["query"] as JsonObject).credentials.map(({ id }) => id),
});
