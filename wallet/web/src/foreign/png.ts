/** A credential baked into a PNG (Open Badges 3.0, section 5.3): as `credentials/badge_images.py` reads it. */

import { malformed } from "../protocol/errors.ts";
import { same, type Octets } from "../protocol/octets.ts";

/** A badge is a small picture, and a credential of at most half a MB. */
export const MAX_IMAGE_BYTES = 4 * 1024 * 1024;

const MAX_CHUNKS = 10_000;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const KEYWORD = "openbadgecredential";
const PLAIN = Uint8Array.of(0, 0, 0, 0, 0); // after the keyword: its end, two octets, two empty texts
const TYPE = /^[A-Za-z]{4}$/;
const LENGTHS: Readonly<Record<string, number>> = { IHDR: 13, IEND: 0 };
const TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** Whether the first octets are those of a PNG. */
export const isPng = (octets: Octets): boolean => same(octets.slice(0, SIGNATURE.length), SIGNATURE);

/** The text of the one credential; refuses `png_malformed`, `too_large`, `badge_missing`, `badge_ambiguous`. */
export function textInPng(image: Octets): Octets {
  const keyed = chunksOf(image).filter(([kind, body]) => kind === "iTXt" && keywordOf(body) === KEYWORD);
  if (keyed.length > 1) throw malformed("badge_ambiguous", `${keyed.length} credentials`);
  const [found] = keyed;
  if (!found) throw malformed("badge_missing", "no iTXt chunk of that keyword");
  const behind = found[1].slice(KEYWORD.length);
  if (!same(behind.slice(0, PLAIN.length), PLAIN)) throw wrong("a text that is compressed or translated");
  return behind.slice(PLAIN.length);
}

function chunksOf(image: Octets): [kind: string, body: Octets][] {
  if (image.length > MAX_IMAGE_BYTES) throw malformed("too_large", `${image.length} octets`);
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  const chunks: [string, Octets][] = [];
  let place = SIGNATURE.length;
  while (chunks.at(-1)?.[0] !== "IEND") {
    if (image.length < place + 12 || chunks.length === MAX_CHUNKS) throw wrong("no end, or too many chunks");
    const length = view.getUint32(place);
    const end = place + 12 + length;
    const kind = latin(image.slice(place + 4, place + 8));
    if (end > image.length || !TYPE.test(kind)) throw wrong("a chunk runs over the end, or has no type");
    if (view.getUint32(end - 4) !== crc32(image.subarray(place + 4, end - 4))) throw wrong("the sum of a chunk");
    const isMisplaced = (kind === "IHDR") !== (chunks.length === 0);
    if (isMisplaced || length !== (LENGTHS[kind] ?? length)) throw wrong("the header or the end");
    chunks.push([kind, image.slice(place + 8, place + 8 + length)]);
    place = end;
  }
  if (place !== image.length || !chunks.some(([kind]) => kind === "IDAT")) throw wrong("no data, or octets behind the end");
  return chunks;
}

function keywordOf(body: Octets): string {
  const end = body.indexOf(0);
  return latin(end < 0 ? body : body.slice(0, Math.min(end, KEYWORD.length + 1)));
}

function crc32(octets: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of octets) crc = (TABLE[(crc ^ octet) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const latin = (octets: Octets): string => String.fromCharCode(...octets.slice(0, 80));

const wrong = (detail: string): Error => malformed("png_malformed", detail);
