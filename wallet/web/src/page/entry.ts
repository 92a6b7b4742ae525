/** What opens or makes a vault, without a word on the screen; `opening.ts` draws around it. */

import { unlock, save, type Safe } from "../account/safe.ts";
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
  readonly confirmed: string; // serves for one new passkey
  readonly written: number; // when it was written last, in seconds
  readonly proofs: number;
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
  const confirmed = await service.recover(card);
  const safe = await unlock(wallet.device, "rec", card);
  const { events } = safe.opened;
  const last = events.at(-1);
  return { safe, confirmed, written: last ? momentOf(last) : 0, proofs: heldIn(events).length };
}

/** Give this browser a way in of its own; with `alone` every older device and passkey is shut out. */
export async function settle(wallet: Wallet, recovered: Recovered, alone: boolean, more: { recovered?: boolean } = { recovered: true }): Promise<void> {
  const { safe, confirmed } = recovered;
  const older = await service.passkeys();
  const way = await ownWay(wallet, await service.addPasskey(safe.opened.prfSalt, confirmed));
  let { opened } = safe;
  let log: Log = { ...wallet.firstLog(), events: opened.events };
  const own = await makeSlot(way.kind, way.secret, opened.wid, CHANCE);
  const shut = opened.slots.filter(({ kind }) => kind === "xfer" || (alone && kind !== "rec"));
  [opened, log] = await added(opened, log, own, more);
  for (const { id } of shut) [opened, log] = await removed(opened, log, id);
  const key = await openSlot(own, way.secret, opened.wid);
  const mine = { opened, slotId: own.id, key };
  await wallet.take(await save(wallet.device, mine, log.events, await service.confirm(opened.prfSalt)));
  if (!alone) return;
  for (const { id } of older) await service.removePasskey(String(id), await wallet.confirm());
  for (const { id, this: here } of await service.logins()) if (here !== true) await service.endLogin(String(id));
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
