/** The Distinguished Encoding Rules (X.690), as far as certificates need them. */

import { rejected, type Refusal } from "./errors.ts";
import type { Octets } from "./octets.ts";

/** One element: its tag, its contents, and all its octets as they stood. */
export interface Element {
  readonly tag: number;
  readonly body: Octets;
  readonly whole: Octets;
}

/** Every fault of a certificate has one code: what is wrong stands in the detail. */
export function badChain(detail: string): Refusal {
  return rejected("x5c_invalid", detail);
}

/** Read elements one after another until the end; refuses `x5c_invalid`. */
export function readAll(octets: Octets): Element[] {
  const elements: Element[] = [];
  let place = 0;
  while (place < octets.length) {
    const tag = octets[place] ?? 0;
    let length = octets[place + 1] ?? 0xff;
    let start = place + 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      if (size < 1 || size > 3) throw badChain("a length of another form");
      length = 0;
      for (; size > start - place - 2; start++) length = length * 256 + (octets[start] ?? 0);
      const least = size === 1 ? 0x80 : 256 ** (size - 1);
      if (length < least) throw badChain("a length that is not minimal");
    }
    if ((tag & 0x1f) === 0x1f || start + length > octets.length) throw badChain("cut short");
    const whole = octets.slice(place, start + length);
    elements.push({ tag, body: octets.slice(start, start + length), whole });
    place = start + length;
  }
  return elements;
}

/** The one element that the octets are, of that tag. */
export function readOne(octets: Octets, tag: number): Element {
  const [element, ...more] = readAll(octets);
  if (!element || element.tag !== tag || more.length > 0) throw badChain(`expected tag ${tag}`);
  return element;
}

/** An object identifier in dots. */
export function oid(element: Element | undefined): string {
  if (element?.tag !== 6 || element.body.length === 0) throw badChain("no object identifier");
  const numbers: number[] = [];
  let value = 0;
  for (const octet of element.body) {
    value = value * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      numbers.push(value);
      value = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - 40 * root, ...rest].join(".");
}

/** A UTCTime or GeneralizedTime that ends with Z, in seconds (RFC 5280, 4.1.2.5). */
export function time(element: Element | undefined): number {
  const text = String.fromCharCode(...(element?.body ?? []));
  const short = element?.tag === 23 && /^\d{12}Z$/.test(text);
  if (!short && !(element?.tag === 24 && /^\d{14}Z$/.test(text))) throw badChain("a date of another form");
  const full = short ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
  const moment = Date.parse(full.replace(/^(....)(..)(..)(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(moment)) throw badChain("no date");
  return moment / 1000;
}

/** An ECDSA signature as r and s side by side. */
export function rawSignature(der: Octets, size: number): Octets {
  const numbers = readAll(readOne(der, 0x30).body);
  const raw = new Uint8Array(2 * size);
  if (numbers.length !== 2) throw badChain("no signature");
  for (const [place, { tag, body }] of numbers.entries()) {
    const bare = body[0] === 0 ? body.slice(1) : body;
    if (tag !== 2 || bare.length > size) throw badChain("no signature");
    raw.set(bare, (place + 1) * size - bare.length);
  }
  return raw;
}
