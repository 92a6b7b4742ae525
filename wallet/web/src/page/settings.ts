/** What the service tells the page about its surroundings: `/config.json`, made by `wallet/sites.py`. */

import { malformed } from "../protocol/errors.ts";
import { isObject, parseObject, type JsonObject } from "../protocol/json.ts";
import type { Octets } from "../protocol/octets.ts";

/** The other sites, and what a trial leads to this machine. */
export interface Settings {
  readonly wallet: string; // origin of the site with links
  readonly share: string; // origin of the share page
  readonly check: string; // address of the verifier's check
  readonly origins: Readonly<Record<string, string>>; // exact origin to the one that answers in a trial
  readonly list: string | undefined; // where the sector's list is published
  readonly askers: string | undefined; // where its second list is, of firms whose name was checked
  readonly anchor: JsonObject | undefined; // the public JWK that must have signed both
  readonly demo: boolean;
}

/** Read the settings; refuses `config_invalid`. */
export function readSettings(octets: Octets): Settings {
  const { wallet, share, check, origins, list, askers, anchor, demo } = parseObject(octets);
  const texts = [wallet, share, check].every((each) => typeof each === "string");
  if (!texts || !isObject(origins) || Object.values(origins).some((each) => typeof each !== "string")) {
    throw malformed("config_invalid", "no settings of ours");
  }
  return {
    wallet: String(wallet), share: String(share), check: String(check), origins: origins as Record<string, string>,
    list: typeof list === "string" ? list : undefined, askers: typeof askers === "string" ? askers : undefined, anchor: isObject(anchor) ? anchor : undefined,
    demo: demo === true,
  };
}
