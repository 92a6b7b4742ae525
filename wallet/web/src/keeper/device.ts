/**
 * What one browser keeps by itself: its key, the versions it has seen, and what is unlocked.
 *
 * All of it lies in IndexedDB. Keys lie there as objects that no script can read, and an unlocked
 * slot is gone after 15 minutes without use, at lock, and at the next start when stale.
 */

import { b64url, type Octets } from "../protocol/octets.ts";
import type { Seen } from "./sealed.ts";
import { CHANCE } from "./seals.ts";
import { newDeviceKey } from "./slots.ts";

const STORE = "things";
const IDLE = 15 * 60; // seconds

/** A slot that is open in this browser. */
export interface Unlocked {
  readonly wid: string;
  readonly slotId: string;
  readonly key: CryptoKey;
}

/** Whose this browser is: what a passkey needs before the service says anything. */
export interface Account {
  readonly wid: string;
  readonly prfSalt: Octets;
}

/** The browser's own store; one for each keeper host. */
export class Device {
  private readonly database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.database = database;
  }

  static open(name = "keeper"): Promise<Device> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return done(request).then((database) => new Device(database));
  }

  /** The random name under which this browser writes events. */
  name(): Promise<string> {
    return this.made("name", async () => b64url(CHANCE.octets(8)));
  }

  /** The key of its own slot, which refuses export. */
  key(): Promise<CryptoKey> {
    return this.made("key", newDeviceKey);
  }

  seen(wid: string): Promise<Seen | undefined> {
    return this.get(`seen ${wid}`);
  }

  /** The highest version that was seen, and its sealed bytes for when there is no network. */
  async remember(seen: Seen, data: Octets): Promise<void> {
    await this.put(`seen ${seen.wid}`, seen);
    await this.put("vault", data);
  }

  vault = (): Promise<Octets | undefined> => this.get("vault");

  account = (): Promise<Account | undefined> => this.get("account");

  belong = (account: Account): Promise<void> => this.put("account", account);

  /** What the last check of each credential said, by its random name. */
  checks = <T>(): Promise<T | undefined> => this.get("checks");

  keepChecks = (found: unknown): Promise<void> => this.put("checks", found);

  /** The highest number of the sector's list that was met: an older one is refused. */
  listed = (): Promise<number | undefined> => this.get("listed");

  keepListed = (sequence: number): Promise<void> => this.put("listed", sequence);

  language = <T extends string>(): Promise<T | undefined> => this.get("language");

  keepLanguage = (language: string): Promise<void> => this.put("language", language);

  /** The version of the page's code that was seen last; undefined at the first time. */
  code = (): Promise<string | undefined> => this.get("code");

  keepCode = (hash: string): Promise<void> => this.put("code", hash);

  /** Keep a slot open; `now` in seconds. */
  unlock(unlocked: Unlocked, now: number): Promise<void> {
    return this.put("unlocked", { ...unlocked, until: now + IDLE });
  }

  /** What is open, and stays so for another while; undefined when it was left alone too long. */
  async unlocked(now: number): Promise<Unlocked | undefined> {
    const found = await this.get<Unlocked & { until: number }>("unlocked");
    if (!found || found.until <= now || found.until > now + IDLE) return void (await this.lock());
    await this.unlock(found, now);
    return { wid: found.wid, slotId: found.slotId, key: found.key };
  }

  lock = (): Promise<void> => this.change((store) => store.delete("unlocked"));

  /** Leave nothing behind. */
  wipe = (): Promise<void> => this.change((store) => store.clear());

  private async made<T>(name: string, make: () => Promise<T>): Promise<T> {
    const found = await this.get<T>(name);
    if (found !== undefined) return found;
    await this.put(name, await make());
    return (await this.get<T>(name)) as T;
  }

  private get<T>(name: string): Promise<T | undefined> {
    return done(this.database.transaction(STORE).objectStore(STORE).get(name) as IDBRequest<T | undefined>);
  }

  private put(name: string, value: unknown): Promise<void> {
    return this.change((store) => store.put(value, name));
  }

  private async change(action: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    await done(action(this.database.transaction(STORE, "readwrite").objectStore(STORE)));
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("no store"));
  });
}
