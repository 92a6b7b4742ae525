// The worker's screens as one document: style and script inside, each named by its hash in the keeper's policy.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const hashOf = (text) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

/**
 * Build the screens, or with `mode` "skills" their second document.
 *
 * Returns the document for `srcdoc`, what stands in `script-src` and `style-src` of the keeper's policy
 * (`sha256-...`, without quotes), and the octets of the script after gzip.
 */
export async function buildScreens(mode = "production") {
  const configFile = fileURLToPath(new URL("vite.config.ts", import.meta.url));
  const { output } = await build({ configFile, mode });
  const [script] = output.filter(({ type }) => type === "chunk").map(({ code }) => code.trim());
  const [styled] = output.filter(({ fileName }) => fileName.endsWith(".css")).map(({ source }) => String(source).trim());
  const style = styled?.replace(/@font-face\{[^}]*\}/g, ""); // the letters are lent by the keeper's page, which has them already
  const texts = output.find(({ fileName }) => fileName === "texts.json")?.source.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  if (output.length !== 3 || !script || !style || !texts) throw new Error(`not one script and one style: ${output.map(({ fileName }) => fileName)}`);
  if (/<\/(?:script|style)|<!--/i.test(script + style)) throw new Error("a word in it would end the script or the style");
  const [scriptHash, styleHash] = [hashOf(script), hashOf(style)];
  const policy = `default-src 'none'; script-src '${scriptHash}'; style-src '${styleHash}'; font-src data:; base-uri 'none'; `
    + "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"; // the keeper's own, less what screens need not
  const html = `<!doctype html><html lang="nl"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`
    + `<meta name="viewport" content="width=device-width, initial-scale=1"><title>skillspass</title><style>${style}</style></head>`
    + `<body><template>${texts}</template><script type="module">${script}</script></body></html>`;
  return { html, scriptHash, styleHash, gzip: gzipSync(script, { level: 9 }).length };
}

/** Build the screens into `build/`, where the tests find `screens.html` and `screens.json`. */
export async function writeScreens() {
  const { html, ...facts } = await buildScreens();
  const second = await buildScreens("skills");
  const folder = fileURLToPath(new URL("build/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}screens.html`, html);
  writeFileSync(`${folder}screens.json`, JSON.stringify(facts));
  writeFileSync(`${folder}skills.html`, second.html);
  writeFileSync(`${folder}skills.json`, JSON.stringify({ scriptHash: second.scriptHash, styleHash: second.styleHash, gzip: second.gzip }));
  return { ...facts, document: gzipSync(html, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await writeScreens()));
