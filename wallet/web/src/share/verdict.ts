/** The verdict as the verifier worded it, drawn; nothing is judged here (docs/verifier.md). */

import { gauge, h, type Child } from "../page/dom.ts";
import { malformed } from "../protocol/errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { icon, t } from "./words.ts";

const TONES = { passed: "positive", failed: "negative", undetermined: "warning", not_applicable: "quiet" } as const;
const STATUS = { positive: "circle-check", negative: "circle-x", info: "info", warning: "circle-question-mark" } as const;
const STRENGTHS = {
  self: "message-circle", colleague: "users", manager: "hard-hat", assessed: "clipboard-check", accredited: "award",
} as const;
const AT_ONCE = 7; // more rows are folded away

type Tone = keyof typeof STATUS;

/** What `/api/check` answers, as far as it is drawn. */
export interface Answer {
  readonly view: JsonObject;
  readonly askAt: string | undefined; // an https address of the verifier, or of this machine in a trial
}

/** Read the answer of a verifier; refuses `answer_malformed`. */
export function readAnswer(value: JsonValue, verifier: string): Answer {
  const view = isObject(value) ? value["view"] : undefined;
  if (!isObject(value) || !isObject(view) || !isOneOf(view["tone"], STATUS) || rows(view["proofs"]).length === 0) {
    throw malformed("answer_malformed", "no view of a verdict");
  }
  const askAt = text(value["ask_at"]);
  return { view, askAt: URL.canParse(askAt) && new URL(askAt).origin === verifier ? askAt : undefined };
}

/** The whole answer: one sentence, each proof, the way on, and until when it can be seen. */
export function drawAnswer({ view, askAt }: Answer, ends: string): HTMLElement {
  const proofs = rows(view["proofs"]);
  const way = text(view["next"]);
  const onward = askAt && way && h("a", { class: "sp-button sp-button--primary", href: askAt, rel: "noreferrer" },
    icon("smartphone"), t(`verifier.verdict.${way}`));
  const paper = h("button", { class: "sp-button", type: "button", onclick: () => print() }, icon("printer"), t("share.print"));
  return h("div", { class: "sp-stack--lg" },
    drawResult(view),
    ...proofs.map((proof, place) => drawProof(proof, place + 1, proofs.length)),
    h("div", { class: "sp-actions" }, onward || null, paper),
    h("p", { class: "sp-small sp-subtle" },
      `${t("verifier.verdict.checked", { moment: text(view["checked"]) })} ${t("verifier.verdict.not_kept")} ${ends}`));
}

function drawResult(view: JsonObject): HTMLElement {
  const tone = text(view["tone"]) as Tone;
  const mark = tone === "warning" ? "?" : icon({ positive: "check", negative: "x", info: "info" }[tone]);
  return h("section", { class: `sp-result is-${tone}`, "data-tone": tone },
    h("span", { class: "sp-badge", "aria-hidden": "true" }, mark),
    h("div", {}, h("h1", { tabindex: "-1" }, text(view["title"])), h("p", {}, text(view["lead"]))));
}

function drawProof(proof: JsonObject, number: number, count: number): HTMLElement {
  const tone = isOneOf(proof["tone"], STATUS) ? proof["tone"] : "warning";
  const status = count > 1 && h("p", { class: `sp-status is-${tone}` }, icon(STATUS[tone]), text(proof["title"]));
  const address = text(proof["issuer_address"]);
  const skills = rows(proof["skills"]);
  const claims = rows(proof["claims"]);
  const hidden = text(proof["hidden"]);
  return h("article", { class: "sp-grid sp-grid--two" },
    h("div", { class: "sp-stack--sm" },
      h("h2", {}, text(proof["heading"]) || t("verifier.proof.nameless", { number })),
      status || null,
      drawParts(rows(proof["parts"])),
      address ? h("p", { class: "sp-small sp-subtle" }, `${t("verifier.verdict.address")}: `,
        h("strong", { "data-content": true }, address)) : null),
    h("div", { class: "sp-stack--lg" },
      skills.length > 0 ? drawSkills(skills, text(proof["grade"]), tone) : null,
      claims.length > 0 ? drawClaims(claims, skills.length > 0) : null,
      hidden ? h("p", { class: "sp-card sp-card--inset sp-small" }, t(`verifier.verdict.${hidden}`)) : null));
}

function drawParts(parts: readonly JsonObject[]): HTMLElement | null {
  if (parts.length === 0) return null;
  return h("ol", { class: "sp-card sp-list sp-verdict" }, ...parts.map((part) => {
    const outcome = isOneOf(part["outcome"], TONES) ? part["outcome"] : "undetermined";
    const mark = outcome === "undetermined" ? "?" : icon({ passed: "check", failed: "x", not_applicable: "minus" }[outcome]);
    const step = text(part["step"]);
    return h("li", { class: `is-${TONES[outcome]}`, "data-part": text(part["part"]), "data-outcome": outcome },
      h("span", { class: "sp-badge", "aria-hidden": "true" }, mark),
      h("div", {},
        h("p", {}, t(`common.part.${text(part["part"])}`)),
        h("p", { class: "sp-verdict__answer" }, text(part["word"])),
        h("p", { class: "sp-small sp-subtle" }, text(part["reason"])),
        step ? h("p", { class: "sp-small sp-verdict__step" }, icon("arrow-right"), step) : null));
  }));
}

function drawSkills(skills: readonly JsonObject[], grade: string, tone: Tone): HTMLElement {
  const title = t(tone === "positive" || tone === "warning" ? "verifier.verdict.skills" : "verifier.verdict.contents");
  const more = skills.slice(AT_ONCE);
  const aside = [tone === "negative" ? t("verifier.verdict.does_not_count") : "", t("verifier.verdict.not_shared")];
  return h("div", { class: "sp-stack--sm" },
    h("h3", {}, title),
    skillList(skills.slice(0, AT_ONCE), grade),
    more.length > 0 ? h("details", { class: "sp-fold" },
      h("summary", {}, t("verifier.verdict.more", { count: more.length })), skillList(more, grade)) : null,
    h("p", { class: "sp-small sp-subtle" }, aside.join(" ").trim()));
}

function skillList(skills: readonly JsonObject[], usual: string): HTMLElement {
  return h("ul", { class: "sp-card sp-list", "data-content": true }, ...skills.map((skill) => {
    const level = Number(skill["level"]);
    const told = text(skill["grade"]) || usual;
    const known = level >= 1 && level <= 4;
    return h("li", {}, h("div", {},
      h("strong", {}, text(skill["label"])),
      h("div", { class: "sp-row sp-row--between sp-top-1" },
        h("span", { class: "sp-row sp-row--level" }, known ? gauge(level) : null,
          known ? h("span", { class: "sp-small sp-subtle" }, t(`common.level.${level}`)) : null),
        isOneOf(told, STRENGTHS) ? drawStrength(told) : null)));
  }));
}

const drawStrength = (grade: keyof typeof STRENGTHS): HTMLElement =>
  h("span", { class: `sp-grade sp-grade--${grade}` }, icon(STRENGTHS[grade]), t(`common.grade.${grade}`));

function drawClaims(claims: readonly JsonObject[], beside: boolean): HTMLElement {
  const lines = claims.map((claim): Child => h("div", { class: "sp-row--between" },
    h("dt", { class: "sp-subtle" }, text(claim["label"])), h("dd", {}, text(claim["text"]))));
  return h("div", { class: "sp-stack--sm" },
    h("h3", {}, t(beside ? "verifier.verdict.facts" : "verifier.verdict.contents")),
    h("dl", { class: "sp-card sp-list", "data-content": true }, ...lines));
}

const text = (value: JsonValue | undefined): string => (typeof value === "string" ? value : "");

const rows = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function isOneOf<T extends object>(value: JsonValue | undefined, words: T): value is Extract<keyof T, string> {
  return typeof value === "string" && Object.hasOwn(words, value);
}
