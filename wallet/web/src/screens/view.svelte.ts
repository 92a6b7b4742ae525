/** What the screens show now: the keeper's state, the screen, and how the last thing went. */

import { tick } from "svelte";

import type { Answers, Language, News, Passport, State } from "./contract.ts";
import { ask, listen, Refused } from "./keeper.ts";
import { screenFor } from "./routes.ts";
import { known, sentence, type Values } from "./words.ts";

/** How the last thing went; it stays until the next screen. */
export interface Outcome {
  readonly tone: "positive" | "negative" | "info";
  readonly key: string;
}

const NOTHING: Passport = { cards: [], name: "", shares: [], notices: [] };
const STOPPED: Outcome = { tone: "info", key: "stopped" };

class View {
  state = $state.raw<State>();
  passport = $state.raw(NOTHING);
  screen = $state({ name: "", id: "" });
  language = $state<Language>("nl");
  outcome = $state.raw<Outcome>();
  busy = $state("");
  turn = $state(0); // goes up when the keeper's data changed

  readonly name = $derived(this.state ? screenFor(this.screen.name, this.state.state) : "");
  readonly openShares = $derived(this.passport.shares.filter(({ open }) => open));
  readonly now = $derived.by(() => {
    void this.turn;
    return new Date();
  });

  /** Begin: hear the keeper, and show what belongs to the address. */
  async start(): Promise<void> {
    listen((news) => void this.hear(news).catch(() => undefined)); // locked in between: that is news too
    await this.refresh();
    const { name, id = "" } = this.state!.screen;
    this.screen = { name, id };
  }

  /** Fetch everything again. */
  async refresh(): Promise<void> {
    const state = await ask("state");
    this.passport = state.state === "open" ? await ask("list") : NOTHING; // a locked passport leaves nothing behind
    this.language = state.language;
    this.state = state;
    this.turn += 1;
  }

  private async hear(news: News): Promise<void> {
    if (news.event === "changed") return this.refresh();
    if (news.event === "font") {
      document.fonts.add(new FontFace("Next", news.octets, { weight: news.weight, unicodeRange: news.range }));
      return;
    }
    if (news.screen !== this.screen.name || (news.id ?? "") !== this.screen.id) await this.draw(news.screen, news.id ?? "");
  }

  /** Go to a screen; the keeper keeps the address. */
  async go(name: string, id = "", outcome?: Outcome): Promise<void> {
    void ask("go", { screen: name, id }).catch(() => undefined);
    await this.draw(name, id, outcome);
  }

  private async draw(name: string, id: string, outcome?: Outcome): Promise<void> {
    this.screen = { name, id };
    this.outcome = outcome;
    await tick();
    scrollTo(0, 0);
    document.querySelector<HTMLElement>("h1")?.focus();
  }

  /** Let the keeper do something; undefined when it did not, and the outcome says why. */
  async act<Kind extends keyof Answers>(kind: Kind, fields: Record<string, unknown> = {}): Promise<Answers[Kind] | undefined> {
    if (this.busy) return undefined; // a second tap
    this.busy = kind;
    this.outcome = undefined;
    try {
      const answer = await ask(kind, fields);
      const done = !("done" in answer) || answer.done;
      if (known(`done.${kind}`)) this.outcome = done ? { tone: "positive", key: `done.${kind}` } : STOPPED;
      return answer;
    } catch (error) {
      this.outcome = outcomeOf(error);
      return undefined;
    } finally {
      this.busy = "";
    }
  }

  /** Switch at once, and let the keeper remember. */
  speak(language: Language): void {
    this.language = language;
    void ask("settings", { language }).catch(() => undefined);
  }
}

function outcomeOf(error: unknown): Outcome {
  const code = error instanceof Refused ? error.code : "failed";
  if (code === "stopped") return STOPPED;
  return { tone: "negative", key: known(`error.${code}`) ? `error.${code}` : "error.failed" };
}

/** The one view of this document. */
export const view = new View();

/** A sentence in the language of now. */
export function t(key: string, values?: Values): string {
  return sentence(view.language, key, values);
}

/** One of two texts that data bring: `pick(card, "title")` is `title_nl` or `title_en`. */
export function pick<Name extends string, From extends Readonly<Record<`${Name}_nl` | `${Name}_en`, unknown>>>(
  from: From, name: Name,
): From[`${Name}_nl`] {
  return from[`${name}_${view.language}`] as From[`${Name}_nl`];
}

/** Data that one screen needs beside the passport, asked again when something changed. */
export function loaded<Kind extends keyof Answers>(
  kind: Kind, fields: () => Record<string, unknown> = () => ({}),
): { readonly value: Answers[Kind] | undefined; readonly failed: boolean } {
  let value = $state.raw<Answers[Kind]>();
  let failed = $state(false);
  $effect(() => {
    void view.turn;
    let left = false;
    ask(kind, fields()).then(
      (answer) => { if (!left) [value, failed] = [answer, false]; },
      () => { if (!left) failed = true; },
    );
    return () => { left = true; };
  });
  return {
    get value() { return value; },
    get failed() { return failed; },
  };
}
