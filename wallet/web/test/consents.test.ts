/** Consent: the cases of `tests/cases/consents.json`. */

import assert from "node:assert/strict";

import type { Wire } from "../src/keeper/share_card.ts";
import { disclosed, layOut, seen, type Line, type Option, type TypeEntry } from "../src/keeper/consent.ts";
import { readWire } from "../src/keeper/vault.ts";
import { parsePath, Paths } from "../src/protocol/claims.ts";
import { match } from "../src/protocol/dcql.ts";
import { parseQuery } from "../src/protocol/dcql_query.ts";
import type { JsonObject, JsonValue } from "../src/protocol/json.ts";
import { pythonOrder, runCases, text } from "./cases.ts";

async function laidOut(input: JsonObject): Promise<Option> {
  const unverified = await readWire(text(input, "format"), input["wire"] as Wire);
  const [found] = match(parseQuery(input["query"] as JsonObject), [unverified]).queries;
  const [candidate] = found?.candidates ?? [];
  assert.ok(found && candidate);
  return layOut(found.query, candidate, unverified, input["entry"] as unknown as TypeEntry);
}

function described(line: Line): JsonValue {
  return { ...line, path: [...line.path], group: line.group ? [...line.group] : null };
}

runCases("consents", {
  "lay out": async (input) => {
    const { lines, hidden } = await laidOut(input);
    return [lines.map(described), hidden.map(described)];
  },
  pick: async (input) => {
    const option = await laidOut(input);
    const picked = new Paths((input["picked"] as JsonValue[]).map(parsePath));
    const paths = [...disclosed(option, picked)].map((path): JsonValue => [...path]);
    paths.sort((one, other) => (pythonOrder(one) < pythonOrder(other) ? -1 : 1));
    return [paths, seen(option, picked).map(described)];
  },
});
