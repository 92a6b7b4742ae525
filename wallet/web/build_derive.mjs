// The frame that derives Data Integrity proofs: bundled by itself, loaded only when one is used.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const CONTEXTS = new URL("../../schemas/contexts/", import.meta.url);

/** Contexts as one module, address -> document: the copies that Python pins by their digests. */
export const contexts = {
  name: "contexts",
  setup(building) {
    building.onResolve({ filter: /^skillspass:contexts$/ }, () => ({ path: "contexts", namespace: "contexts" }));
    building.onLoad({ filter: /./, namespace: "contexts" }, () => {
      const { contexts: listed } = JSON.parse(readFileSync(new URL("manifest.json", CONTEXTS), "utf-8"));
      const documents = listed.map(({ url, file }) => [url, JSON.parse(readFileSync(new URL(file, CONTEXTS), "utf-8"))]);
      return { contents: JSON.stringify(Object.fromEntries(documents)), loader: "json" };
    });
  },
};

/** Bundle the frame's script; the libraries are dev dependencies, and travel in it. */
export async function bundleDerive(outfile) {
  const entryPoints = [fileURLToPath(new URL("src/derive/derive.ts", import.meta.url))];
  await build({
    entryPoints, outfile, bundle: true, minify: true, charset: "utf8", legalComments: "none", logLevel: "warning",
    format: "esm", platform: "browser", target: ["chrome120", "firefox121", "safari17"], plugins: [contexts],
    define: { global: "globalThis" },
    alias: { "base64url-universal": fileURLToPath(new URL("node_modules/base64url-universal/lib/browser.js", import.meta.url)) }, // not Buffer
  });
}
