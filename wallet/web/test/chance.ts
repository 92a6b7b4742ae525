/** Chance that is the same each time, as `tests/cases/keys.py` draws it. */

import { createHash } from "node:crypto";

import { concat, type Octets } from "../src/protocol/octets.ts";

/** Draws octets: each call the first octets of SHA-512 hashes of seed, call and block. */
export function octetsFor(seed: string): (size: number) => Octets {
  let calls = 0;
  return (size) => {
    const call = calls++;
    const blocks: Uint8Array[] = [];
    for (let block = 0; block * 64 < size; block++) {
      blocks.push(createHash("sha512").update(`${seed}|${call}|${block}`).digest());
    }
    return concat(...blocks).slice(0, size);
  };
}
