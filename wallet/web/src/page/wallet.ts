/** The wallet of this browser: whose it is, whether it is open, and every write of it. */

import { reopen, save, type Safe } from "../account/safe.ts";
import * as service from "../account/service.ts";
import type { TypeEntry } from "../keeper/consent.ts";
import { Device, type Account } from "../keeper/device.ts";
import { CHANCE } from "../keeper/seals.ts";
import type { Opened } from "../keeper/sealed.ts";
import { append, type Log } from "../keeper/vault.ts";
import { Refusal, rejected } from "../protocol/errors.ts";
import { b64url, type Octets } from "../protocol/octets.ts";
import SKILLS from "skillspass:skills";
import TYPES from "skillspass:types";
import { isSafe } from "./notices.ts";
import type { Settings } from "./settings.ts";
import type { Stage } from "./stage.ts";
import { openOnStage } from "./opening.ts";

const IDLE = 15 * 60 * 1000; // milliseconds, as the device and the service have it
const ASLEEP = new Set(["unauthorized"]); // the account was closed; a passkey opens it again

/** What this browser has: nothing yet, a closed vault, or an open one. */
export type State = "new" | "locked" | "open";

/** One browser's wallet. */
export class Wallet {
  readonly settings: Settings;
  readonly device: Device;
  private readonly name: string;
  private readonly told: () => void;
  private account: Account | undefined;
  private safe: Safe | undefined;
  private used = Date.now();
  private last: Promise<unknown> = Promise.resolve(); // writes wait for one another

  private constructor(settings: Settings, device: Device, name: string, told: () => void) {
    this.settings = settings;
    this.device = device;
    this.name = name;
    this.told = told;
  }

  /** The wallet as this browser left it; `told` is called when what the screens show has changed. */
  static async start(settings: Settings, told: () => void): Promise<Wallet> {
    const device = await Device.open();
    const wallet = new Wallet(settings, device, await device.name(), told);
    wallet.account = await device.account();
    const left = await device.unlocked(wallet.now());
    if (!wallet.account || !left) return wallet;
    try {
      const opened = await reopen(device, left.slotId, left.key);
      wallet.safe = { opened, slotId: left.slotId, key: left.key };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await device.lock();
    }
    return wallet;
  }

  get state(): State {
    return this.safe ? "open" : this.account ? "locked" : "new";
  }

  /** Seconds since 1970, by the clock of this browser. */
  now = (): number => Math.floor(Date.now() / 1000);

  /** The account that this browser belongs to, open or not. */
  owner = (): Account | undefined => this.account;

  /** The open vault and the way in that is used; refuses `vault_closed`. */
  vault(): Safe {
    if (!this.safe) throw rejected("vault_closed");
    return this.safe;
  }

  /** The events, and who writes the next one; refuses `vault_closed`. */
  log(): Log {
    return { ...this.firstLog(), events: this.vault().opened.events };
  }

  /** The beginning of a log, for a vault that is being made here. */
  firstLog = (): Log => ({ events: [], device: this.name, now: this.now, chance: CHANCE });

  /** Keep a log with more events than before; another device's write is merged. `quiet`: no passkey is asked for it. */
  write(log: Log, quiet = false): Promise<void> {
    return this.inTurn(async () => {
      const keep = async (): Promise<void> => {
        this.safe = await save(this.device, this.vault(), log.events);
      };
      await (quiet ? keep() : this.awake(keep));
      this.told();
    });
  }

  /** Append one event and keep it. */
  note = async (type: string, data: Parameters<typeof append>[2]): Promise<void> =>
    this.write(await append(this.log(), type, data));

  /**
   * Keep a vault with other ways in, and the events that tell of it, after a fresh passkey.
   *
   * `confirmed` where the person just showed it; it serves for one call. `card` takes the old
   * recovery card's place with it.
   */
  changeSlots(opened: Opened, log: Log, confirmed?: string, card?: Octets): Promise<void> {
    return this.inTurn(async () => {
      const shown = confirmed ?? (await this.confirm());
      this.safe = await save(this.device, { ...this.vault(), opened }, log.events, shown, card);
      this.told();
    });
  }

  /** Ask for the person's finger, face or code, for one call that follows. */
  confirm(): Promise<string> {
    return this.awake(() => service.confirm(this.vault().opened.prfSalt));
  }

  /** See that a vault is open: draws unlocking, or the making of an account; refuses `stopped`. */
  async ensureOpen(stage: Stage): Promise<void> {
    if (this.safe) return this.touch();
    await openOnStage(this, stage);
  }

  /** A vault that was opened or made in this browser. */
  async take(safe: Safe): Promise<void> {
    const { wid, prfSalt } = safe.opened;
    this.account = { wid: b64url(wid), prfSalt };
    this.safe = safe;
    await this.device.belong(this.account);
    await this.device.unlock({ wid: b64url(wid), slotId: safe.slotId, key: safe.key }, this.now());
    this.used = Date.now();
    this.told();
  }

  /** Close it in this browser. */
  async lock(): Promise<void> {
    this.safe = undefined;
    await this.device.lock();
    await service.signOut().catch(() => undefined); // without network it ends by itself
    this.told();
  }

  /** Leave nothing behind in this browser. */
  async forget(): Promise<void> {
    this.safe = undefined;
    this.account = undefined;
    await this.device.wipe();
    this.told();
  }

  /** Somebody is here: stay open for another while. */
  touch(): void {
    if (this.safe && Date.now() - this.used > 30_000) void this.device.unlocked(this.now());
    this.used = Date.now();
  }

  /** Whether two ways open it that do not fail together; true where nothing is open. */
  isSafe = (): boolean => !this.safe || isSafe(this.safe.opened);

  /** Whether it was left alone too long. */
  idle = (): boolean => this.safe !== undefined && Date.now() - this.used >= IDLE;

  /** What the catalogue says of a type, and the names of skills; of a type that it does not know, no more. */
  entryOf = (type: string): TypeEntry => ({ claims: [], smallest: [], ...TYPES[type], skillNames: SKILLS });

  /** Tell the screens that what they show has changed. */
  changed = (): void => this.told();

  private inTurn<T>(action: () => Promise<T>): Promise<T> {
    const next = this.last.then(action, action);
    this.last = next.catch(() => undefined);
    return next;
  }

  /** Do it, and where the service closed the account meanwhile, once more after a passkey. */
  async awake<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Refusal && ASLEEP.has(error.code))) throw error;
      await service.signIn(this.vault().opened.prfSalt);
      return action();
    }
  }
}
