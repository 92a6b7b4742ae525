/** The talk card as it stands on paper: two pages, what the worker brings and what both agree (R12). */

import type { KIT } from "./asking.ts";

type Kit = Pick<typeof KIT, "h" | "t" | "drawQr">;

/** Everything on it, in the words of the reader's language. */
export interface Sheet {
  readonly name: string;
  readonly day: string;
  readonly since: string; // the day of the last talk; empty before the first
  readonly strengths: readonly { readonly name: string; readonly how: string; readonly says: string }[];
  readonly wishes: readonly string[];
  readonly agreements: readonly string[];
  readonly code: { readonly link: string; readonly text: string } | null;
  readonly signed: { readonly remark: string; readonly lines: readonly string[] } | null;
}

/** The two pages. */
export function drawPages(sheet: Sheet, kit: Kit): HTMLElement[] {
  return [firstPage(sheet, kit), secondPage(sheet, kit)];
}

function firstPage({ name, day, since, strengths, wishes, code }: Sheet, { h, t, drawQr }: Kit): HTMLElement {
  return h("section", { class: "sp-stack" },
    h("header", { class: "sp-row sp-row--between" },
      h("div", { class: "sp-stack--sm" }, h("h2", {}, t("web.talk.card")), name ? h("p", {}, h("strong", {}, name)) : null,
        h("p", {}, day), since ? h("p", {}, t("web.talk.since", { day: since })) : null),
      code ? h("figure", { class: "sp-talk__code" }, drawQr(code.link, code.text), h("figcaption", { class: "sp-small" }, code.text)) : null),
    h("h3", {}, t("web.talk.strengths")),
    h("table", { class: "sp-table" },
      h("thead", {}, h("tr", {}, ...["can", "how", "says"].map((each) => h("th", { scope: "col" }, t(`web.talk.${each}`))))),
      h("tbody", {}, ...strengths.map((each) => h("tr", {}, h("td", {}, h("strong", {}, each.name)), h("td", {}, each.how), h("td", {}, each.says))))),
    h("h3", {}, t("web.talk.wishes")),
    wishes.length > 0 ? h("ul", { class: "sp-list" }, ...wishes.map((each) => h("li", {}, each))) : lines(h, 3));
}

function secondPage({ name, agreements, signed }: Sheet, { h, t }: Kit): HTMLElement {
  return h("section", { class: "sp-stack sp-talk__next" }, h("h2", {}, t("web.talk.agree")),
    ...agreements.map((said, place) => (signed && !said.trim() ? null : h("div", { class: "sp-talk__box" },
      h("h3", {}, t("web.talk.agreement", { count: place + 1 })), said.trim() ? h("p", {}, said) : lines(h, 2),
      h("p", { class: "sp-small" }, t("web.talk.who"))))),
    h("h3", {}, t("web.talk.remark")), signed ? null : h("p", { class: "sp-small" }, t("web.talk.proposal")),
    signed ? h("p", {}, signed.remark) : lines(h, 3),
    h("h3", {}, t("web.talk.signed")),
    signed ? h("div", { class: "sp-stack--sm", "data-signed": true }, ...signed.lines.map((each) => h("p", {}, each)))
      : h("div", { class: "sp-talk__two" }, lines(h, 1), lines(h, 1)),
    h("p", { class: "sp-small" }, name ? t("web.talk.of", { name }) : t("web.talk.yours")));
}

/** Lines for a pen. */
const lines = (h: Kit["h"], count: number): HTMLElement =>
  h("div", { class: "sp-talk__pen" }, ...Array.from({ length: count }, () => h("hr", { "aria-hidden": "true" })));
