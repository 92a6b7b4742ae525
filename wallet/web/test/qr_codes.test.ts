/** QR codes: the size follows from the length, the check octets from the standard, and no length fails. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { checkOctets, qrCode } from "../src/page/qr_code.ts";
import { Refusal } from "../src/protocol/errors.ts";

test("each length takes the smallest version that holds it, up to 213 octets", () => {
  const last = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213];
  for (const [index, length] of last.entries()) {
    assert.equal(qrCode("x".repeat(length)).size, 21 + 4 * index);
    if (length < 213) assert.equal(qrCode("x".repeat(length + 1)).size, 25 + 4 * index);
  }
  assert.throws(() => qrCode("x".repeat(214)), (error) => error instanceof Refusal && error.code === "qr_too_large");
});

test("the check octets are those of ISO/IEC 18004, annex I", () => {
  const data = [16, 32, 12, 86, 97, 128, 236, 17, 236, 17, 236, 17, 236, 17, 236, 17];
  assert.deepEqual(checkOctets(data, 10), [165, 36, 212, 193, 237, 54, 199, 135, 44, 85]);
});

test("a path holds nothing but squares inside the code", () => {
  const { size, path } = qrCode("https://deel.skillspass.example/s/kQ7mZ2vT9xkQ7mZ2vT9xkQ#w");
  assert.match(path, /^(?:M\d+ \d+h\d+v1h-\d+z)+$/);
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    assert.ok(Number(x) + Number(run) <= size && Number(y) < size);
  }
});
