/** Points on P-256, P-384 and edwards25519: decompression and membership, where WebCrypto is silent. */

import { malformed } from "./errors.ts";
import { bigEndian, number, type Octets } from "./octets.ts";

const P25519 = 2n ** 255n - 19n;
const D25519 = mod(-121665n * power(121666n, P25519 - 2n, P25519), P25519);

/** Heights of the points under which one signature fits every message (RFC 8032, 5.1). */
const SMALL_ORDER = new Set([
  0n,
  1n,
  P25519 - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

/** y^2 = x^3 - 3x + b (SP 800-186, 3.2.1). */
const CURVES: Record<"P-256" | "P-384", { readonly p: bigint; readonly b: bigint; readonly size: number }> = {
  "P-256": {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    size: 32,
  },
  "P-384": {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    size: 48,
  },
};

/** Both coordinates of a compressed point; refuses `key_invalid`. */
export function decompress(curve: "P-256" | "P-384", octets: Octets): [x: Octets, y: Octets] {
  const { p, size } = CURVES[curve];
  const sign = octets[0];
  if (octets.length !== size + 1 || (sign !== 2 && sign !== 3)) {
    throw malformed("key_invalid", `${octets.length} octets`);
  }
  const x = octets.slice(1);
  const square = rightHandSide(curve, number(x));
  const root = power(square, (p + 1n) / 4n, p); // both primes are 3 modulo 4
  const y = (root & 1n) === BigInt(sign & 1) ? root : mod(-root, p);
  checkOnCurve(curve, x, bigEndian(y, size));
  return [x, bigEndian(y, size)];
}

/** The point is on the curve; refuses `key_invalid`. */
export function checkOnCurve(curve: "P-256" | "P-384", x: Octets, y: Octets): void {
  const { p } = CURVES[curve];
  const [left, right] = [number(x), number(y)];
  if (left >= p || right >= p || mod(right * right, p) !== rightHandSide(curve, left)) {
    throw malformed("key_invalid", "not on the curve");
  }
}

/** The octets are a point of the group and not of small order (RFC 8032, 5.1.3). */
export function checkEd25519(octets: Octets): void {
  const height = number(octets.toReversed()) & (2n ** 255n - 1n);
  const squared = mod(height * height, P25519);
  const ratio = mod((squared - 1n) * (D25519 * squared + 1n), P25519);
  const exists = power(ratio, (P25519 - 1n) / 2n, P25519) === 1n;
  if (octets.length !== 32 || height >= P25519 || SMALL_ORDER.has(height) || !exists) {
    throw malformed("key_invalid", "not a point of the group");
  }
}

function rightHandSide(curve: "P-256" | "P-384", x: bigint): bigint {
  const { p, b } = CURVES[curve];
  return mod(x * x * x - 3n * x + b, p);
}

function mod(value: bigint, p: bigint): bigint {
  const rest = value % p;
  return rest < 0n ? rest + p : rest;
}

function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  let factor = mod(base, p);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * factor, p);
    factor = mod(factor * factor, p);
  }
  return result;
}
