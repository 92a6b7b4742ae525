/**
 * The archive inside an export: a zip whose bytes are those of `wallet/holder/archive.py`.
 *
 * Entries are stored with no date of their own; the last is `manifest.json` with the SHA-256 of
 * every other (wallet design, section 6).
 */

import { malformed, Refusal } from "../protocol/errors.ts";
import { canonicalJson, parseObject, type JsonObject } from "../protocol/json.ts";
import { b64url, concat, fromUtf8, same, sha, type Octets } from "../protocol/octets.ts";

/** Twice a vault: what it holds once as bytes and once in the log. */
export const MAX_ARCHIVE_BYTES = 20 * 1024 * 1024;

const MAX_ENTRIES = 2_000;
const MANIFEST = "manifest.json";
const NAME = /^(?:credentials\/)?[A-Za-z0-9_-]{1,80}\.[a-z-]{1,12}$/;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const EPOCH = 0x21; // 1 January 1980
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** Put files into an archive, in their order, and the manifest last. */
export async function pack(files: ReadonlyMap<string, Octets>): Promise<Octets> {
  const manifest = canonicalJson({ sha256: await digestsOf(files) });
  const entries: Octets[] = [];
  const directory: Octets[] = [];
  let place = 0;
  for (const [name, octets] of [...files, [MANIFEST, manifest] as const]) {
    const sizes = [crc32(octets), octets.length, octets.length];
    const lengths = [...sizes.map((size) => [size, 4]), [name.length, 2], [0, 2]];
    const shared = [[20, 2], [0, 2], [0, 2], [0, 2], [EPOCH, 2], ...lengths];
    const entry = concat(fields([[LOCAL, 4], ...shared]), name, octets);
    const system = 20 + 3 * 256; // made by version 2.0 on Unix
    const rest = [[0, 2], [0, 2], [0, 2], [0o600 * 65_536, 4], [place, 4]];
    directory.push(concat(fields([[CENTRAL, 4], [system, 2], ...shared, ...rest]), name));
    entries.push(entry);
    place += entry.length;
  }
  const central = concat(...directory);
  const counts = [[0, 2], [0, 2], [directory.length, 2], [directory.length, 2]];
  return concat(...entries, central, fields([[END, 4], ...counts, [central.length, 4], [place, 4], [0, 2]]));
}

/** Read an archive of ours: every file stands in the manifest, with its digest; refuses `export_invalid`. */
export async function unpack(data: Octets): Promise<Map<string, Octets>> {
  try {
    const files = readEntries(data);
    const manifest = parseObject(files.get(MANIFEST) ?? new Uint8Array());
    files.delete(MANIFEST);
    const expected = canonicalJson(await digestsOf(files));
    if (same(canonicalJson(manifest["sha256"] ?? null), expected)) return files;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof RangeError)) throw error; // RangeError: cut short
  }
  throw malformed("export_invalid", "no archive of ours");
}

function readEntries(data: Octets): Map<string, Octets> {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const files = new Map<string, Octets>();
  let place = 0;
  for (; view.getUint32(place, true) === LOCAL; ) {
    const [size, length] = [view.getUint32(place + 22, true), view.getUint16(place + 26, true)];
    const start = place + 30 + length;
    const name = fromUtf8(data.slice(place + 30, start));
    const stored = view.getUint16(place + 6, true) === 0 && view.getUint16(place + 8, true) === 0;
    if (!stored || !NAME.test(name) || files.has(name) || start + size > data.length || files.size > MAX_ENTRIES) {
      throw malformed("export_invalid", "an entry of another kind");
    }
    files.set(name, data.slice(start, start + size));
    const sum = view.getUint32(place + 14, true);
    if (crc32(files.get(name) ?? data) !== sum) throw malformed("export_invalid", "checksum");
    place = start + size;
  }
  const end = data.length - 22;
  const whole = view.getUint32(end, true) === END && view.getUint32(end + 16, true) === place;
  if (data.length > MAX_ARCHIVE_BYTES || !whole || view.getUint16(end + 10, true) !== files.size) {
    throw malformed("export_invalid", "no archive of ours");
  }
  return files;
}

async function digestsOf(files: ReadonlyMap<string, Octets>): Promise<JsonObject> {
  const digests: JsonObject = {};
  for (const [name, octets] of files) digests[name] = b64url(await sha(octets));
  return digests;
}

/** Numbers of two or four octets, the lowest first. */
function fields(numbers: number[][]): Octets {
  return concat(...numbers.map(([value = 0, size = 0]) =>
    Uint8Array.from({ length: size }, (_, place) => Math.floor(value / 256 ** place) & 0xff)));
}

function crc32(octets: Octets): number {
  let crc = 0xffffffff;
  for (const octet of octets) crc = (CRC_TABLE[(crc ^ octet) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
