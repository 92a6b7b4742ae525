/**
 * A credential baked into an SVG (Open Badges 3.0, section 5.3): as `credentials/badge_images.py` reads it.
 *
 * A walk over tags, within limits; nothing is drawn, and a document type is refused, so that no
 * entity can swell. The browser's own parser would need an exception of Trusted Types.
 */

import { malformed, Refusal } from "../protocol/errors.ts";
import { fromUtf8, utf8, type Octets } from "../protocol/octets.ts";
import { MAX_IMAGE_BYTES } from "./png.ts";

const MAX_ELEMENTS = 20_000;
const MAX_NESTING = 100;
const SVG = "http://www.w3.org/2000/svg";
const BADGES = "https://purl.imsglobal.org/ob/v3p0";
const NAME = "[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?";
const ATTRIBUTE = `\\s+(${NAME})\\s*=\\s*("[^"<]*"|'[^'<]*')`;
const TOKEN = new RegExp(
  `<!--(?:(?!--)[^])*?-->|<!\\[CDATA\\[([^]*?)\\]\\]>|<\\?(?!xml\\s)[A-Za-z][^]*?\\?>|</(${NAME})\\s*>|<(${NAME})((?:${ATTRIBUTE})*)\\s*(/?)>|([^<]+)`, "y");
const DECLARATION = /^\uFEFF?<\?xml\s[^<>]*\?>/;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** One credential element. */
interface Found {
  readonly verify: string | undefined;
  text: string;
}

/** An element that is open: its name as written, and what prefixes mean inside it. */
interface Open {
  readonly written: string;
  readonly isCredential: boolean;
  readonly prefixes: Readonly<Record<string, string>>;
}

/** The text of the one credential; refuses `svg_malformed`, `too_large`, `badge_missing`, `badge_ambiguous`. */
export function textInSvg(image: Octets): Octets {
  const found = walk(image);
  if (found.length > 1) throw malformed("badge_ambiguous", `${found.length} credentials`);
  const [one] = found;
  if (!one) throw malformed("badge_missing", "no element of that name");
  const body = one.text.trim();
  if (one.verify !== undefined && body) throw malformed("badge_ambiguous", "a token and a document in one element");
  return utf8(one.verify ?? body);
}

function walk(image: Octets): Found[] {
  if (image.length > MAX_IMAGE_BYTES) throw malformed("too_large", `${image.length} octets`);
  const text = decoded(image);
  const open: Open[] = [];
  const found: Found[] = [];
  let [count, ended] = [0, false];
  TOKEN.lastIndex = DECLARATION.exec(text)?.[0].length ?? 0;
  while (TOKEN.lastIndex < text.length) {
    const [whole, cdata, closing, opening, attributes = "", , , empty, plain] = TOKEN.exec(text) ?? [];
    if (whole === undefined) throw wrong("no well-formed markup");
    const said = cdata ?? (plain === undefined ? undefined : resolved(plain));
    if (said !== undefined) {
      if (open.length === 0 && (cdata !== undefined || said.trim())) throw wrong("a text outside");
      const last = found.at(-1);
      if (open.at(-1)?.isCredential && last) last.text += said;
    } else if (closing !== undefined) {
      if (open.pop()?.written !== closing) throw wrong("a tag that closes another");
      ended = open.length === 0;
    } else if (opening !== undefined) {
      if (ended) throw wrong("two roots");
      if (++count > MAX_ELEMENTS || open.length === MAX_NESTING) throw malformed("too_large", "elements or levels");
      enter(opening, attributesIn(attributes), open, found);
      if (empty === "/") ended = open.pop() !== undefined && open.length === 0;
    }
  }
  if (!ended) throw wrong("no end");
  return found;
}

function enter(written: string, attributes: Readonly<Record<string, string>>, open: Open[], found: Found[]): void {
  const around = open.at(-1);
  if (around?.isCredential) throw wrong("an element inside the credential");
  const prefixes: Record<string, string> = { ...around?.prefixes };
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "xmlns" || name.startsWith("xmlns:")) prefixes[name.slice(6)] = value;
  }
  const [prefix, local] = written.includes(":") ? written.split(":") : ["", written];
  const namespace = prefixes[prefix ?? ""];
  if (prefix && namespace === undefined) throw wrong("a prefix without meaning");
  if (!around && (namespace !== SVG || local !== "svg")) throw wrong("no SVG");
  const isCredential = namespace === BADGES && local === "credential";
  if (isCredential) {
    if (open.length !== 1) throw wrong("a credential further down");
    found.push({ verify: attributes["verify"], text: "" });
  }
  open.push({ written, isCredential, prefixes });
}

function attributesIn(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(new RegExp(ATTRIBUTE, "g"))) {
    if (Object.hasOwn(found, name)) throw wrong("an attribute twice");
    found[name] = resolved(value.slice(1, -1));
  }
  return found;
}

function resolved(text: string): string {
  if (text.includes("]]>")) throw wrong("the end of a section outside one");
  return text.replaceAll(/&([^;]{0,12};)?/g, (_, name: string | undefined) => {
    const [, hex, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/.exec(name ?? "") ?? [];
    const point = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : 0;
    if (point > 0 && point <= 0x10ffff) return String.fromCodePoint(point);
    const meant = ENTITIES[(name ?? "").slice(0, -1)];
    if (meant === undefined) throw wrong("an entity that was not declared");
    return meant;
  });
}

function decoded(image: Octets): string {
  try {
    return fromUtf8(image);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw wrong("not UTF-8");
  }
}

const wrong = (detail: string): Refusal => malformed("svg_malformed", detail);
