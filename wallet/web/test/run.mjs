// Bundle the tests and run them with the test runner of node itself.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import { bundle } from "../build.mjs";
import { writeScreens } from "../build_screens.mjs";
import { contexts } from "../build_derive.mjs";
import { data } from "../data.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../build/test/", import.meta.url));
const making = process.argv.includes("--make"); // write what Python reads, instead of testing
const wanted = process.argv.slice(2).filter((word) => word !== "--make");
const tests = making ? ["make.ts"] : readdirSync(here)
  .filter((name) => name.endsWith(".test.ts"))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  entryPoints: tests.map((name) => here + name),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  external: ["yaml"],
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' }, // for the derivation's libraries
  target: "es2022",
  sourcemap: "inline",
  plugins: [contexts, data],
  logLevel: "warning",
});
const built = fileURLToPath(new URL("../build/keeper", import.meta.url));
for (const old of readdirSync(dirname(built)).filter((name) => /^keeper-\w+\.js$/.test(name))) rmSync(`${dirname(built)}/${old}`);
writeFileSync(`${built}.json`, JSON.stringify(await bundle("src/keeper.ts", `${built}.js`)));
if (!making) await writeScreens();
const files = tests.map((name) => out + name.replace(/\.ts$/, ".mjs"));
const flags = ["--enable-source-maps", "--disable-warning=ExperimentalWarning", "--test-reporter=spec", "--test"];
const { status } = spawnSync(process.execPath, making ? files : [...flags, ...files], { stdio: "inherit" });
process.exit(status ?? 1);
