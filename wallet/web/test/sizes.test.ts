/** The keeper stays small enough to be read by an outsider, and needs nobody's package. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const ROOT = new URL("../../", import.meta.url);
const MAX_FILE_LINES = 300;
const MAX_LINES = { keeper: 1_200, protocol: 3_000, status: 310, portability: 300, account: 450, journeys: 1_050, authorizing: 800, integrity: 500, answering: 120, confirming: 450 };

function sources(part: string): [name: string, text: string][] {
  const folder = new URL(`src/${part}/`, ROOT);
  return readdirSync(folder).filter((name) => name.endsWith(".ts")).map((name) => [`${part}/${name}`, readFileSync(new URL(name, folder), "utf-8")]);
}

function lines(text: string): number {
  return text.split("\n").length - 1;
}

const ALL = Object.keys(MAX_LINES).flatMap(sources);
const DRAWN = ["page", "page/flows", "share", "worker", "scanner", "foreign"].flatMap(sources); // around the core: no budget, the same manners

test("no file is longer than 300 lines, and no part than its budget", () => {
  assert.deepEqual([...ALL, ...DRAWN].filter(([, text]) => lines(text) > MAX_FILE_LINES).map(([name]) => name), []);
  for (const [part, most] of Object.entries(MAX_LINES)) {
    const count = sources(part).reduce((sum, [, text]) => sum + lines(text), 0);
    assert.ok(count > 0 && count <= most, `${part}: ${count} lines, at most ${most}`);
  }
});

test("nothing is imported but the project's own files, and protocol knows no keeper", () => {
  const foreign = /from "(?!\.{1,2}\/)|import\((?!"\.{1,2}\/)|require\(|eval\(|new Function\(/;
  assert.ok(foreign.test('import x from "left-pad"'));
  assert.deepEqual(ALL.filter(([, text]) => foreign.test(text)).map(([name]) => name), []);
  const upwards = /from "\.\.\/(?:keeper|portability)\//;
  assert.deepEqual(sources("protocol").filter(([, text]) => upwards.test(text)).map(([name]) => name), []);
});

test("nothing is written where a page could read it, and nothing becomes markup or script", () => {
  const loose = /localStorage|sessionStorage|document\.cookie|innerHTML|outerHTML|insertAdjacentHTML|document\.write/;
  assert.ok(loose.test("localStorage.setItem"));
  assert.deepEqual([...ALL, ...DRAWN].filter(([, text]) => loose.test(text)).map(([name]) => name), []);
});

test("the built keeper has no dependency at run time and at most 40 kB gzip", () => {
  const manifest = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf-8")) as Record<string, object>;
  assert.equal(manifest["dependencies"], undefined);
  const built = JSON.parse(readFileSync(new URL("build/keeper.json", ROOT), "utf-8")) as { gzip: number; sha256: string };
  assert.ok(built.gzip <= 40_000, `${built.gzip} octets`);
  assert.match(built.sha256, /^[A-Za-z0-9+/]{43}=$/);
});
