/** Files of others, as Python reads them: the cases of `tests/cases/foreign.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readForeign } from "../src/foreign/files.ts";
import { Refusal } from "../src/protocol/errors.ts";
import type { JsonValue } from "../src/protocol/json.ts";
import { fromB64url } from "../src/protocol/octets.ts";
import { load, runCases, text } from "./cases.ts";
import { octetsFor } from "./chance.ts";

runCases("foreign", {
  file: (input): JsonValue => {
    const brought = readForeign(fromB64url(text(input, "file")));
    if ("skills" in brought) return { skills: brought.skills.map(({ name, level }) => [name, level ?? null]) };
    return "foreign" in brought ? { ...brought.foreign } : { export: brought.export };
  },
});

test("any octets are something or refused, also where one octet of a file is another", () => {
  const draw = octetsFor("foreign files");
  for (const { input } of load("foreign")) {
    const file = fromB64url(text(input, "file"));
    for (let turn = 0; turn < 30 && file.length > 0; turn++) {
      const [high = 0, low = 0, value = 0] = draw(3);
      file[(high * 256 + low) % file.length] = value;
      try {
        readForeign(file);
      } catch (error) {
        assert.ok(error instanceof Refusal, String(error));
      }
    }
  }
});
