/** Make a deelkaart: choose, see it as the other will, how long, and show its code (wallet design, section 8). */

import { endShare, linesOf, makeShare, showables, type KeptShare, type Showable, type Shown, type Terms } from "../../journeys/sharing.ts";
import { linkText } from "../../keeper/share_card.ts";
import { CHANCE } from "../../keeper/seals.ts";
import type { Log } from "../../keeper/vault.ts";
import { Paths } from "../../protocol/claims.ts";
import { isObject, type JsonObject, type JsonValue } from "../../protocol/json.ts";
import { h } from "../dom.ts";
import { button, form, notice, step, submit, twoWays, words } from "../parts.ts";
import { drawQr } from "../qr.ts";
import type { Stage } from "../stage.ts";
import { day, language, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { attempt, isUnconfirmed, rethrowStop, showFault } from "./faults.ts";
import { choices, lineChoice, lineRow, linkLine, progress, symbolOf, tick, tile, titleOf, toPassport } from "./pieces.ts";

const NAMES = new Set(["given_name", "family_name"]);
const DAYS = [1, 7, 30];
const USUAL_DAYS = "7";
const VIEWS = [1, 3, 10];
const ANY_VIEWS = "0";

/** From chosen cards to a code on the screen; without ids every card can be chosen. */
export async function share(wallet: Wallet, stage: Stage, ids: JsonValue): Promise<JsonValue> {
  const wanted = Array.isArray(ids) ? ids.map(String) : [];
  const all = (await showables(wallet.log(), wallet.entryOf))
    .filter(({ held }) => wanted.length === 0 || wanted.includes(held.id));
  if (all.length === 0) {
    await stage.ask<void>((answer) => step(t("flow.share.empty"), words(t("flow.share.empty_text")), toPassport(answer)));
    return { done: false };
  }
  for (let chosen = before(all, wanted.length > 0); ; ) {
    const picked = chosen;
    chosen = await stage.ask<Chosen>((answer) => drawChoice(answer, all, picked));
    const kept = await preview(wallet, stage, shownOf(all, chosen));
    if (kept === "back") continue;
    if (kept) await stage.ask<void>((answer) => drawMade(answer, kept));
    return kept ? { done: true, id: kept.id } : { done: false };
  }
}

/** Which cards, which lines of each, and whether the name comes along. */
interface Chosen {
  readonly cards: ReadonlySet<string>;
  readonly lines: ReadonlyMap<string, Paths>;
  readonly named: boolean;
}

/** Nothing is chosen beforehand but the cards that the person came with. */
function before(all: readonly Showable[], given: boolean): Chosen {
  return { cards: new Set(given ? all.map(({ held }) => held.id) : []), lines: new Map(), named: false };
}

function shownOf(all: readonly Showable[], { cards, lines, named }: Chosen): Shown[] {
  return all.filter(({ held }) => cards.has(held.id)).map((showable) => {
    const names = named ? showable.option.hidden.filter(isName).map(({ path }) => path) : [];
    return { showable, picked: new Paths([...(lines.get(showable.held.id) ?? []), ...names]) };
  });
}

const isName = ({ path }: { path: readonly unknown[] }): boolean => NAMES.has(String(path[0]));

/** As the other will see it, and for how long; `back` to choose again, undefined where it ended in a fault. */
async function preview(wallet: Wallet, stage: Stage, shown: readonly Shown[]): Promise<KeptShare | "back" | undefined> {
  for (let fault = ""; ; ) {
    const terms = await stage.ask<Terms | "back">((answer) => drawPreview(answer, shown, fault));
    if (terms === "back") return "back";
    stage.busy(t("flow.share.making"));
    try {
      const confirmed = await wallet.confirm();
      const [log, kept] = await makeShare(wallet.settings.share, shown, terms, confirmed, wallet.log());
      return await noted(wallet, stage, log, kept);
    } catch (error) {
      rethrowStop(error);
      if (isUnconfirmed(error)) fault = t("flow.unconfirmed");
      else if (!(await showFault(stage, error))) return undefined;
    }
  }
}

/** A share that the log does not know could never be stopped; so it is stopped at once. */
async function noted(wallet: Wallet, stage: Stage, log: Log, kept: KeptShare): Promise<KeptShare | undefined> {
  const written = await attempt(stage, "flow.share.making", () => wallet.write(log).then(() => true));
  if (written) return kept;
  await endShare(kept, log).catch(() => undefined);
  return undefined;
}

function drawChoice(answer: (chosen: Chosen) => void, all: readonly Showable[], chosen: Chosen): HTMLElement {
  const cards = all.map((showable) => cardChoice(showable, chosen));
  const name = all.some(({ option }) => option.hidden.some(isName))
    ? tick(t("flow.share.name"), t("flow.share.name_help"), chosen.named) : undefined;
  const wrong = h("div", { role: "alert" });
  const handIn = (): void => {
    const picked = cards.filter(({ card }) => card.checked);
    if (picked.length === 0) return wrong.replaceChildren(notice("warning", t("flow.share.none")));
    answer({
      cards: new Set(picked.map(({ id }) => id)), lines: new Map(picked.map(({ id, lines }) => [id, lines()])),
      named: name?.box.checked ?? false,
    });
  };
  for (const { card } of cards) card.addEventListener("change", () => wrong.replaceChildren());
  return h("div", { class: "sp-stack--lg" }, progress(1, 2),
    h("div", { class: "sp-stack" }, h("h1", {}, t("flow.share.title")), words(t("flow.share.text"))),
    form(handIn, ...cards.map(({ box }) => box), name ? h("div", { class: "sp-card" }, name.row) : null, wrong,
      h("div", { class: "sp-actions" }, submit(t("flow.share.look")))));
}

interface CardChoice {
  readonly id: string;
  readonly box: HTMLElement;
  readonly card: HTMLInputElement;
  readonly lines: () => Paths;
}

/** One card with what may be added; a line that is ticked takes its card along. */
function cardChoice({ held, unverified, option }: Showable, chosen: Chosen): CardChoice {
  const { type } = unverified.credential;
  const card = h("input", { type: "checkbox", checked: chosen.cards.has(held.id) });
  const before = chosen.lines.get(held.id) ?? new Paths();
  const lines = option.hidden.filter((line) => !isName(line))
    .map((line) => ({ line, ...lineChoice(line, type, before.has(line.path)) }));
  for (const { box } of lines) box.addEventListener("change", () => box.checked && !card.checked && card.click());
  card.addEventListener("change", () => {
    if (!card.checked) for (const { box } of lines) box.checked = false;
  });
  const always = option.lines.length > 0 ? h("ul", { class: "sp-list" }, ...option.lines.map((line) => lineRow(line, type))) : null;
  const title = h("label", { class: "sp-choice" }, card, tile(symbolOf(type)), h("span", {},
    h("strong", { class: "sp-line" }, titleOf(type)), h("span", { class: "sp-small sp-subtle" }, `${held.giver.name}, ${day(unverified.credential.issuedAt)}`)));
  const box = h("fieldset", { class: "sp-card sp-stack--sm", "data-content": true },
    h("legend", { class: "sp-hidden" }, titleOf(type)), title, always,
    lines.length > 0 ? h("ul", { class: "sp-list" }, ...lines.map(({ row }) => row)) : null);
  return { id: held.id, box, card, lines: () => new Paths(lines.filter((each) => each.box.checked).map(({ line }) => line.path)) };
}

function drawPreview(answer: (terms: Terms | "back") => void, shown: readonly Shown[], fault: string): HTMLElement {
  const named = shown.some((each) => linesOf(each).some(isName));
  const days = choices(t("flow.share.days"), DAYS.map((count) => [String(count), t(count === 1 ? "flow.share.day" : "flow.share.of_days", { count })] as const), USUAL_DAYS);
  const views = choices(t("flow.share.views"), [[ANY_VIEWS, t("flow.share.any_views")] as const,
    ...VIEWS.map((count) => [String(count), t(count === 1 ? "flow.share.once" : "flow.share.of_views", { count })] as const)], ANY_VIEWS);
  const code = tick(t("flow.share.code"), t("flow.share.code_help"));
  const handIn = (): void => answer({
    days: Number(days.value()), maxViews: Number(views.value()) || undefined, code: code.box.checked ? spokenCode() : undefined,
  });
  return h("div", { class: "sp-stack--lg" }, progress(2, 2), h("h1", {}, t("flow.share.preview")),
    fault ? notice("negative", fault, "", true) : null,
    h("figure", { class: "sp-card sp-shown", "data-content": true },
      h("div", { class: "sp-plate sp-shown__cover" }, h("p", { class: "sp-small sp-subtle" }, t(named ? "flow.share.with_name" : "flow.share.without_name")),
        h("h2", {}, t(shown.length === 1 ? "flow.share.card" : "flow.share.cards", { count: shown.length }))),
      ...shown.map(shownCard)),
    form(handIn, days.box, views.box, code.row,
      twoWays(submit(t("flow.share.make")), button(t("flow.back"), () => answer("back")))));
}

function shownCard(shown: Shown): HTMLElement {
  const { unverified: { credential }, held } = shown.showable;
  return h("section", { class: "sp-shown__card" }, h("h3", {}, titleOf(credential.type)),
    h("p", { class: "sp-small sp-subtle" }, held.giver.name),
    h("ul", { class: "sp-list" }, ...linesOf(shown).map((line) => lineRow(line, credential.type))));
}

function drawMade(answer: (value: void) => void, kept: KeptShare): HTMLElement {
  const link = linkText(kept.link);
  const rows = [
    h("li", {}, tile("clock"), h("div", {}, h("strong", { class: "sp-line" }, t("flow.share.until", { day: day(kept.until) })),
      kept.maxViews === undefined ? null : h("span", { class: "sp-subtle" }, t("flow.share.at_most", { count: kept.maxViews })))),
    kept.code === undefined ? null : h("li", {}, tile("message-circle"), h("div", {}, h("strong", { class: "sp-line" }, t("flow.share.say", { code: kept.code })),
      h("span", { class: "sp-subtle" }, t("flow.share.say_help")))),
    ...kept.cards.filter(isObject).map((card) => h("li", {}, tile(symbolOf(String(card["type"]))), h("div", { "data-content": true },
      h("strong", { class: "sp-line" }, titleOf(String(card["type"]))), h("span", { class: "sp-subtle sp-small" }, labelsIn(card))))),
  ];
  return h("div", { class: "sp-stack sp-center" }, h("h1", {}, t("flow.share.scan")), drawQr(link, t("flow.share.qr")),
    ...linkLine(link, "share-link"),
    h("ul", { class: "sp-card sp-list sp-left" }, ...rows), toPassport(answer));
}

function labelsIn(card: JsonObject): string {
  const labels = card[`labels_${language()}`];
  return Array.isArray(labels) ? labels.map(String).join(", ") : "";
}

/** Four digits by chance; a number beyond the last whole ten thousand is drawn again. */
function spokenCode(): string {
  for (;;) {
    const [high = 0, low = 0] = CHANCE.octets(2);
    if (high * 256 + low < 60_000) return String((high * 256 + low) % 10_000).padStart(4, "0");
  }
}
