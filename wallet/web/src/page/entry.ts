/** What opens or makes a vault, without a word on the screen; `opening.ts` draws around it. */

import { reopen, save, unlock, type Safe } from "../account/safe.ts";
import * as service from "../account/service.ts";
import { usePasskey } from "../keeper/passkeys.ts";
import { beginVault, readHeader, withoutSlot, withSlot, type Opened } from "../keeper/sealed.ts";
import { CHANCE } from "../keeper/seals.ts";
import { makeSlot, openSlot, type Slot, type SlotKind, type SlotSecret } from "../keeper/slots.ts";
import { append, heldIn, type Log } from "../keeper/vault.ts";
import { momentOf } from "../keeper/events.ts";
import { Refusal, rejected } from "../protocol/errors.ts";
import { b64url, type Octets } from "../protocol/octets.ts";
import { language } from "./texts.ts";
import type { Wallet } from "./wallet.ts";

/** An account that was made, whose vault is not written yet. */
export interface Begun {
  readonly opened: Opened;
  readonly kind: "prf" | "dev";
  readonly secret: SlotSecret;
}

/** A vault that a recovery card opened: it is this browser's once it has a way in of its own. */
export interface Recovered {
  readonly safe: Safe;
  readonly confirm: () => Promise<string>; // for one new passkey; asked when it is made, since it serves for minutes only
  readonly written: number; // when it was written last, in seconds
  readonly proofs: number;
  made?: Made; // kept between two tries
}

/** What this browser got of its own, while it is not written yet. */
interface Made {
  readonly slot: Slot;
  readonly key: CryptoKey;
  readonly older: readonly string[]; // passkeys that were there before
  confirmed?: string | undefined; // serves for the write of the slot
}

/** Make an account with a first passkey; without PRF the browser's own key opens the vault. */
export async function beginAccount(wallet: Wallet): Promise<Begun> {
  const opened = beginVault(CHANCE);
  return { opened, ...(await ownWay(wallet, await service.createAccount(opened.prfSalt))) };
}

/** Write the first version; `card` is the secret of the recovery card, where it was made already. */
export async function finishAccount(wallet: Wallet, begun: Begun, card?: Octets): Promise<void> {
  let { opened } = begun;
  let log = wallet.firstLog();
  log = await append(log, "settings", { language: language() });
  const own = await makeSlot(begun.kind, begun.secret, opened.wid, CHANCE);
  [opened, log] = await added(opened, log, own);
  if (card) [opened, log] = await added(opened, log, await makeSlot("rec", card, opened.wid, CHANCE));
  const key = await openSlot(own, begun.secret, opened.wid);
  await wallet.take(await save(wallet.device, { opened, slotId: own.id, key }, log.events));
  if (card) await service.setRecovery(card, await wallet.confirm());
}

/** Open the vault with a passkey, or with the browser's own key; without network what it saw last. */
export async function openHere(wallet: Wallet): Promise<void> {
  const owner = wallet.owner();
  const salt = owner?.prfSalt ?? CHANCE.octets(32);
  let prf: Octets | undefined;
  try {
    prf = await service.signIn(salt);
  } catch (error) {
    if (!(owner && error instanceof Refusal && error.code === "service_unreachable")) throw error;
    prf = await withoutNetwork(salt);
  }
  const stored = owner ? undefined : await service.readVault();
  if (!owner && !stored) return finishAccount(wallet, await beginAgain(wallet)); // made, but never written
  if (stored) prf = await service.signIn(readHeader(stored.data).prfSalt); // only now its salt is known
  await wallet.take(await opening(wallet, prf));
}

/** Find and open the vault of a recovery card; refuses `recovery_unknown`. */
export async function recoverWith(wallet: Wallet, card: Octets): Promise<Recovered> {
  let first: string | undefined = await service.recover(card);
  const safe = await unlock(wallet.device, "rec", card);
  const confirm = async (): Promise<string> => {
    const confirmed = first ?? await service.recover(card); // it served, or was too late: the card is shown again
    first = undefined;
    return confirmed;
  };
  const { events } = safe.opened;
  const last = events.at(-1);
  return { safe, confirm, written: last ? momentOf(last) : 0, proofs: heldIn(events).length };
}

/**
 * Give this browser a way in of its own; with `alone` every older device and passkey is shut out.
 *
 * Where a call fails it can be called again: the passkey that was made stays the same, and what was
 * written meanwhile is read first.
 */
export async function settle(wallet: Wallet, recovered: Recovered, alone: boolean, more: { recovered?: boolean } = { recovered: true }): Promise<void> {
  const { safe } = recovered;
  const made = recovered.made ??= await makeWay(wallet, recovered);
  const before = await reopen(wallet.device, safe.slotId, safe.key);
  let opened = before;
  let log: Log = { ...wallet.firstLog(), events: opened.events };
  const { slot } = made;
  if (!opened.slots.some(({ id }) => id === slot.id)) [opened, log] = await added(opened, log, slot, more);
  const shut = opened.slots.filter(({ id, kind }) => kind === "xfer" || (alone && kind !== "rec" && id !== slot.id));
  for (const { id } of shut) [opened, log] = await removed(opened, log, id);
  let mine: Safe = { opened, slotId: slot.id, key: made.key };
  if (opened !== before) { // else an earlier try wrote it
    const confirmed = made.confirmed ?? await service.confirm(opened.prfSalt);
    made.confirmed = undefined; // it serves once
    mine = await save(wallet.device, mine, log.events, confirmed);
  }
  if (alone && made.older.length > 0) await service.removePasskeys(made.older, await service.confirm(opened.prfSalt));
  await wallet.take(mine);
}

/** A passkey of this browser's own, and the slot that belongs to it. */
async function makeWay(wallet: Wallet, { safe, confirm }: Recovered): Promise<Made> {
  const { prfSalt, wid } = safe.opened;
  const all = (await service.passkeys()).map(({ id }) => String(id));
  const { prf, confirmed, id } = await addOrUse(prfSalt, confirm);
  const older = all.filter((each) => each !== id);
  const { kind, secret } = await ownWay(wallet, prf);
  const slot = await makeSlot(kind, secret, wid, CHANCE);
  return { slot, key: await openSlot(slot, secret, wid), older, confirmed };
}

/** A new passkey; where this device has one of the account already, such as after an answer that got lost, that one. */
async function addOrUse(prfSalt: Octets, confirm: () => Promise<string>): Promise<{ prf: Octets | undefined; confirmed?: string; id?: string }> {
  try {
    return await service.addPasskey(prfSalt, await confirm());
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "InvalidStateError")) throw error;
    return service.signInAs(prfSalt);
  }
}

/** A vault with one more way in, and the event that tells of it. */
export async function added(opened: Opened, log: Log, slot: Slot, more: { recovered?: boolean } = {}): Promise<[Opened, Log]> {
  const data = { slot: slot.id, kind: slot.kind, ...more };
  return [withSlot(opened, slot), await append(log, "slot_added", data)];
}

/** A vault with one way in less, and the event that tells of it. */
export async function removed(opened: Opened, log: Log, id: string): Promise<[Opened, Log]> {
  const kind = opened.slots.find((slot) => slot.id === id)?.kind ?? "";
  return [withoutSlot(opened, id), await append(log, "slot_removed", { slot: id, kind })];
}

async function ownWay(wallet: Wallet, prf: Octets | undefined): Promise<{ kind: "prf" | "dev"; secret: SlotSecret }> {
  return prf ? { kind: "prf", secret: prf } : { kind: "dev", secret: await wallet.device.key() };
}

async function beginAgain(wallet: Wallet): Promise<Begun> {
  const opened = beginVault(CHANCE);
  return { opened, ...(await ownWay(wallet, await service.signIn(opened.prfSalt))) };
}

/** The first of the two ways of this browser that opens; refuses `vault_slot_invalid`. */
async function opening(wallet: Wallet, prf: Octets | undefined): Promise<Safe> {
  const ways: [SlotKind, SlotSecret][] = prf ? [["prf", prf]] : [];
  ways.push(["dev", await wallet.device.key()]);
  for (const [kind, secret] of ways) {
    try {
      return await unlock(wallet.device, kind, secret);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "vault_slot_invalid")) throw error;
    }
  }
  throw rejected("vault_slot_invalid", "no way of this browser opens it");
}

/** The passkey's secret where the service cannot be asked: the vault itself says whether it is right. */
async function withoutNetwork(salt: Octets): Promise<Octets | undefined> {
  const options = { challenge: b64url(CHANCE.octets(32)), rpId: location.hostname, userVerification: "required" };
  return (await usePasskey(options, salt)).prf;
}
