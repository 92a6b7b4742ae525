/**
 * Files of others: what one is, and who says what in it (wallet design, section 6).
 *
 * Nothing here is checked. The same answers as `wallet/holder/foreign.py`, from the same cases.
 */

import { malformed, Refusal } from "../protocol/errors.ts";
import { isObject, member, parseObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { fromB64url, fromUtf8, type Octets } from "../protocol/octets.ts";
import { isPng, MAX_IMAGE_BYTES, textInPng } from "./png.ts";
import { skillsInJson, skillsInTable, type Said } from "./profile.ts";
import { textInSvg } from "./svg.ts";

const MAX_ITEMS = 50_000; // a European credential repeats its organisations
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+(?:~[\w-]*)*(?:\.?[\w.-]*)$/;
const SEALED = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;
const BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/";
const LANGUAGES = ["nl", "en"];

/** What a credential of others is. */
export type ForeignKind = "credential" | "badge" | "edc";

/** A credential as its file says, unchecked. */
export interface Foreign {
  readonly kind: ForeignKind;
  readonly format: string;
  readonly wire: string | JsonObject;
  readonly title: string;
  readonly issuer: string; // its id
  readonly by: string; // its name, or the id
  readonly ending: string; // what its file is called behind the dot
}

/** What a file turned out to be. */
export type Brought = { readonly export: string } | { readonly skills: readonly Said[] } | { readonly foreign: Foreign };

/**
 * Read a file; refuses `file_unknown`, `file_too_many`, `too_large`, `png_malformed`, `svg_malformed`,
 * `badge_missing`, `badge_ambiguous` and what JSON is refused for.
 */
export function readForeign(octets: Octets): Brought {
  if (octets.length > MAX_IMAGE_BYTES) throw malformed("too_large", `${octets.length} octets`);
  if (isPng(octets)) return { foreign: { ...inText(textInPng(octets)), ending: "png" } };
  const text = decoded(octets).replace(/^\uFEFF/, "").trim();
  if (SEALED.test(text)) return { export: text };
  if (text.startsWith("<")) return { foreign: { ...inText(textInSvg(octets)), ending: "svg" } };
  if (!text.startsWith("{")) return COMPACT.test(text) ? { foreign: compact(text) } : { skills: skillsInTable(text) };
  const document = parseObject(text, MAX_IMAGE_BYTES, MAX_ITEMS);
  const skills = isCredential(document) || isObject(member(document, "credential")) ? undefined : skillsInJson(document);
  return skills ? { skills } : { foreign: whole(document) };
}

function inText(octets: Octets): Foreign {
  if (/^\s*\{/.test(String.fromCharCode(...octets.slice(0, 80)))) return whole(parseObject(octets));
  const text = new TextDecoder("windows-1252").decode(octets); // compact text is ASCII, and else refused
  if (COMPACT.test(text)) return compact(text);
  throw malformed("token_malformed", "neither a document nor compact text");
}

/** A compact token: SD-JWT of either kind, or a JWT. */
function compact(text: string): Foreign {
  const [jwt = ""] = text.split("~");
  const [header, payload] = jwt.split(".").slice(0, 2).map((part) => parseObject(fromB64url(part)));
  if (!header || !payload) throw malformed("token_malformed", "no two parts");
  const typ = String(member(header, "typ") ?? "").replace(/^application\//, "");
  const format = text.includes("~") ? (typ === "vc+sd-jwt" && Object.hasOwn(payload, "type") ? typ : "dc+sd-jwt") : "jwt";
  const inner = member(payload, "vc");
  const document = isObject(inner) ? { ...inner, iss: member(payload, "iss") ?? "" } : payload;
  return { ...told(document), format, wire: text, ending: format === "jwt" ? "jwt" : "sd-jwt" };
}

/** A document: with a proof of its own, inside a JAdES envelope, or bare. */
function whole(document: JsonObject): Foreign {
  const payload = member(document, "payload");
  const isSigned = typeof payload === "string" && Array.isArray(member(document, "signatures"));
  const upload = member(document, "credential"); // as Europass hands it to an issuer
  const inner = isSigned ? parseObject(payload, MAX_IMAGE_BYTES, MAX_ITEMS) : isObject(upload) ? upload : document;
  if (!isCredential(inner)) throw malformed("file_unknown", "no credential");
  const format = isSigned ? "jades" : Object.hasOwn(inner, "proof") ? "ldp_vc" : "bare";
  return { ...told(inner), format, wire: document, ending: "json" };
}

const isCredential = (document: JsonObject): boolean =>
  typesOf(document).includes("VerifiableCredential") || typeof member(document, "payload") === "string";

function told(document: JsonObject): Omit<Foreign, "format" | "wire" | "ending"> {
  const types = typesOf(document);
  const contexts = [member(document, "@context") ?? []].flat();
  const isBadge = types.includes("OpenBadgeCredential")
    || (types.includes("AchievementCredential") && contexts.some((each) => String(each).startsWith(BADGE_CONTEXT)));
  const kind = types.includes("EuropeanDigitalCredential") ? "edc" : isBadge ? "badge" : "credential";
  const giver = member(document, "issuer") ?? member(document, "iss") ?? "";
  const issuer = typeof giver === "string" ? giver : textAt(giver, ["id"]);
  const by = textAt(giver, ["name"]) || textAt(giver, ["legalName"]) || textAt(giver, ["prefLabel"]) || issuer;
  const title = textAt(document, ["credentialSubject", "achievement", "name"]) || textAt(document, ["displayParameter", "title"])
    || textAt(document, ["name"]) || types.findLast((type) => type !== "VerifiableCredential") || textAt(document, ["vct"]);
  return { kind, title: title.slice(0, 300), issuer, by: by.slice(0, 300) };
}

function typesOf(document: JsonObject): string[] {
  return [member(document, "type") ?? []].flat().filter((type) => typeof type === "string");
}

/** A text at a path: of a list its first, of texts by language the Dutch or English one, else the first. */
function textAt(value: JsonValue | undefined, path: readonly string[]): string {
  const [found] = [value ?? null].flat();
  if (path.length > 0) return isObject(found) ? textAt(member(found, path[0] ?? ""), path.slice(1)) : "";
  if (isObject(found)) {
    const spoken = LANGUAGES.find((language) => Object.hasOwn(found, language)) ?? Object.keys(found).sort()[0] ?? "";
    return textAt([member(found, spoken) ?? ""].flat()[0], []);
  }
  return typeof found === "string" ? found : "";
}

function decoded(octets: Octets): string {
  try {
    return fromUtf8(octets);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw malformed("file_unknown", "no text");
  }
}
