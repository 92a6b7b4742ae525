/**
 * QR codes (ISO/IEC 18004) of octets at level M, versions 1 to 10.
 *
 * A code that people scan from a phone or a CV holds at most 213 octets, which is version 10-M
 * (wallet design, section 8); so larger versions are not made at all.
 */

import { malformed } from "../protocol/errors.ts";
import { utf8 } from "../protocol/octets.ts";

/** Dark squares of a code without its quiet zone. */
export interface QrCode {
  readonly size: number; // squares on a side
  readonly path: string; // path data of an SVG, one unit for a square
}

/** Of each version: check octets of a block, and the data octets of its blocks. */
const VERSIONS: readonly (readonly [check: number, blocks: readonly number[]])[] = [
  [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]], [16, [27, 27, 27, 27]], [18, [31, 31, 31, 31]],
  [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]], [26, [43, 43, 43, 43, 44]],
];

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

type Squares = boolean[][]; // by row

/** Make the code of a text; refuses `qr_too_large` above 213 octets of UTF-8. */
export function qrCode(text: string): QrCode {
  const octets = utf8(text);
  const place = VERSIONS.findIndex(([, blocks], index) => octets.length + (index === 9 ? 3 : 2) <= sum(blocks));
  const [check, blocks] = VERSIONS[place] ?? [];
  if (check === undefined || blocks === undefined) throw malformed("qr_too_large", `${octets.length} octets, at most 213`);
  const words = interleaved(dataOf(octets, place, sum(blocks)), blocks, check);
  const { squares, fixed } = frame(place + 1);
  fill(squares, fixed, words);
  const candidates = MASKS.map((mask, number) => masked(squares, fixed, mask, number));
  const best = candidates.reduce((least, each) => (penalty(each) < penalty(least) ? each : least));
  return { size: best.length, path: pathOf(best) };
}

/** Mode, length, text, end, and padding up to what the version holds. */
function dataOf(octets: Uint8Array, place: number, capacity: number): number[] {
  const length = place === 9 ? [octets.length >> 8, octets.length & 0xff] : [octets.length];
  const nibbles = [4, ...[...length, ...octets].flatMap((octet) => [octet >> 4, octet & 15]), 0];
  const words = Array.from({ length: nibbles.length / 2 }, (_, at) => ((nibbles[2 * at] ?? 0) << 4) | (nibbles[2 * at + 1] ?? 0));
  return [...words, ...Array.from({ length: capacity - words.length }, (_, at) => (at % 2 ? 0x11 : 0xec))];
}

/** The blocks with their check octets, column by column. */
function interleaved(data: readonly number[], blocks: readonly number[], check: number): number[] {
  let start = 0;
  const parts = blocks.map((length) => data.slice(start, (start += length)));
  const checks = parts.map((part) => checkOctets(part, check));
  const columns = (rows: number[][]): number[] =>
    Array.from({ length: Math.max(...rows.map((row) => row.length)) }, (_, at) => rows.flatMap((row) => row[at] ?? [])).flat();
  return [...columns(parts), ...columns(checks)];
}

/** Reed-Solomon over GF(256) with the polynomial 0x11d. */
export function checkOctets(data: readonly number[], count: number): number[] {
  let generator = [1];
  for (let power = 0, root = 1; power < count; power++, root = times(root, 2)) {
    generator = [...generator, 0].map((value, at) => value ^ times(generator[at - 1] ?? 0, root));
  }
  const rest = [...data, ...new Array<number>(count).fill(0)];
  for (let at = 0; at < data.length; at++) {
    const lead = rest[at] ?? 0;
    for (const [step, value] of generator.entries()) rest[at + step] = (rest[at + step] ?? 0) ^ times(value, lead);
  }
  return rest.slice(data.length);
}

function times(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product >> 7) * 0x11d;
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/** Finders, timing, alignment and version; `fixed` marks every square that holds no data. */
function frame(version: number): { squares: Squares; fixed: Squares } {
  const size = 17 + 4 * version;
  const squares: Squares = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const fixed: Squares = squares.map((row) => [...row]);
  const put = (x: number, y: number, dark: boolean): void => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    squares[y]![x] = dark;
    fixed[y]![x] = true;
  };
  for (let at = 0; at < size; at++) [[at, 6], [6, at]].forEach(([x = 0, y = 0]) => put(x, y, at % 2 === 0));
  const ring = (x: number, y: number, reach: number, light: readonly number[]): void => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) put(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
    }
  };
  const last = size - 7;
  const places = version === 1 ? [] : version < 7 ? [6, last] : [6, 2 * version + 8, last];
  const finders = ["6,6", `6,${last}`, `${last},6`];
  for (const y of places) for (const x of places) if (!finders.includes(`${x},${y}`)) ring(x, y, 2, [1]);
  for (const [x = 0, y = 0] of [[3, 3], [size - 4, 3], [3, size - 4]]) ring(x, y, 4, [2, 4]);
  for (const [x, y] of formatPlaces(size)) put(x, y, false);
  put(8, size - 8, true);
  if (version >= 7) {
    const bits = withCheck(version, 12, 0x1f25);
    for (let bit = 0; bit < 18; bit++) {
      const [far, near] = [size - 11 + (bit % 3), Math.floor(bit / 3)];
      put(far, near, ((bits >> bit) & 1) === 1);
      put(near, far, ((bits >> bit) & 1) === 1);
    }
  }
  return { squares, fixed };
}

/** Where the fifteen format bits stand, the lowest first: once at the left top, once at the edges. */
function formatPlaces(size: number): [number, number][] {
  const along = [0, 1, 2, 3, 4, 5, 7, 8];
  const first = [...along.map((y): [number, number] => [8, y]), ...[7, 5, 4, 3, 2, 1, 0].map((x): [number, number] => [x, 8])];
  const second = Array.from({ length: 15 }, (_, bit): [number, number] =>
    bit < 8 ? [size - 1 - bit, 8] : [8, size - 15 + bit]);
  return [...first, ...second];
}

/** A number with the remainder of its division behind it. */
function withCheck(number: number, bits: number, divisor: number): number {
  let rest = number << bits;
  for (let bit = 31 - Math.clz32(rest); bit >= bits; bit = 31 - Math.clz32(rest)) rest ^= divisor << (bit - bits);
  return (number << bits) | rest;
}

/** Two columns at a time from the right, up and down. */
function fill(squares: Squares, fixed: Squares, words: readonly number[]): void {
  const size = squares.length;
  let bit = 0;
  for (let right = size - 1, up = true; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
    const pair = right === 6 ? 5 : right;
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [pair, pair - 1]) {
        if (fixed[y]?.[x]) continue;
        squares[y]![x] = (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
        bit++;
      }
    }
  }
}

function masked(squares: Squares, fixed: Squares, mask: (x: number, y: number) => boolean, number: number): Squares {
  const made = squares.map((row, y) => row.map((dark, x) => (fixed[y]?.[x] ? dark : dark !== mask(x, y))));
  const bits = withCheck(number, 10, 0x537) ^ 0x5412; // level M is 00
  for (const [at, [x, y]] of formatPlaces(made.length).entries()) made[y]![x] = ((bits >> at % 15) & 1) === 1;
  return made;
}

/** How hard a code is to read: runs, blocks, look-alikes of a finder, and an uneven share of dark. */
function penalty(squares: Squares): number {
  const size = squares.length;
  const columns = squares.map((_, x) => squares.map((row) => row[x] ?? false));
  let total = 0;
  for (const line of [...squares, ...columns]) {
    const text = line.map(Number).join("");
    for (const run of text.match(/0{5,}|1{5,}/g) ?? []) total += run.length - 2;
    for (let at = 0; at + 11 <= size; at++) {
      if (/^(?:10111010000|00001011101)/.test(text.slice(at, at + 11))) total += 40;
    }
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const here = squares[y]?.[x];
      if (here === squares[y - 1]?.[x] && here === squares[y]?.[x - 1] && here === squares[y - 1]?.[x - 1]) total += 3;
    }
  }
  const share = (100 * squares.flat().filter(Boolean).length) / size ** 2;
  return total + 10 * Math.floor(Math.abs(share - 50) / 5);
}

function pathOf(squares: Squares): string {
  return squares.flatMap((row, y) => [...row.map(Number).join("").matchAll(/1+/g)].map(({ index, 0: run }) =>
    `M${index} ${y}h${run.length}v1h-${run.length}z`)).join("");
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
