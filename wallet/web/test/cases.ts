/** The cases that Python and TypeScript both run: `tests/cases/*.json`. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Refusal } from "../src/protocol/errors.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../src/protocol/json.ts";
import { fromUtf8 } from "../src/protocol/octets.ts";

/** The fixed clock, 2026-11-23T12:00Z, in seconds. */
export const NOW = 1_795_435_200;

/** One case: what goes in, and what both engines make of it. */
export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly input: JsonObject;
  readonly expect: JsonValue;
}

/** What one kind of case asks of the code. */
export type Answer = (input: JsonObject) => Promise<JsonValue> | JsonValue;

/** The cases of one subject. */
export function load(subject: string): Case[] {
  const path = new URL(`../../../../tests/cases/${subject}.json`, import.meta.url);
  const document = JSON.parse(readFileSync(path, "utf-8")) as { cases: Case[] };
  assert.ok(document.cases.length > 0);
  return document.cases;
}

/** Run every case of a subject; every kind must have an answer, and every answer a case. */
export function runCases(subject: string, answers: Record<string, Answer>): void {
  const cases = load(subject);
  test(`${subject}: every answer has a case`, () => {
    assert.deepEqual(new Set(cases.map(({ kind }) => kind)), new Set(Object.keys(answers)));
  });
  for (const { id, kind, input, expect } of cases) {
    test(`${subject}: ${id}`, async () => {
      const answer = answers[kind];
      assert.ok(answer, kind);
      assert.equal(spelled(await outcome(() => answer(input))), spelled(expect));
    });
  }
}

/** The value, or the code of the refusal as `{error}`. */
export async function outcome(action: () => Promise<JsonValue> | JsonValue): Promise<JsonValue> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Refusal) return { error: error.code };
    throw error;
  }
}

/** The code with which an action is refused. */
export async function refusal(action: () => Promise<unknown> | unknown): Promise<string> {
  const found = await outcome(async () => {
    await action();
    return "accepted";
  });
  return typeof found === "string" ? found : String((found as JsonObject)["error"]);
}

/** A text member of a case. */
export function text(input: JsonObject, name: string): string {
  const value = input[name];
  assert.equal(typeof value, "string", name);
  return String(value);
}

function spelled(value: JsonValue): string {
  return fromUtf8(canonicalJson(value));
}

/** A path as Python's `str()` spells it, to sort as it does. */
export function pythonOrder(path: JsonValue): string {
  return JSON.stringify(path).replaceAll('"', "'").replaceAll(",", ", ");
}
