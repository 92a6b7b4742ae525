/** Strict text and octets: the cases of `tests/cases/texts.json`, and any octets at all. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal } from "../src/protocol/errors.ts";
import { canonicalJson, parseJson, type JsonValue } from "../src/protocol/json.ts";
import { b64url, fromB64url, fromUtf8 } from "../src/protocol/octets.ts";
import { runCases, text } from "./cases.ts";
import { octetsFor } from "./chance.ts";

function spelled(value: JsonValue): string {
  return fromUtf8(canonicalJson(value));
}

runCases("texts", {
  base64: (input) => [...fromB64url(text(input, "text"))],
  json: (input) => spelled(parseJson(text(input, "text"))),
  octets: (input) => spelled(parseJson(fromB64url(text(input, "octets")))),
  canonical: (input) => spelled(input["value"] ?? null),
});

test("any octets are JSON or our refusal, and come back from base64url", async () => {
  const draw = octetsFor("any octets");
  for (let round = 0; round < 500; round++) {
    const octets = draw(1 + (round % 40));
    assert.deepEqual(fromB64url(b64url(octets)), octets);
    try {
      parseJson(octets);
    } catch (error) {
      assert.ok(error instanceof Refusal);
    }
  }
});
