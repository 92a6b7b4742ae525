/** What the keeper does for each message of the screens; every answer is data to draw. */

import { isReached } from "../account/service.ts";
import { current, mayIssue, roleOf, sectorList, type SectorList } from "../journeys/listing.ts";
import { looksAt, sharesIn, type KeptShare, type Looks } from "../journeys/sharing.ts";
import { linkText } from "../keeper/share_card.ts";
import { rejected } from "../protocol/errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { cardOf, detailOf, nameIn, readAll, titlesOf, type Read } from "./cards.ts";
import type { Checks } from "./checks.ts";
import { entriesAbout, entriesOf, typesIn } from "./entries.ts";
import type { Flow, Flows } from "./flows.ts";
import { foreignCard, foreignDetail, foreignIn } from "./foreign_cards.ts";
import type { Handlers } from "./messages.ts";
import { isSafe, noticesOf } from "./notices.ts";
import { qrOf } from "./qr.ts";
import { reasonFor } from "./reasons.ts";
import { slotsOf } from "./slots.ts";
import { remindersOf, skillHandlers } from "./skills/asking.ts";
import { language, speak, type Language } from "./texts.ts";
import type { Place } from "./place.ts";
import type { Updates } from "./updates.ts";
import type { Wallet } from "./wallet.ts";

const LOOK_AGAIN = 60; // seconds between two looks at who saw a share

/** What the handlers work with. */
export interface Page {
  readonly wallet: Wallet;
  readonly checks: Checks;
  readonly updates: Updates;
  readonly place: Place;
  readonly flows: Flows;
  /** Draw a flow on the stage, and give the screens back after it. */
  readonly run: (flow: Flow, given: JsonValue) => Promise<JsonValue>;
}

/** Everything that the screens may ask. */
export class Bridge {
  private readonly page: Page;
  private sector: SectorList | undefined;
  private readonly looks = new Map<string, Looks>();
  private looked = 0;
  private reminders: readonly JsonObject[] = [];
  private readonly skills: Parameters<typeof skillHandlers>[0];

  constructor(page: Page) {
    this.page = page;
    const role = (issuer: string, type: string, at: number): string | null => roleOf(this.listed(), issuer, type, at);
    this.skills = { wallet: page.wallet, run: page.run, read: () => this.read(), role };
  }

  /** The handlers of the closed list. */
  handlers(): Handlers {
    const { wallet, place, flows, run } = this.page;
    const drawn = (flow: Flow) => ({ link = null, ids = null, id = null }: JsonObject) => run(flow, link ?? ids ?? id);
    return {
      state: async () => this.state(),
      list: () => this.list(),
      card: ({ id }) => this.card(String(id)),
      log: () => this.log(),
      slots: () => slotsOf(wallet),
      qr: async ({ id }) => this.qr(String(id)),
      go: async ({ screen, id }) => done(place.go(String(screen), String(id))),
      settings: async ({ language: wanted }) => this.speak(wanted as Language),
      lock: async () => done(await wallet.lock()),
      receive: drawn(flows.receive), present: drawn(flows.present), share: drawn(flows.share), stop: drawn(flows.stop),
      scan: drawn(flows.scan), remove: drawn(flows.remove), unlock: drawn(flows.unlock), safe: drawn(flows.safe),
      export: drawn(flows.export), import: drawn(flows.import), transfer: drawn(flows.transfer), wipe: drawn(flows.wipe),
      erase: drawn(flows.erase),
      ...skillHandlers(this.skills),
      boxes: async () => (await boxes()).listed(this.skills),
      invite: (fields) => run(async (_, stage) => (await boxes()).invite(this.skills, stage, fields), null),
      box: (fields) => run(async (_, stage) => (await boxes()).act(this.skills, stage, fields), null),
    };
  }

  /** Look again at what the outside says: the sector's list, and how each credential stands. */
  async refresh(): Promise<void> {
    const { wallet, checks } = this.page;
    if (wallet.state !== "open") return;
    const { list, anchor } = wallet.settings;
    this.sector = this.listed() ?? (await sectorList(list, anchor, wallet.now()));
    await checks.refresh(wallet.log(), this.sector);
    await this.lookAtShares();
  }

  private readonly listed = (): SectorList | undefined => current(this.sector, this.page.wallet.now());

  /** Whether a reminder tells the end of a proof better: with its reason and what to do. */
  private isTold({ kind, id = null }: JsonObject): boolean {
    return kind === "ending" && this.reminders.some((one) => one["kind"] === "validity" && one["id"] === id);
  }

  /** A card as the rule of its kind has it: dates alone do not know of a confirmation that was missed. */
  private ruled(card: JsonObject): JsonObject {
    const told = this.reminders.find(({ id = null }) => id === card["id"])?.["card"];
    return isObject(told) && /^(?:valid|ending)$/.test(String(card["standing"])) ? { ...card, ...told } : card;
  }

  /** What ends and what was planned, told when it is worked out; the passport does not wait for it. */
  private async remind(): Promise<void> {
    const found = await this.waiting().catch(() => this.reminders);
    if (JSON.stringify(found) === JSON.stringify(this.reminders)) return;
    this.reminders = found;
    this.page.wallet.changed();
  }

  /** What somebody proposed comes first; without a box nobody is asked. */
  private async waiting(): Promise<JsonObject[]> {
    const reminders = await remindersOf(this.skills);
    const hasBox = this.page.wallet.log().events.some(({ type }) => /^(?:adviser|box)_opened$/.test(type));
    return hasBox ? [...(await (await boxes()).noticesOf(this.skills)), ...reminders] : reminders;
  }

  private state(): JsonObject {
    const { wallet, place, updates } = this.page;
    const open = wallet.state === "open";
    return {
      state: wallet.state, language: language(), safe: open && isSafe(wallet.vault().opened), offline: !navigator.onLine || !isReached(),
      update: updates.found !== undefined, screen: place.screen(),
    };
  }

  private async list(): Promise<JsonObject> {
    const { wallet, updates } = this.page;
    const { opened } = wallet.vault();
    const all = await this.read();
    const cards = [...all.map((read) => this.ruled(cardOf(read, opened.events, wallet.now()))), ...foreignIn(opened.events).map(foreignCard)];
    void this.refresh();
    void this.remind();
    return {
      cards, name: nameIn(all), shares: sharesIn(opened.events).map((share) => this.shareOf(share)),
      notices: [...noticesOf(opened, cards, updates.found !== undefined).filter((one) => !this.isTold(one)), ...this.reminders],
    };
  }

  private async card(id: string): Promise<JsonObject> {
    const { wallet } = this.page;
    const { events } = wallet.vault().opened;
    const foreign = foreignIn(events).find((each) => each.data["id"] === id);
    if (foreign) return foreignDetail(foreign);
    const read = (await this.read()).find(({ held }) => held.id === id);
    if (!read) throw rejected("proof_not_found");
    const detail = this.ruled(detailOf(read, events, wallet.now(), entriesAbout(events, id)));
    const told = detail["standing"] === "revoked" || detail["standing"] === "suspended";
    return told ? { ...detail, reason: (await reasonFor(read.held, wallet.now()))?.[language()] ?? null } : detail;
  }

  private async log(): Promise<JsonObject[]> {
    const { events } = this.page.wallet.log();
    return entriesOf(events, await typesIn(events));
  }

  private read(): Promise<Read[]> {
    const { wallet, checks } = this.page;
    const known = (issuer: string, type: string): boolean => mayIssue(this.listed(), issuer, type, wallet.now());
    return readAll(wallet.vault().opened.events, checks.of, known);
  }

  private shareOf(share: KeptShare): JsonObject {
    const looks = this.looks.get(share.id);
    const views = looks?.views ?? [];
    const ended = share.stopped || looks?.ended === true || share.until <= this.page.wallet.now();
    const titles = (wanted: Language): string[] => share.cards.map((card) => titlesOf(String(card["type"]))[wanted]);
    return {
      id: share.id, made: iso(share.made), until: iso(share.until), views: views.length, max_views: share.maxViews ?? null,
      coded: share.code !== undefined, titles_nl: titles("nl"), titles_en: titles("en"), last: views.at(-1)?.at ?? null,
      names: views.map(({ at, name = null }) => ({ at, name })), open: !ended,
    };
  }

  private qr(id: string): JsonObject {
    const share = sharesIn(this.page.wallet.log().events).find((each) => each.id === id);
    if (!share || share.stopped || share.until <= this.page.wallet.now()) throw rejected("share_gone");
    const link = linkText(share.link);
    const { path, size } = qrOf(link);
    return { svg: path, size, link, until: iso(share.until), views: this.looks.get(id)?.views.length ?? 0 };
  }

  private async speak(wanted: Language): Promise<JsonObject> {
    const { wallet } = this.page;
    speak(wanted);
    await wallet.device.keepLanguage(wanted);
    wallet.changed();
    return { done: true };
  }

  /** Ask who saw each open share; what cannot be asked now stays as it was. */
  private async lookAtShares(): Promise<void> {
    const { wallet } = this.page;
    const at = wallet.now();
    if (at - this.looked < LOOK_AGAIN) return;
    this.looked = at;
    const before = JSON.stringify([...this.looks]);
    for (const share of sharesIn(wallet.log().events).filter(({ stopped, until }) => !stopped && until > at)) {
      const seen = await looksAt(share).catch(() => undefined);
      if (seen) this.looks.set(share.id, seen);
    }
    if (JSON.stringify([...this.looks]) !== before) wallet.changed();
  }
}

/** Boxes for who has no passport: few people have one on an ordinary day. */
const boxes = async () => (await import("./flows/later.ts")).boxes;

const done = (_: unknown): JsonObject => ({ done: true });

const iso = (at: number): string => new Date(at * 1000).toISOString();
