/**
 * Who signed a status list: its issuer, or a host for issuers that are too small for one of their own.
 *
 * A list that someone else controls is always clean, so a host is believed by the sector's list alone:
 * its key as that list has it, at its own address, in the time that it was a host (decision 0043).
 * A key of the issuer that the list knows counts in its time alone, whatever a document of today says.
 */

import { profileOf, roleOf, timeOf, type SectorList } from "../journeys/listing.ts";
import { documentUrl } from "../protocol/dids.ts";
import { rejected, undetermined, type Refusal } from "../protocol/errors.ts";
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
  const named = keysOf(sector, id, keyId);
  const [first] = named;
  if (!first || fragment === undefined || !uri.startsWith(homeOf(id))) throw mismatch("signed by another");
  const checkAt = (at: number): void => {
    const good = named.filter((each) => isWithin(each, at));
    if (named.some(isCompromised) || good.length !== 1) throw mismatch("no key of the host at that moment");
    if (roleOf(sector, id, SERVICE, at) !== ROLE) throw mismatch("no host of status lists");
  };
  return { id, key: await publicKeyFromJwk(jwkIn(first)), checkAt };
}

/** The issuer of a credential behind a key that its list names and the sector's list knows; undefined where it does not. */
export async function issuerOf(sector: SectorList | undefined, issuer: string, keyId: string | undefined): Promise<ListSigner | undefined> {
  const name = keyId?.startsWith("#") ? issuer + keyId : keyId;
  const named = keysOf(sector, issuer, name);
  const [first] = named;
  if (!first || (name === undefined && named.length > 1)) return undefined;
  const checkAt = (at: number): void => {
    if (named.some(isCompromised) || named.filter((each) => isWithin(each, at)).length !== 1) throw undetermined("status_invalid", "no key of that moment");
  };
  return { id: issuer, key: await publicKeyFromJwk(jwkIn(first)), checkAt };
}

/** What the sector's list says of a party's key of that name, or of all its keys. */
function keysOf(sector: SectorList | undefined, id: string, keyId: string | undefined): JsonObject[] {
  const profile = sector?.entities.map(profileOf).find((each) => each["Identifier"] === id);
  const history = member(profile ?? {}, "Keys");
  return (Array.isArray(history) ? history : []).filter(isObject).filter((each) => keyId === undefined || member(jwkIn(each), "kid") === keyId);
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
