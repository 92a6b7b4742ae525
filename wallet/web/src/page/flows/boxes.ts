/**
 * The worker's boxes: invite somebody, hear what they propose, say yes or no to each, and end it.
 *
 * What each kind asks, shows and takes over is in a file of its own; nothing is taken over without a
 * yes, and what was refused leaves a count (wallet design, section 11; decision 0057).
 */

import * as service from "../../account/service.ts";
import { CHANCE } from "../../keeper/seals.ts";
import { append } from "../../keeper/vault.ts";
import {
  answeredEvent, boxesIn, closeBox, closedEvent, openBox, openedEvent, readBox, type Came, type KeptBox, type NewBox, type Proposal, type Written,
} from "../../mailbox/box.ts";
import type { BoxKind } from "../../mailbox/letters.ts";
import { Refusal, rejected } from "../../protocol/errors.ts";
import type { JsonObject, JsonValue } from "../../protocol/json.ts";
import { h, type Child } from "../dom.ts";
import { actions, button, notice, step, twoWays, words } from "../parts.ts";
import { drawQr } from "../qr.ts";
import type { SkillPage } from "../skills/asking.ts";
import type { Stage } from "../stage.ts";
import { moment, t } from "../texts.ts";
import { textAt } from "../values.ts";
import { adviser } from "./adviser.ts";
import { confirm } from "./confirm.ts";
import { talk } from "./talk.ts";
import { attempt, isUnconfirmed } from "./faults.ts";
import { linkLine } from "./pieces.ts";

const LOOK_AGAIN = 10_000; // milliseconds between two looks at what came
const MOST_TOLD = 10; // boxes that the screens hear of

/** What a proposal would do, in words. */
export interface Shown {
  readonly title: string;
  readonly lines: readonly Child[];
}

/** What one kind of box does, in `flows/<kind>.ts`. */
export interface BoxFlow {
  /** Whether it is for one answer: with the first yes the box ends. */
  readonly once?: boolean;
  /** Let the worker choose on the stage what is asked and shown; undefined: nothing is put up. */
  ask(page: SkillPage, stage: Stage, about: string): Promise<NewBox | undefined>;
  /** A proposal as the worker reads it; refuses `proposal_malformed`. */
  show(page: SkillPage, box: KeptBox, proposal: JsonObject): Promise<Shown>;
  /** What a yes writes, and what stays with the box; `{}` where the worker only read it. */
  take(page: SkillPage, box: KeptBox, proposal: JsonObject): Promise<{ readonly written: readonly Written[]; readonly kept?: JsonObject }>;
  /** What stands under the code of a box, where there is more than the link. */
  under?(page: SkillPage, box: KeptBox): Promise<readonly Child[]>;
}

const FLOWS: Readonly<Partial<Record<BoxKind, BoxFlow>>> = { adviser, confirm, talk };

const came = new Map<string, Came>(); // what waits in each box, as it was when we looked
const strange = new Set<string>(); // what opens, and is no proposal of its kind
const gone = new Set<string>(); // the service has them no more
let looked = 0;
let looking: Promise<void> = Promise.resolve(); // the look that is going on, or the last one
let watching = false;

/** Every box as the screens draw it, newest first. */
export async function listed(page: SkillPage): Promise<JsonObject[]> {
  await refresh(page);
  return boxesIn(page.wallet.log().events).slice(0, MOST_TOLD).map((box) => {
    const said = [...box.answered.values()];
    const { proposals = [], malformed = 0 } = came.get(box.id) ?? {};
    return {
      id: box.id, kind: box.kind, made: iso(box.made), until: iso(box.until), open: isOpen(page, box), waiting: proposals.length, unreadable: malformed,
      yes: said.filter(Boolean).length, no: said.filter((yes) => !yes).length, remarks: box.kept.map((each) => textAt(each, "remark")).filter(Boolean),
      about: box.kind === "adviser" ? box.about : {}, // that of the others holds keys
    };
  });
}

/** What waits for the worker's yes or no. */
export async function noticesOf(page: SkillPage): Promise<JsonObject[]> {
  await refresh(page);
  return boxesIn(page.wallet.log().events).filter((box) => isOpen(page, box) && (came.get(box.id)?.proposals.length ?? 0) > 0).map(({ kind, id }) => ({ kind, id }));
}

/** Put a box up, after a fresh passkey, and show its code. */
export async function invite(page: SkillPage, stage: Stage, { box: kind = null, about = null }: JsonObject): Promise<JsonValue> {
  await page.wallet.ensureOpen(stage);
  const wanted = await flowOf(String(kind)).ask(page, stage, String(about));
  if (!wanted) return { done: false };
  const box = await attempt(stage, "flow.box.making", () => putUp(page, stage, wanted));
  if (!box) return { done: false };
  await showCode(page, stage, kept(page, box));
  return { done: true, id: box };
}

/** Do something with a box that is there: its answers, its code, or its end. */
export async function act(page: SkillPage, stage: Stage, { id = null, act: wanted = null }: JsonObject): Promise<JsonValue> {
  await page.wallet.ensureOpen(stage);
  const box = kept(page, String(id));
  switch (wanted) {
    case "answers": return answer(page, stage, box);
    case "code": await showCode(page, stage, box); return { done: true };
    case "end": return end(page, stage, box);
    default: throw rejected("message_invalid", "act");
  }
}

/** Say yes or no to one proposal after another. */
async function answer(page: SkillPage, stage: Stage, { id, kind }: KeptBox): Promise<JsonValue> {
  const flow = flowOf(kind);
  looked = 0;
  stage.busy(t("flow.box.looking"));
  await refresh(page);
  for (;;) {
    const box = kept(page, id);
    const next = await nextOf(page, flow, box);
    if (!next) break;
    const { proposal, shown } = next;
    const yes = await stage.ask<boolean>((say) => step(shown.title,
      h("div", { class: "sp-card", "data-content": true, id: "proposal" }, ...shown.lines),
      words(t("flow.box.yours"), true),
      twoWays(button(t("flow.box.yes"), () => say(true), "equal", "check"), button(t("flow.box.no"), () => say(false), "equal", "x"))));
    const taken = yes ? await flow.take(page, box, proposal.data) : { written: [] };
    const said = answeredEvent(box, proposal.id, yes, taken.kept);
    if (!(await attempt(stage, "flow.box.keeping", () => write(page, [...taken.written, said]).then(() => true)))) return { done: false };
    forget(box, proposal);
    if (yes && flow.once) {
      await closeBox(service, box).catch(() => undefined); // it ends by itself
      await noteEnd(page, kept(page, id));
      break;
    }
  }
  const { malformed = 0 } = came.get(id) ?? {};
  await stage.ask<void>((ready) => step(t("flow.box.all"), malformed > 0 ? notice("info", t("flow.box.unreadable", { count: malformed })) : null,
    actions(button(t("flow.box.ready"), () => ready(), "primary"))));
  return { done: true };
}

/** The next proposal that can be shown; one that its kind cannot read is counted with those that do not open. */
async function nextOf(page: SkillPage, flow: BoxFlow, box: KeptBox): Promise<{ proposal: Proposal; shown: Shown } | undefined> {
  for (const proposal of came.get(box.id)?.proposals ?? []) {
    try {
      return { proposal, shown: await flow.show(page, box, proposal.data) };
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "proposal_malformed")) throw error;
      strange.add(proposal.id);
      forget(box, proposal, 1);
    }
  }
  return undefined;
}

/** End it now; its letters are gone on both sides. */
async function end(page: SkillPage, stage: Stage, box: KeptBox): Promise<JsonValue> {
  const sure = await stage.ask<boolean>((say) => step(t("flow.box.end"), words(t("flow.box.end_text")),
    twoWays(button(t("flow.box.end_yes"), () => say(true), "negative"), button(t("flow.back"), () => say(false)))));
  if (!sure) return { done: false };
  const ended = await attempt(stage, "flow.box.ending", () => closeBox(service, box).then(() => true));
  if (ended) await noteEnd(page, box);
  return { done: ended === true };
}

/** A box that no vault knows could never be read; so it is taken down at once. */
async function putUp({ wallet }: SkillPage, stage: Stage, wanted: NewBox): Promise<string> {
  try {
    await wallet.confirm();
  } catch (error) {
    throw isUnconfirmed(error) ? rejected("stopped") : error;
  }
  stage.busy(t("flow.box.making"));
  const made = await wallet.awake(() => openBox(service, wanted, { origin: wallet.settings.share, now: wallet.now(), chance: CHANCE }));
  const { type, data } = openedEvent(made);
  try {
    await wallet.note(type, data);
  } catch (error) {
    await closeBox(service, made).catch(() => undefined); // it ends by itself
    throw error;
  }
  return made.id;
}

/** Look what came, and note the end of what is over; what cannot be asked now stays as it was. */
function refresh(page: SkillPage): Promise<void> {
  watch(page);
  if (Date.now() - looked < LOOK_AGAIN) return looking;
  looked = Date.now();
  return (looking = lookInto(page));
}

async function lookInto(page: SkillPage): Promise<void> {
  for (const box of boxesIn(page.wallet.log().events).filter(({ closed }) => !closed)) {
    try {
      if (!isOpen(page, box)) throw rejected("mailbox_gone");
      const { proposals, malformed } = await readBox(service, box);
      const sound = proposals.filter(({ id }) => !strange.has(id));
      came.set(box.id, { proposals: sound, malformed: malformed + proposals.length - sound.length });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "mailbox_gone") await noteEnd(page, box, true).catch(() => undefined); // another time, when the account is open
    }
  }
}

/** While one is open, look now and then, and tell the screens when something came. */
function watch(page: SkillPage): void {
  if (watching) return;
  watching = true;
  setInterval(() => {
    if (page.wallet.state !== "open") came.clear(); // a locked passport leaves nothing behind
    if (page.wallet.state !== "open" || !boxesIn(page.wallet.log().events).some(({ closed }) => !closed)) return;
    const before = counts();
    void refresh(page).then(() => { if (counts() !== before) page.wallet.changed(); }, () => undefined);
  }, LOOK_AGAIN);
}

const counts = (): string => JSON.stringify([...came].map(([id, { proposals, malformed }]) => [id, proposals.length, malformed]));

/** What was proposed and not answered goes with the box. */
async function noteEnd(page: SkillPage, box: KeptBox, quiet = false): Promise<void> {
  came.delete(box.id);
  gone.add(box.id);
  await write(page, [closedEvent(box)], quiet);
}

/** All of it in one write, or nothing. */
async function write({ wallet }: SkillPage, events: readonly Written[], quiet = false): Promise<void> {
  let log = wallet.log();
  for (const { type, data } of events) log = await append(log, type, data);
  await wallet.write(log, quiet);
}

function forget({ id }: KeptBox, { id: name }: Proposal, wrong = 0): void {
  const { proposals = [], malformed = 0 } = came.get(id) ?? {};
  came.set(id, { proposals: proposals.filter((each) => each.id !== name), malformed: malformed + wrong });
}

function kept({ wallet }: SkillPage, id: string): KeptBox {
  const box = boxesIn(wallet.log().events).find((each) => each.id === id);
  if (!box) throw rejected("mailbox_gone");
  return box;
}

function flowOf(kind: string): BoxFlow {
  const flow = FLOWS[kind as BoxKind];
  if (!flow) throw rejected("message_invalid", "box");
  return flow;
}

const isOpen = ({ wallet }: SkillPage, { id, closed, until }: KeptBox): boolean => !closed && !gone.has(id) && wallet.now() < until;

async function showCode(page: SkillPage, stage: Stage, box: KeptBox): Promise<void> {
  const { under } = flowOf(box.kind);
  const more = under ? await under(page, box) : [];
  await stage.ask<void>((answer) => drawCode(answer, box, more));
}

function drawCode(answer: (value: void) => void, { kind, link, until }: KeptBox, more: readonly Child[]): HTMLElement {
  return h("div", { class: "sp-stack sp-center" }, h("h1", {}, t(`flow.${kind}.scan`)), drawQr(link, t("flow.box.code")),
    ...linkLine(link, "box-link"), words(t("flow.box.until", { moment: moment(until) }), true), ...more,
    actions(button(t("flow.box.ready"), () => answer(), "primary")));
}

const iso = (at: number): string => new Date(at * 1000).toISOString();
