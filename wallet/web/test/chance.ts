/** Chance that is the same each time, as `tests/cases/keys.py` draws it. */

import { createECDH, createHash } from "node:crypto";

import { ECDH, type Chance } from "../src/keeper/seals.ts";
import { b64url, bigEndian, concat, number, type Octets } from "../src/protocol/octets.ts";

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

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The chance of the keeper, the same each time: keys come from 40 octets, as Python draws them. */
export function chanceFor(seed: string): Chance {
  const octets = octetsFor(seed);
  return {
    octets,
    agreementKey: async () => {
      const scalar = (number(octets(40)) % (ORDER - 1n)) + 1n;
      const curve = createECDH("prime256v1");
      curve.setPrivateKey(Buffer.from(bigEndian(scalar, 32)));
      const point = curve.getPublicKey();
      const [x, y] = [point.subarray(1, 33), point.subarray(33)];
      const jwk = { kty: "EC", crv: "P-256", x: b64url(x), y: b64url(y) };
      const d = b64url(bigEndian(scalar, 32));
      return {
        publicKey: await crypto.subtle.importKey("jwk", jwk, ECDH, true, []),
        privateKey: await crypto.subtle.importKey("jwk", { ...jwk, d }, ECDH, true, ["deriveBits"]),
      };
    },
  };
}
