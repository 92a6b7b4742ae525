// The repository's own data as modules, made when the bundle is: so the published hash covers them.
//
//   skillspass:texts/<area>  texts of schemas/messages/wallet_web*.yaml, key -> [nl, en]
//   skillspass:types         the catalogue of credential types, as the page needs it
//   skillspass:skills        skill id -> [nl, en]
//   skillspass:transfer_words  256 pairs of words that two devices show, [nl, en]
//   skillspass:declarations  the closed lists of what an asker declares
//   skillspass:growth        skills, jobs, vacancies, certificates, words and actions, as src/skills reads them
//   skillspass:guiding       skills with their examples, levels and actions, for who advises
//   skillspass:icons         icon name -> its shapes: [tag, attributes][]
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const ROOT = new URL("../../", import.meta.url);
const SOURCES = new URL("src/", import.meta.url);
const PREFIX = "skillspass:";
const LOADING = `${PREFIX}loading`; // its `load()` fills the others, where data travel beside the script
const AREAS = {
  page: ["wallet_web.yaml", "wallet_web_flows.yaml", "wallet_web_moving.yaml", "wallet_web_foreign.yaml", "wallet_web_integrity.yaml"],
  share: ["wallet_web_share.yaml"],
  skills: ["skills_validity.yaml", "skills_matching.yaml"],
  box: [], box_adviser: [], box_confirm: [], box_talk: [], // parts of files, below
};
const BORROWED = { // what the page also says, and other services say in the same words
  page: [
    ["common.yaml", /^common\.(?:level|grade|value)\./], ["wallet_web_skills.yaml", /^web\./], ["wallet_web_adviser.yaml", /^(?:web|flow)\./],
    ["wallet_web_confirm.yaml", /^flow\./],
    ["verifier_requests.yaml", /^declaration\./],
  ],
  skills: [["wallet_web_skills.yaml", /^web\.skills\./]],
  box: [["wallet_web_adviser.yaml", /^box\./], ["wallet_web_share.yaml", /^share\.(?:language|offline|offline_text|retry)$/]],
  box_adviser: [["wallet_web_adviser.yaml", /^adviser\./], ["common.yaml", /^common\.(?:level|grade)\./]],
  box_confirm: [["wallet_web_confirm.yaml", /^confirm\./]],
  box_talk: [["wallet_web_confirm.yaml", /^talk\.|^confirm\.close$/], ["common.yaml", /^common\.(?:level|grade)\./]],
  share: [
    ["common.yaml", /^common\.(?:level|grade|part|language)\b/], ["verifier.yaml", /^verifier\.verdict\./],
    ["verifier_share.yaml", /^verifier\.(?:verdict|proof)\./],
  ],
};

/** The text of a module of data. */
export function moduleOf(name) {
  if (name === LOADING) return "export const load = async () => undefined;"; // here all of it is in the script
  return `export default ${JSON.stringify(valueOf(name))};`;
}

function valueOf(name) {
  const [kind, area] = name.slice(PREFIX.length).split("/");
  const makers = {
    texts: () => textsOf(area), types: typesOf, skills: skillsOf, growth: growthOf, guiding: guidingOf, declarations: declarationsOf, icons: () => iconsOf(area),
    transfer_words: () => read("schemas/words/transfer.yaml"),
  };
  return makers[kind]();
}

/** For esbuild. */
export const data = {
  name: "data",
  setup(build) {
    build.onResolve({ filter: /^skillspass:/ }, ({ path }) => ({ path, namespace: "data" }));
    build.onLoad({ filter: /.*/, namespace: "data" }, ({ path }) => ({ contents: moduleOf(path), loader: "js" }));
  },
};

/**
 * For esbuild, where the data travel beside the script as one JSON document.
 *
 * Each module is empty until `load` of `skillspass:loading` is done: the first screen does without.
 * The script holds the document's hash and takes no other (the modules are made when the bundle is);
 * data are no code, so that what has to be compiled stays small. Returns the plugin and the document.
 */
export function besides(path, names) {
  const values = Object.fromEntries(names.map((name) => [name, valueOf(PREFIX + name)]));
  const document = JSON.stringify(values);
  const empty = JSON.stringify(Object.fromEntries(names.map((name) => [name, Array.isArray(values[name]) ? [] : {}])));
  const hash = createHash("sha256").update(document).digest("base64url");
  const loading = `
    const all = ${empty};
    async function fill() {
      const octets = await (await fetch(${JSON.stringify(path)})).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", octets));
      const hash = btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
      if (hash !== ${JSON.stringify(hash)}) throw new TypeError("other data");
      const found = JSON.parse(new TextDecoder().decode(octets));
      for (const name in all) Object.assign(all[name], found[name]);
    }
    let begun;
    export const load = () => begun ??= fill();
    export default all;`;
  const contentsOf = (name) => {
    if (name === `${PREFIX}all`) return loading;
    if (name === LOADING) return `export { load } from "${PREFIX}all";`;
    return `import all from "${PREFIX}all"; export default all["${name.slice(PREFIX.length)}"];`;
  };
  const plugin = {
    name: "data beside",
    setup(build) {
      build.onResolve({ filter: /^skillspass:/ }, ({ path: name }) => ({ path: name, namespace: "data" }));
      build.onLoad({ filter: /.*/, namespace: "data" }, ({ path: name }) => ({ contents: contentsOf(name), loader: "js" }));
    },
  };
  return { plugin, document };
}

/** For Vite. */
export const viteData = {
  name: "data",
  resolveId: (name) => (name.startsWith(PREFIX) ? `\0${name}` : undefined),
  load: (name) => (name.startsWith(`\0${PREFIX}`) ? moduleOf(name.slice(1)) : undefined),
};

function read(path) {
  try {
    return parse(readFileSync(new URL(path, ROOT), "utf-8"), { maxAliasCount: -1 });
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

/** The texts of an area; for the page also what it can say of an error that its sources name. */
function textsOf(area) {
  const texts = Object.assign({}, ...AREAS[area].map((file) => read(`schemas/messages/${file}`)));
  for (const [file, wanted] of BORROWED[area] ?? []) {
    for (const [key, text] of Object.entries(read(`schemas/messages/${file}`))) if (wanted.test(key)) texts[key] = text;
  }
  if (area === "page") {
    const codes = wordsIn(SOURCES, /"([a-z]+(?:_[a-z]+)*)"/g);
    for (const file of readdirSync(new URL("schemas/messages/", ROOT))) {
      for (const [key, text] of Object.entries(read(`schemas/messages/${file}`))) {
        const own = file === "keeper.yaml" || file === "service.yaml" || codes.has(key.slice("error.".length));
        if (key.startsWith("error.") && own) texts[key] ??= text;
      }
    }
  }
  return Object.fromEntries(Object.entries(texts).map(([key, { nl, en }]) => [key, [nl, en]]));
}

/** What a pattern finds in the sources of a folder. */
function wordsIn(folder, pattern) {
  const files = readdirSync(fileURLToPath(folder), { recursive: true }).filter((name) => /\.(?:ts|svelte)$/.test(name));
  const texts = files.map((name) => readFileSync(new URL(name.replaceAll("\\", "/"), folder), "utf-8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, word]) => word)));
}

/** How strong a proof of a type is whose giver no list names for it, as `gradeOf` of src/skills (decision 0064). */
function looseGradeOf({ evidence_grade: usual, certificate }) {
  return certificate == null && ["colleague", "manager"].includes(usual) ? "colleague" : "self";
}

function typesOf() {
  const { types, common_claims: common } = read("schemas/types/types.yaml");
  const icons = read("schemas/types/icons.yaml");
  const claim = ({ path, label_nl: nl, label_en: en, kind }) => ({ path, nl, en, kind });
  return Object.fromEntries(types.map((each) => [each.type, {
    id: each.id, nl: each.title_nl, en: each.title_en, grade: each.evidence_grade, loose: looseGradeOf(each),
    icon: icons[each.id] ?? "file-check",
    skills: each.skills ?? [], claims: [...common, ...each.claims].map(claim), smallest: smallestOf(each.type),
  }]));
}

/** The paths that the presets together ask of a type. */
function smallestOf(type) {
  const folder = new URL("schemas/queries/", ROOT);
  const files = readdirSync(folder).filter((name) => name.endsWith(".dcql.json"));
  const queries = files.flatMap((name) => read(`schemas/queries/${name}`).credentials);
  const asking = queries.filter(({ format, meta }) => format === "dc+sd-jwt" && meta.vct_values.includes(type));
  return asking.flatMap(({ claims }) => (claims ?? []).map(({ path }) => path));
}

function skillsOf() {
  const { skills } = read("schemas/skills/skills.yaml");
  return Object.fromEntries(skills.map(({ id, label_nl: nl, label_en: en }) => [id, [nl, en]]));
}

/** What recognising, comparing and growing work with. */
function growthOf() {
  const { framework, levels, groups, skills } = read("schemas/skills/skills.yaml");
  const { actions, lighter } = read("schemas/skills/actions.yaml");
  return {
    framework: { framework: { id: framework.id }, levels, groups, skills: skills.map(({ competentnl, esco, ...skill }) =>
      ({ ...skill, esco: esco && { uri: esco.uri, match: esco.match } })) },
    profiles: read("schemas/skills/profiles.yaml").profiles.map(({ esco_occupation: e, competentnl_occupation: c, ...profile }) => profile),
    vacancies: read("schemas/skills/vacancies.yaml").vacancies,
    certificates: read("schemas/skills/certificates.yaml").certificates.map(({ id, label_nl, label_en, step_to, validity }) =>
      ({ id, label_nl, label_en, step_to, validity })),
    types: read("schemas/types/types.yaml").types.map(({ id, type, certificate, evidence_grade, validity, may_issue: may, skills: proves, claims }) =>
      ({ id, type, certificate, evidence_grade, validity, may_issue: may.map(({ role }) => ({ role })), skills: proves,
        claims: claims.map(({ path, kind, required, disclosure }) => ({ path, kind, required, disclosure })) })),
    words: read("schemas/skills/words.yaml"),
    actions, lighter,
  };
}

/** What an adviser proposes from. */
function guidingOf() {
  const { levels, groups, skills } = read("schemas/skills/skills.yaml");
  const named = ({ id, label_nl: nl, label_en: en }) => ({ id, nl, en });
  return {
    levels, groups,
    skills: skills.map((each) => ({ ...named(each), group: each.group, kind: each.kind, example_nl: each.example_nl, example_en: each.example_en })),
    actions: read("schemas/skills/actions.yaml").actions.map((each) => ({ ...named(each), kinds: each.kinds, days: each.days, next_nl: each.next_nl, next_en: each.next_en })),
  };
}

function declarationsOf() {
  const { relations, purposes, legal_bases: legalBases, unchecked_claims: unchecked } = read("schemas/queries/declarations.yaml");
  return { relations, purposes, legalBases, unchecked };
}

/** The icons that an area's sources name in quotes, and those of types (service/icons/LICENSE.txt). */
function iconsOf(area) {
  const folder = new URL("service/icons/", ROOT);
  const words = wordsIn(new URL(`${area}/`, SOURCES), /["']([a-z][a-z0-9-]*)["']/g);
  for (const icon of Object.values(read("schemas/types/icons.yaml"))) words.add(icon);
  const known = readdirSync(folder).map((file) => file.replace(/\.svg$/, "")).filter((name) => words.has(name));
  return Object.fromEntries(known.map((name) => [name, shapesIn(readFileSync(new URL(`${name}.svg`, folder), "utf-8"))]));
}

function shapesIn(svg) {
  const shapes = svg.matchAll(/<(path|circle|rect|line|polyline|polygon|ellipse)\s([^>]*?)\/?>/g);
  return [...shapes].map(([, tag, written]) => [
    tag, Object.fromEntries([...written.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  ]);
}
