// Build what runs on the keeper's origin, and print its size and the hash that anyone can recompute.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { data } from "./data.mjs";

const out = fileURLToPath(new URL("dist/", import.meta.url));

/** Bundle one entry, the same bytes on every machine. */
export async function bundle(entry, outfile) {
  await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome120", "firefox121", "safari17"],
    charset: "utf8",
    legalComments: "none",
    plugins: [data],
    logLevel: "warning",
  });
  const octets = readFileSync(outfile);
  return {
    bytes: octets.length,
    gzip: gzipSync(octets, { level: 9 }).length,
    sha256: createHash("sha256").update(octets).digest("base64"),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  console.log(JSON.stringify(await bundle("src/keeper.ts", `${out}keeper.js`)));
}
