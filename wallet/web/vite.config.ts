/** The worker's screens as one script and one style sheet, with the repository's own texts and drawings. */

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { parse } from "yaml";

const ROOT = new URL("../../", import.meta.url);
const SOURCES = new URL("src/screens/", import.meta.url);
const SKILLS = "skills"; // the second document: recognising, comparing and growing
const SKILL_TEXTS = ["wallet_web_skills.yaml", "wallet_web_adviser.yaml", "wallet_web_confirm.yaml"];
const SHARED_TEXTS = /^common\.(?:level|grade|skip|languages)/;

type Texts = Record<string, { nl: string; en: string }>;

/**
 * `screens:texts` is `{nl, en}`, each key to sentence; `screens:icons` each name to the paths of its drawing.
 *
 * The texts stand in the document beside the script (`texts.json`): data are no code to compile.
 */
const dataOf = (area: string): Plugin => ({
  name: "screens-data",
  resolveId: (name) => (name.startsWith("screens:") ? `\0${name}` : undefined),
  load(name) {
    if (name === "\0screens:texts") return 'export default JSON.parse(document.querySelector("template").content.textContent);';
    if (name === "\0screens:icons") return `export default ${JSON.stringify(drawings(area))};`;
    return undefined;
  },
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "texts.json", source: JSON.stringify(texts(area)) });
  },
});

function texts(area: string): Record<"nl" | "en", Record<string, string>> {
  const read = (file: string): Texts => parse(readFileSync(new URL(`schemas/messages/${file}`, ROOT), "utf-8")) as Texts;
  const shared = Object.entries(read("common.yaml")).filter(([key]) => SHARED_TEXTS.test(key));
  const all = [...shared, ...Object.entries(read("wallet_screens.yaml")), ...(area === SKILLS ? SKILL_TEXTS.flatMap((file) => Object.entries(read(file))).filter(([key]) => key.startsWith("screens.")) : [])];
  const short = (key: string): string => key.replace(/^(?:screens|common)\./, "");
  const of = (language: "nl" | "en") => Object.fromEntries(all.map(([key, text]) => [short(key), text[language]]));
  return { nl: of("nl"), en: of("en") };
}

/** The drawings that the sources name: every shape as a path, so that one component draws them all. */
function drawings(area: string): Record<string, string> {
  const folder = new URL("service/icons/", ROOT);
  const files = readdirSync(fileURLToPath(SOURCES), { recursive: true, encoding: "utf-8" });
  const written = files.filter((name) => /\.(?:ts|svelte)$/.test(name) && (area === SKILLS || !name.startsWith(SKILLS))).map((name) => readFileSync(new URL(name, SOURCES), "utf-8")).join();
  const named = readdirSync(folder).map((file) => file.slice(0, -".svg".length)).filter((name) => written.includes(`"${name}"`));
  return Object.fromEntries(named.map((name) => [name, pathOf(readFileSync(new URL(`${name}.svg`, folder), "utf-8"))]));
}

function pathOf(svg: string): string {
  const shapes = [...svg.matchAll(/<(path|circle|rect|line)\s([^>]*?)\/?>/g)];
  return shapes.map(([, tag, written]) => {
    const has = Object.fromEntries([...written!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value!]));
    const { d, cx, cy, r, x = 0, y = 0, width, height, rx = 0, x1, y1, x2, y2 } = has;
    if (tag === "path") return d!.startsWith("m") ? `M0 0${d}` : d!;
    if (tag === "line") return `M${x1} ${y1}L${x2} ${y2}`;
    if (tag === "circle") return `M${+cx! - +r!} ${cy}a${r} ${r} 0 1 0 ${2 * +r!} 0a${r} ${r} 0 1 0-${2 * +r!} 0`;
    const [across, down] = [+width! - 2 * +rx, +height! - 2 * +rx];
    const corner = (dx: string, dy: string): string => `a${rx} ${rx} 0 0 1 ${dx} ${dy}`;
    return `M${+x + +rx} ${y}h${across}${corner(`${rx}`, `${rx}`)}v${down}${corner(`-${rx}`, `${rx}`)}h-${across}`
      + `${corner(`-${rx}`, `-${rx}`)}v-${down}${corner(`${rx}`, `-${rx}`)}`;
  }).join("");
}

export default defineConfig(({ mode }) => ({
  root: fileURLToPath(SOURCES),
  plugins: [dataOf(mode), svelte({
    compilerOptions: { fragments: "tree", runes: true }, // elements are made, not parsed: no Trusted Types policy is needed
    onwarn: (warning) => { throw new Error(`${warning.filename}: ${warning.message}`); },
  })],
  logLevel: "warn",
  build: {
    write: false,
    target: ["chrome120", "firefox121", "safari17"],
    assetsInlineLimit: 100_000,
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: { checks: { pluginTimings: false }, input: fileURLToPath(new URL(mode === SKILLS ? "skills/main.ts" : "main.ts", SOURCES)), output: { codeSplitting: false } },
  },
}));
