/** An open vault with its service behind it: read, never older; written, never over another's write. */

import type { Device } from "../keeper/device.ts";
import { merge, type Event } from "../keeper/events.ts";
import { checkSeen, checkSlots, openVault, openWith, readHeader, seal, type Opened } from "../keeper/sealed.ts";
import { CHANCE } from "../keeper/seals.ts";
import { openSlot, type SlotKind, type SlotSecret } from "../keeper/slots.ts";
import { Refusal, rejected } from "../protocol/errors.ts";
import { b64url, type Octets } from "../protocol/octets.ts";
import { readVault, writeVault, type StoredVault } from "./service.ts";

const TRIES = 3; // then the worker is told

/** A vault that is open in this browser. */
export interface Safe {
  readonly opened: Opened;
  readonly slotId: string;
  readonly key: CryptoKey; // the private half of that slot
}

/** Read the newest version and open it; refuses `vault_rollback`, `vault_slot_invalid`, `not_found`. */
export async function unlock(device: Device, kind: SlotKind, secret: SlotSecret): Promise<Safe> {
  const data = await newest(device);
  const opened = await openVault(data, kind, secret);
  for (const slot of opened.slots.filter((each) => each.kind === kind)) {
    try {
      return { opened, slotId: slot.id, key: await openSlot(slot, secret, opened.wid) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  throw rejected("vault_slot_invalid", "no slot opens with this secret");
}

/**
 * Write events; where another device wrote first, both logs are merged and nothing is lost.
 *
 * Where the slots of `safe.opened` were changed, `confirmed` shows a fresh passkey; such a write is
 * not merged but refused with `vault_conflict`, so that the change is made on what is there then.
 * `card` is the secret of a recovery card that takes the old one's place with it.
 */
export async function save(
  device: Device, safe: Safe, events: readonly Event[], confirmed?: string, card?: Octets,
): Promise<Safe> {
  let { opened } = safe;
  let log = events;
  for (let tried = 1; ; tried++) {
    const [data, after] = await seal(opened, log, CHANCE);
    try {
      await writeVault(data, opened.version, confirmed, card);
      await device.remember(await checkSeen(undefined, data), data);
      return { ...safe, opened: after };
    } catch (error) {
      const conflict = error instanceof Refusal && error.code === "vault_conflict";
      if (!conflict || tried === TRIES || confirmed !== undefined) throw error;
    }
    const stored = await reopen(device, safe.slotId, safe.key);
    checkSlots(stored.slots, stored.listed);
    opened = stored;
    log = await merge(stored.events, log);
  }
}

/** Read the newest version with a key that is open already; refuses what `unlock` refuses. */
export async function reopen(device: Device, slotId: string, key: CryptoKey): Promise<Opened> {
  const header = readHeader(await newest(device));
  const slot = header.slots.find(({ id }) => id === slotId);
  if (!slot) throw rejected("vault_slot_invalid", "this way to open it was taken away");
  return openWith(header, slot, key);
}

/** What the service has, if it is not older than what this browser saw; without network, what it saw. */
async function newest(device: Device): Promise<Octets> {
  let stored: StoredVault | undefined;
  try {
    stored = await readVault();
  } catch (error) {
    const kept = error instanceof Refusal && error.code === "service_unreachable" ? await device.vault() : undefined;
    if (!kept) throw error;
    return kept;
  }
  if (!stored) throw rejected("not_found", "no vault yet");
  const wid = b64url(readHeader(stored.data).wid);
  await device.remember(await checkSeen(await device.seen(wid), stored.data), stored.data);
  return stored.data;
}
