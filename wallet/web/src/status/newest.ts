/**
 * The newest moment of each status list that this browser met.
 *
 * An older list hides what was withdrawn since, so it is refused. The moments stay in this browser,
 * under a hash of issuer and address: the service sees none of it, and they name nobody.
 */

import { undetermined } from "../protocol/errors.ts";
import { b64url, sha, utf8 } from "../protocol/octets.ts";

/** When the newest list of an address was issued, in seconds, by hash. */
export type Moments = Readonly<Record<string, number>>;

/** What one browser met. */
export class Newest {
  private readonly moments: Record<string, number>;

  constructor(moments: Moments = {}) {
    this.moments = { ...moments };
  }

  /** Take a list whose signature held; refuses `status_rollback` for one that is older than another of its address. */
  async take<List extends { readonly issuedAt: number }>(issuer: string, uri: string, list: List): Promise<List> {
    const name = b64url(await sha(utf8(`${issuer} ${uri}`)));
    checkNewest(list.issuedAt, this.moments[name]);
    this.moments[name] = list.issuedAt;
    return list;
  }

  /** To be kept until the next visit. */
  kept = (): Moments => this.moments;
}

/** Refuses `status_rollback` (undetermined) where a newer list was seen; both in seconds. */
export function checkNewest(issuedAt: number, seen: number | undefined): void {
  if (seen !== undefined && issuedAt < seen) throw undetermined("status_rollback");
}
