/** What is held, in whichever form: read and shown alike; what Data Integrity needs is loaded with its first one. */

import { siteOfLinks } from "../journeys/network.ts";
import type { Event } from "../keeper/events.ts";
import type { Wire } from "../keeper/share_card.ts";
import { signerOf } from "../keeper/signing.ts";
import { heldIn, loadSecured, parseHeld, type Held } from "../keeper/vault.ts";
import type { Paths } from "../protocol/claims.ts";
import { present, type Unverified } from "../protocol/credentials.ts";
import { Refusal } from "../protocol/errors.ts";
import type { Binding } from "../protocol/key_binding.ts";

/** A held credential that was read again. */
export interface Readable {
  readonly held: Held;
  readonly unverified: Unverified;
}

/** All that can be shown, oldest first; refuses `derive_unreachable` where a reader could not be loaded. */
export async function readables(events: readonly Event[]): Promise<Readable[]> {
  const found: Readable[] = [];
  for (const held of heldIn(events)) {
    try {
      found.push({ held, unverified: await parseHeld(held) });
    } catch (error) {
      if (!(error instanceof Refusal && error.kind === "unsupported")) throw error;
    }
  }
  return found;
}

/** Show what was chosen of a copy, signed with its own key for one request; the mark of that key with it. */
export async function showCopy(copy: Held, binding: Binding, chosen: Paths, at: number): Promise<[shown: Wire, signer: string]> {
  const signer = await signerOf(copy.key);
  const unverified = await parseHeld(copy);
  if (unverified.format !== "ldp_vc") return [await present(unverified, signer, binding, chosen, at), signer.public.thumbprint];
  const { askFrame, show } = await loadSecured();
  return [await show(copy.wire, signer, binding, [...chosen], at, askFrame(siteOfLinks())), signer.public.thumbprint];
}
