/** The ways in, the passkeys and the browsers of an account: look, and take one away (section 3 and 4). */

import * as service from "../account/service.ts";
import { momentOf } from "../keeper/events.ts";
import { append, findHeld, parseHeld, type Held } from "../keeper/vault.ts";
import { foreignIn } from "./foreign_cards.ts";
import { rejected } from "../protocol/errors.ts";
import type { JsonObject } from "../protocol/json.ts";
import { removed } from "./entry.ts";
import { h } from "./dom.ts";
import { button, notice, step, twoWays, words } from "./parts.ts";
import type { Stage } from "./stage.ts";
import { titlesOf } from "./cards.ts";
import { language, t } from "./texts.ts";
import type { Wallet } from "./wallet.ts";

/** Everything that opens this passport; without network only what the vault itself says. */
export async function slotsOf(wallet: Wallet): Promise<JsonObject> {
  const { opened, slotId } = wallet.vault();
  const added = new Map(opened.events.filter(({ type }) => type === "slot_added").map((event) => [event.data["slot"], event]));
  const slots = opened.slots.map(({ id, kind }): JsonObject => {
    const event = added.get(id);
    return { id, kind, at: event ? new Date(momentOf(event) * 1000).toISOString() : null, this: id === slotId };
  });
  const [keys, logins] = await Promise.all([service.passkeys(), service.logins()]).catch(() => [[], []]);
  const passkeys = keys.map(({ id = "", created = "" }): JsonObject => ({ id, at: created, seen: created, this: keys.length === 1 }));
  return { slots, passkeys, logins };
}

/** Take away a credential, a way in, a passkey or another browser, after a question. */
export async function remove(wallet: Wallet, stage: Stage, id: string): Promise<JsonObject> {
  const { slots, passkeys, logins } = await slotsOf(wallet) as Record<"slots" | "passkeys" | "logins", JsonObject[]>;
  const is = (each: JsonObject): boolean => each["id"] === id;
  if (slots.some(is)) return removeSlot(wallet, stage, id);
  if (passkeys.some(is)) return removePasskey(wallet, stage, id);
  if (logins.some(is)) {
    await service.endLogin(id);
    wallet.changed();
    return { done: true };
  }
  return removeCredential(wallet, stage, id);
}

async function removeSlot(wallet: Wallet, stage: Stage, id: string): Promise<JsonObject> {
  const { opened, slotId } = wallet.vault();
  if (id === slotId) throw rejected("slot_in_use", "the browser that asks");
  const kind = opened.slots.find((slot) => slot.id === id)?.kind ?? "";
  if (!(await asked(stage, `web.remove.slot.${kind === "rec" ? "card" : "device"}`))) return { done: false };
  stage.busy(t("web.remove.busy"));
  await wallet.changeSlots(...(await removed(opened, wallet.log(), id)));
  return { done: true };
}

async function removePasskey(wallet: Wallet, stage: Stage, id: string): Promise<JsonObject> {
  if (!(await asked(stage, "web.remove.passkey"))) return { done: false };
  stage.busy(t("web.remove.busy"));
  await service.removePasskeys([id], await wallet.confirm());
  wallet.changed();
  return { done: true };
}

async function removeCredential(wallet: Wallet, stage: Stage, id: string): Promise<JsonObject> {
  const { events } = wallet.log();
  const foreign = foreignIn(events).find(({ data }) => data["id"] === id);
  if (!(await asked(stage, "web.remove.proof", foreign ? String(foreign.data["title"]) : await titleOf(findHeld(events, id))))) return { done: false };
  stage.busy(t("web.remove.busy"));
  await wallet.write(await append(wallet.log(), "credential_removed", { id }));
  return { done: true };
}

async function titleOf(held: Held): Promise<string> {
  const read = await parseHeld(held).catch(() => undefined);
  return titlesOf(read?.credential.type ?? held.format)[language()];
}

/** Yes and no of the same size. */
function asked(stage: Stage, key: string, name = ""): Promise<boolean> {
  return stage.ask<boolean>((answer) => step(
    t(`${key}.title`), name ? h("p", { "data-content": true }, h("strong", {}, name)) : null, words(t(`${key}.text`)),
    key === "web.remove.slot.card" ? notice("warning", t("web.remove.slot.card.then")) : null,
    twoWays(button(t(`${key}.yes`), () => answer(true), "equal"), button(t("web.remove.no"), () => answer(false), "equal")),
  ));
}
