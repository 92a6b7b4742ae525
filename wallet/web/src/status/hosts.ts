/**
 * Status lists that a host publishes for issuers that are too small for one of their own.
 *
 * A list that someone else controls is always clean, so a host is believed by the sector's list alone:
 * its key as that list has it, at its own address, in the time that it was a host (decision 0043).
 */

import { profileOf, roleOf, timeOf, type SectorList } from "../journeys/listing.ts";
import { documentUrl } from "../protocol/dids.ts";
import { rejected, type Refusal } from "../protocol/errors.ts";
import { isObject, member, type JsonObject } from "../protocol/json.ts";
import { publicKeyFromJwk, type PublicKey } from "../protocol/keys.ts";

const SERVICE = "https://skillspass.example/trust/services/status-host/1";
const ROLE = "status_host";

/** Who signed a status list, and with which key. */
export interface ListSigner {
  readonly id: string;
  readonly key: PublicKey;
  /** Whether it might speak when the list was made, in seconds; refuses `status_issuer_mismatch`. */
  readonly checkAt: (at: number) => void;
}

/** The host behind a key that a list at `uri` names; refuses `status_issuer_mismatch`, and `did_malformed` for no did:web. */
export async function hostOf(sector: SectorList | undefined, keyId: string, uri: string): Promise<ListSigner> {
  const [id = "", fragment] = keyId.split("#");
  const profile = sector?.entities.map(profileOf).find((each) => each["Identifier"] === id);
  const history = member(profile ?? {}, "Keys");
  const named = (Array.isArray(history) ? history : []).filter(isObject).filter((each) => member(jwkIn(each), "kid") === keyId);
  const [first] = named;
  if (!first || fragment === undefined || !uri.startsWith(homeOf(id))) throw mismatch("signed by another");
  const checkAt = (at: number): void => {
    const good = named.filter((each) => isWithin(each, at));
    if (named.some(isCompromised) || good.length !== 1) throw mismatch("no key of the host at that moment");
    if (roleOf(sector, id, SERVICE, at) !== ROLE) throw mismatch("no host of status lists");
  };
  return { id, key: await publicKeyFromJwk(jwkIn(first)), checkAt };
}

/** The part of the web that a did:web has to itself: a host publishes lists nowhere else. */
const homeOf = (did: string): string => documentUrl(did).replace(/(?:\.well-known\/)?did\.json$/, "");

const mismatch = (detail: string): Refusal => rejected("status_issuer_mismatch", detail);

function jwkIn(listed: JsonObject): JsonObject {
  const jwk = member(listed, "PublicKey");
  return isObject(jwk) ? jwk : {};
}

const isCompromised = (listed: JsonObject): boolean => (member(listed, "Compromised") ?? false) !== false;

const isWithin = (listed: JsonObject, at: number): boolean =>
  timeOf(listed, "ValidFrom") <= at && at < (member(listed, "ValidUntil") == null ? Infinity : timeOf(listed, "ValidUntil"));
