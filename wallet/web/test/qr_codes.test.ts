/** QR codes: the size follows from the length, and no length up to 213 octets fails. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { qrOf } from "../src/page/qr.ts";
import { refusal } from "./cases.ts";

const QUIET = 8; // modules of white, on both sides together

test("each length takes the smallest version that holds it, up to 213 octets", async () => {
  const last = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213];
  for (const [index, length] of last.entries()) {
    assert.equal(qrOf("x".repeat(length)).size, 21 + 4 * index + QUIET);
    if (length < 213) assert.equal(qrOf("x".repeat(length + 1)).size, 25 + 4 * index + QUIET);
  }
  assert.equal(await refusal(() => qrOf("x".repeat(214))), "qr_too_long");
});

test("a path holds nothing but squares inside the quiet zone", () => {
  const { size, path } = qrOf("https://deel.skillspass.example/s/kQ7mZ2vT9xkQ7mZ2vT9xkQ#w");
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (const place of [Number(x), Number(y)]) assert.ok(place >= QUIET / 2 && place < size - QUIET / 2);
  }
});
