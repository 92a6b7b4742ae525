// Build the three sites' files into dist/, and print what anyone can recompute: size and hash.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { bundleDerive } from "./build_derive.mjs";
import { buildScreens } from "./build_screens.mjs";
import { besides, data } from "./data.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = `${here}dist/`;
const KEEPER = ["/", "/keeper.js", "/scanner.js", "/foreign.js", "/data.json", "/skills.js", "/skills.json", "/page.css", "/screens.html", "/skills.html", "/manifest.webmanifest"]; // and fonts and icons
const DATA = ["texts/page", "types", "skills", "declarations", "icons/page", "transfer_words"];
const GROWTH = ["texts/skills", "growth"]; // with skills.js, once somebody opens the screens of skills
const SHARED = { bundle: true, minify: true, charset: "utf8", legalComments: "none", logLevel: "warning" };
const TARGET = ["chrome120", "firefox121", "safari17"];

const hashOf = (octets, spelling = "base64") => createHash("sha256").update(octets).digest(spelling);

/**
 * Bundle one entry, the same bytes on every machine.
 *
 * What it imports only when somebody needs it lies in files of their own beside it, named after it;
 * the size is that of the entry with what it cannot start without.
 */
export async function bundle(entry, outfile, define = {}, plugin = data) {
  const entryPoints = [fileURLToPath(new URL(entry, import.meta.url))];
  const name = basename(outfile, ".js");
  const names = { outdir: dirname(outfile), entryNames: name, chunkNames: `${name}-[hash]` };
  await build({ ...SHARED, ...names, entryPoints, splitting: true, format: "esm", target: TARGET, plugins: [plugin], define });
  const octets = readFileSync(outfile);
  const whole = [octets, ...startingWith(octets, dirname(outfile))];
  const sum = (sizes) => sizes.reduce((total, size) => total + size, 0);
  const gzip = sum(whole.map((each) => gzipSync(each, { level: 9 }).length));
  return { bytes: sum(whole.map(({ length }) => length)), gzip, sha256: hashOf(octets) };
}

/** The files that a bundle starts with, beside itself. */
function startingWith(octets, folder) {
  return namesIn(octets).map((file) => readFileSync(`${folder}/${file}`));
}

const namesIn = (octets) => [...octets.toString("utf-8").matchAll(/(?:^|[;}])import(?:\{[^}]*\}from)?"\.\/([\w-]+\.js)"/g)].map(([, file]) => file);

/** A page that asks for the files that its script starts with at once, and not after reading it. */
function ahead(html, script) {
  const links = namesIn(readFileSync(out + script)).map((name) => `<link rel="modulepreload" href="/${name}" integrity="sha256-${hashOf(readFileSync(out + name))}">\n`);
  return html.replace("</head>", `${links.join("")}</head>`);
}

/** A style sheet with the fonts that it names beside it. */
async function style(entry, outfile) {
  const loader = { ".woff2": "copy" };
  await build({ ...SHARED, entryPoints: [here + entry], outfile, target: TARGET, loader, assetNames: "fonts/[name]" });
}

/** Everything that the sites serve, and `integrity.json` with the hash of each file. */
async function buildAll() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(`${out}icons`, { recursive: true });
  const screens = await buildScreens();
  writeFileSync(`${out}screens.html`, screens.html);
  const second = await buildScreens("skills");
  if (second.styleHash !== screens.styleHash) throw new Error("two style sheets for one policy");
  writeFileSync(`${out}skills.html`, second.html);
  const { plugin, document } = besides("/data.json", DATA);
  writeFileSync(`${out}data.json`, document);
  const keeper = await bundle("src/page/boot.ts", `${out}keeper.js`, {
    SCREENS: JSON.stringify(hashOf(screens.html, "base64url")), SKILL_SCREENS: JSON.stringify(hashOf(second.html, "base64url")),
  }, plugin);
  const growth = besides("/skills.json", GROWTH);
  writeFileSync(`${out}skills.json`, growth.document);
  const skills = await bundle("src/page/skills/answers.ts", `${out}skills.js`, {}, growth.plugin);
  const scanner = await bundle("src/scanner/scanner.ts", `${out}scanner.js`);
  await bundle("src/foreign/files.ts", `${out}foreign.js`);
  await bundleDerive(`${out}derive.js`);
  writeFileSync(`${out}derive.html`, filled(readFileSync(`${here}src/derive/derive.html`, "utf-8")));
  await style("src/page/page.css", `${out}page.css`);
  for (const name of readdirSync(`${here}static`)) copyFileSync(`${here}static/${name}`, `${out}${/icon/.test(name) ? "icons/" : ""}${name}`);
  for (const page of ["share", "box"]) { // for who has no passport: a deelkaart, and a box
    await bundle(`src/share/${page}.ts`, `${out}${page}.js`);
    await style(`src/share/${page}.css`, `${out}${page}.css`);
    writeFileSync(`${out}${page}.html`, filled(readFileSync(`${here}src/share/${page}.html`, "utf-8")));
  }
  const parts = readdirSync(out).filter((name) => /^keeper-\w+\.js$/.test(name)).sort().map((name) => `/${name}`);
  const assets = ["fonts", "icons"].flatMap((folder) => readdirSync(out + folder).sort().map((name) => `/${folder}/${name}`));
  const before = Object.fromEntries([...KEEPER.slice(1), ...parts, ...assets].map((path) => [path, hashOf(readFileSync(out + path))]));
  const version = hashOf(JSON.stringify(before), "hex");
  writeFileSync(`${out}index.html`, ahead(filled(readFileSync(`${here}src/page/index.html`, "utf-8"), version), "keeper.js"));
  const files = { "/": hashOf(readFileSync(`${out}index.html`)), ...before };
  await bundle("src/worker/worker.ts", `${out}worker.js`, { FILES: JSON.stringify(files), VERSION: JSON.stringify(version) });
  const { scriptHash, styleHash } = screens;
  const hashes = (pattern) => Object.fromEntries(readdirSync(out).filter((name) => pattern.test(name)).sort()
    .map((name) => [`/${name}`, hashOf(readFileSync(out + name))]));
  const [derive, guests] = [hashes(/^derive\.(?:html|js)$/), hashes(/^(?:share|box)[.-]/)];
  writeFileSync(`${out}integrity.json`, JSON.stringify({ version, files, derive, guests, screens: { script: scriptHash, skills: second.scriptHash, style: styleHash } }, null, 1));
  const data = gzipSync(document, { level: 9 }).length;
  return { version, keeper, screens: screens.gzip, skills: [skills.gzip, second.gzip], data, scanner: scanner.gzip, derive: gzipSync(readFileSync(`${out}derive.js`), { level: 9 }).length };
}

/** A page with the version and the hash of each file that it names. */
function filled(html, version = "") {
  return html.replaceAll(/\{([\w.]+)\}/g, (place, name) =>
    (name === "version" ? version : existsSync(out + name) ? hashOf(readFileSync(out + name)) : place));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await buildAll()));
