/** To the issuer's own page and back, by way of our service, and what comes later (wallet design, section 9). */

import type { Found } from "../../authorizing/offers.ts";
import { beginVisit, endVisit, type Client } from "../../authorizing/visits.ts";
import { askForAll, waitFor, type Arrived } from "../../authorizing/waiting.ts";
import { sectorList, type SectorList } from "../../journeys/listing.ts";
import { servedAt } from "../../journeys/network.ts";
import { giverOf, isListed, previewOf, readOffer, requestCredential, type Deferred, type Preview, type Received } from "../../journeys/receiving.ts";
import { Refusal, rejected } from "../../protocol/errors.ts";
import { h } from "../dom.ts";
import { actions, button, notice, step, words } from "../parts.ts";
import type { Settings } from "../settings.ts";
import type { Stage } from "../stage.ts";
import { language, t } from "../texts.ts";
import type { Wallet } from "../wallet.ts";
import { listedStatus, plate, toPassport } from "./pieces.ts";

const BACK = "callback:";

/** Whether a link is the way back from an issuer's page. */
export const isBack = (link: string): boolean => link.startsWith(BACK);

/** The site of links, by its name: the same in every browser. */
const clientOf = ({ wallet }: Settings): Client => ({ id: wallet, back: `${wallet}/callback` });

/** Read an offer; the relay serves open accounts alone, so it may take a passkey first. */
export async function readAnyOffer(wallet: Wallet, stage: Stage, link: string): Promise<Preview> {
  try {
    return await readOffer(link, wallet.now());
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "unauthorized")) throw error;
    await wallet.ensureOpen(stage);
    return readOffer(link, wallet.now());
  }
}

/** Say that our service could read it, where it could; false where the person then wants it no more. */
export async function agreeToRelay(wallet: Wallet, stage: Stage, found: Found): Promise<boolean> {
  if (found.relayed) await wallet.ensureOpen(stage);
  if (!found.readable) return true;
  return stage.ask<boolean>((answer) => step(t("flow.relay.title"), notice("warning", t("flow.relay.text")), words(t("flow.relay.choice")), actions(
    button(t("flow.relay.yes"), () => answer(true), "equal"), button(t("flow.relay.no"), () => answer(false), "equal"))));
}

/** Send the browser to the issuer's page; this page ends there. */
export async function visit(wallet: Wallet, stage: Stage, preview: Preview, sector: SectorList | undefined): Promise<never> {
  const listed = isListed(preview, sector, wallet.now());
  await stage.ask<void>((answer) => step(t("flow.visit.title"),
    plate(preview.configuration.type, h("p", {}, giverOf(preview, language()).name)),
    listed ? h("p", {}, listedStatus(true)) : notice("warning", t("flow.giver.unknown_title"), t("flow.giver.unknown_text")),
    words(t("flow.visit.text")), actions(button(t("flow.visit.go"), () => answer(), "primary"))));
  stage.busy(t("flow.visit.busy"));
  const address = await beginVisit(preview, preview.configurationId, clientOf(wallet.settings), wallet.now());
  location.assign(servedAt(address));
  throw rejected("stopped"); // whatever is drawn now is left in a moment
}

/** Come back from it: the credential, or that it comes later. */
export async function comeBack(wallet: Wallet, link: string, sector: SectorList | undefined): Promise<{ preview: Preview; found: Received | Deferred }> {
  const { found, configurationId, access } = await endVisit(link.slice(BACK.length), wallet.now());
  const preview = previewOf(found, configurationId);
  return { preview, found: await requestCredential(preview, access, wallet.now(), sector) };
}

/** Remember to ask again, and say so. */
export async function later(wallet: Wallet, stage: Stage, preview: Preview, deferred: Deferred): Promise<void> {
  await wallet.ensureOpen(stage);
  await wallet.write(await waitFor(preview, deferred, wallet.log()));
  await stage.ask<void>((answer) => step(t("flow.later.title"),
    plate(preview.configuration.type, h("p", {}, giverOf(preview, language()).name)), words(t("flow.later.text")), toPassport(answer)));
}

/** What was waited for and is here now; nothing where nobody can be reached. */
export async function arrivals(wallet: Wallet): Promise<Arrived[]> {
  const { list, anchor } = wallet.settings;
  try {
    return await askForAll(wallet.log(), await sectorList(list, anchor, wallet.now()));
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}
