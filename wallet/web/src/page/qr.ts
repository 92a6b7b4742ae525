/**
 * QR codes (ISO/IEC 18004): bytes, correction level M, versions 1 to 10, as one path to draw.
 *
 * What people scan from a phone is at most 213 octets (wallet design, section 8), so no larger
 * version is made.
 */

import { malformed } from "../protocol/errors.ts";
import { utf8, type Octets } from "../protocol/octets.ts";
import { h, svg } from "./dom.ts";

/** Correction octets of each block, and the data octets of all blocks, by version (table 9, level M). */
const BLOCKS: readonly (readonly [number, readonly number[]])[] = [
  [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]], [16, [27, 27, 27, 27]],
  [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]], [26, [43, 43, 43, 43, 44]],
];
const CENTRES = [[], [18], [22], [26], [30], [34], [22, 38], [24, 42], [26, 46], [28, 50]]; // of alignment, after 6
const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0, (_, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];
const QUIET = 4; // modules of white around it

/** A code as a path in a square of `size` modules, the quiet zone included. */
export interface Qr {
  readonly path: string;
  readonly size: number;
}

type Modules = (boolean | undefined)[][]; // rows; undefined: free for data

/** The code of a text; refuses `qr_too_long`. */
export function qrOf(text: string): Qr {
  const octets = utf8(text);
  const version = BLOCKS.findIndex(([, sizes], at) => total(sizes) * 8 >= 4 + (at < 9 ? 8 : 16) + octets.length * 8) + 1;
  if (version === 0) throw malformed("qr_too_long", `${octets.length} octets`);
  const words = interleaved(octets, version);
  const size = 17 + 4 * version;
  let best: Modules = [];
  let least = Infinity;
  for (const mask of MASKS.keys()) {
    const modules = fixed(version, size);
    fill(modules, words, MASKS[mask] ?? (() => false));
    putFormat(modules, mask);
    const penalty = penaltyOf(modules as boolean[][]);
    if (penalty < least) [best, least] = [modules, penalty];
  }
  const squares = best.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])));
  return { path: squares.join(""), size: size + 2 * QUIET };
}

/** A code as a picture with a name; dark on white in every theme. */
export function drawQr(text: string, name: string): HTMLElement {
  const { path, size } = qrOf(text);
  const drawing = svg(`0 0 ${size} ${size}`, [
    ["path", { d: `M0 0h${size}v${size}h-${size}z`, fill: "#fff" }], ["path", { d: path, fill: "#12343b" }],
  ], { "shape-rendering": "crispEdges" });
  const box = h("div", { class: "sp-qr", role: "img", "aria-label": name });
  box.append(drawing);
  return box;
}

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);

/** The data in its blocks with their correction, column by column (section 7.6). */
function interleaved(octets: Octets, version: number): number[] {
  const [correction, sizes] = BLOCKS[version - 1] ?? [0, []];
  const bits: number[] = [];
  const put = (value: number, length: number): void => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  put(0b0100, 4);
  put(octets.length, version < 10 ? 8 : 16);
  for (const octet of octets) put(octet, 8);
  const room = total(sizes) * 8;
  put(0, Math.min(4, room - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8);
  const words = Array.from({ length: room / 8 }, (_, at) => bits.slice(at * 8, at * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0));
  let start = 0;
  const blocks = sizes.map((size) => words.slice(start, (start += size)));
  const divisor = generator(correction);
  const checks = blocks.map((block) => remainder(block, divisor));
  const columns = (lists: number[][]): number[] =>
    Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
  return [...columns(blocks), ...columns(checks)];
}

/** Multiplication in GF(256) modulo 0x11d. */
function times(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/** The coefficients of a Reed-Solomon generator, the highest but one first. */
function generator(degree: number): number[] {
  let found = [1];
  for (let root = 1, power = 0; power < degree; power++, root = times(root, 2)) {
    found = [...found, 0].map((value, at) => value ^ times(found[at - 1] ?? 0, root));
  }
  return found.slice(1);
}

function remainder(block: readonly number[], divisor: readonly number[]): number[] {
  let rest = divisor.map(() => 0);
  for (const word of block) {
    const factor = word ^ (rest[0] ?? 0);
    rest = [...rest.slice(1), 0].map((value, at) => value ^ times(divisor[at] ?? 0, factor));
  }
  return rest;
}

/** What is the same in every code of a version: finders, timing, alignment, version, and room for the format. */
function fixed(version: number, size: number): Modules {
  const modules: Modules = Array.from({ length: size }, () => Array<boolean | undefined>(size).fill(undefined));
  const square = (left: number, top: number, side: number, dark: (x: number, y: number) => boolean): void => {
    for (let y = Math.max(0, top); y < Math.min(size, top + side); y++) {
      for (let x = Math.max(0, left); x < Math.min(size, left + side); x++) put(modules, x, y, dark(x - left, y - top));
    }
  };
  const ring = (x: number, y: number, middle: number): number => Math.max(Math.abs(x - middle), Math.abs(y - middle));
  for (let at = 0; at < size; at++) [[at, 6], [6, at]].forEach(([x = 0, y = 0]) => put(modules, x, y, at % 2 === 0));
  const centres = CENTRES[version - 1]?.length ? [6, ...(CENTRES[version - 1] ?? [])] : [];
  const last = centres.at(-1);
  for (const x of centres) {
    for (const y of centres) {
      const corner = (x === 6 && (y === 6 || y === last)) || (y === 6 && x === last);
      if (!corner) square(x - 2, y - 2, 5, (left, top) => ring(left, top, 2) !== 1);
    }
  }
  for (const [left, top] of [[-1, -1], [size - 8, -1], [-1, size - 8]] as const) {
    square(left, top, 9, (x, y) => ![2, 4].includes(ring(x, y, 4)));
  }
  putFormat(modules, 0);
  if (version >= 7) {
    const bits = (version << 12) | rest(version, 0x1f25, 12);
    for (let at = 0; at < 18; at++) {
      const [near, far, dark] = [Math.floor(at / 3), size - 11 + (at % 3), ((bits >> at) & 1) === 1];
      put(modules, near, far, dark);
      put(modules, far, near, dark);
    }
  }
  return modules;
}

/** What is left of a number after division by a polynomial of so many bits. */
function rest(value: number, divisor: number, degree: number): number {
  let left = value;
  for (let at = 0; at < degree; at++) left = (left << 1) ^ ((left >> (degree - 1)) * divisor);
  return left;
}

/** Level M is 00; the mask, and their correction, twice (section 7.9). */
function putFormat(modules: Modules, mask: number): void {
  const size = modules.length;
  const bits = ((mask << 10) | rest(mask, 0x537, 10)) ^ 0x5412;
  for (let at = 0; at < 15; at++) {
    const dark = ((bits >> at) & 1) === 1;
    const along = at < 6 ? at : at < 8 ? at + 1 : size - 15 + at;
    put(modules, 8, along, dark);
    const across = at < 8 ? size - 1 - at : at < 9 ? 7 : 14 - at;
    put(modules, across, 8, dark);
  }
  put(modules, 8, size - 8, true);
}

/** Data goes up and down in pairs of columns, from the right (section 7.7.3). */
function fill(modules: Modules, words: readonly number[], mask: (x: number, y: number) => boolean): void {
  const size = modules.length;
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (modules[y]?.[x] !== undefined) continue;
        const bit = ((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
        at++;
        put(modules, x, y, (bit === 1) !== mask(x, y));
      }
    }
  }
}

/** Lines, blocks, false finders and the balance of dark and light (section 7.8.3). */
function penaltyOf(modules: boolean[][]): number {
  const size = modules.length;
  const lines = [...modules, ...modules.map((_, x) => modules.map((row) => row[x] ?? false))];
  let penalty = 0;
  for (const line of lines) {
    const text = line.map((dark) => (dark ? "1" : "0")).join("");
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
    penalty += 40 * [...text.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let y = 1; y < size; y++) {
    for (let x = 1; x < size; x++) {
      const dark = modules[y]?.[x];
      if (dark === modules[y]?.[x - 1] && dark === modules[y - 1]?.[x] && dark === modules[y - 1]?.[x - 1]) penalty += 3;
    }
  }
  const share = modules.flat().filter(Boolean).length / size ** 2;
  return penalty + 10 * Math.floor(Math.abs(share * 100 - 50) / 5);
}

function put(modules: Modules, x: number, y: number, dark: boolean): void {
  const row = modules[y];
  if (row) row[x] = dark;
}
