/** The recovery card: 160 bits in groups that people can copy (wallet design, section 5). */

import { rejected } from "../protocol/errors.ts";
import { bigEndian, concat, number, sha, type Octets } from "../protocol/octets.ts";
import { base32, CROCKFORD } from "./events.ts";
import { hkdfOctets, type Chance } from "./seals.ts";

const GROUP = 4;
const GROUPS = 9;
const SECRET_LENGTH = GROUP * (GROUPS - 1);
const NO_SALT = new Uint8Array();

/** A fresh secret of 160 bits: nobody guesses it, so no slow hash stands before the slot. */
export const newSecret = (chance: Chance): Octets => chance.octets(20);

/** The code as it is printed: nine groups with a dash between; the ninth is a checksum. */
export async function codeOf(secret: Octets): Promise<string> {
  const letters = base32(number(secret), SECRET_LENGTH);
  return inFours(letters + (await checksum(letters))).join("-");
}

/** Read a code as people type it; refuses `recovery_checksum`. */
export async function secretOf(typed: string): Promise<Octets> {
  const letters = groupsOf(typed).join("");
  if (letters.length !== GROUP * GROUPS || !isCrockford(letters) || !(await fits(letters))) {
    throw rejected("recovery_checksum", `${letters.length} characters`);
  }
  const value = [...letters.slice(0, SECRET_LENGTH)].reduce(
    (sum, letter) => (sum << 5n) | BigInt(CROCKFORD.indexOf(letter)), 0n);
  return bigEndian(value, 20);
}

/**
 * The groups, from 1, to look at again; empty where the code is right or all may be wrong.
 *
 * A group that is cut short or holds a foreign character is wrong by itself. Else one character, or
 * two groups that changed places, is looked for that makes the checksum fit.
 */
export async function wrongGroups(typed: string): Promise<number[]> {
  const groups = groupsOf(typed);
  const bent = groups.flatMap((group, place) => (group.length !== GROUP || !isCrockford(group) ? [place + 1] : []));
  const letters = groups.join("");
  if (bent.length > 0 || groups.length !== GROUPS) return bent;
  if (await fits(letters)) return [];
  const found = new Set<number>();
  for (let place = 0; place < letters.length; place++) {
    for (const letter of CROCKFORD) {
      const tried = letters.slice(0, place) + letter + letters.slice(place + 1);
      if (await fits(tried)) found.add(Math.floor(place / GROUP) + 1);
    }
  }
  for (let one = 0; one < GROUPS; one++) {
    for (let other = one + 1; other < GROUPS; other++) {
      const swapped = groups.with(one, groups[other] ?? "").with(other, groups[one] ?? "");
      if (await fits(swapped.join(""))) found.add(one + 1).add(other + 1);
    }
  }
  return [...found].sort((one, other) => one - other);
}

/** What finds the vault at the service, which keeps its SHA-256 alone. */
export const locatorOf = (secret: Octets): Promise<Octets> => hkdfOctets(secret, NO_SALT, "skillspass/rec/locator/1");

/** What the vault is handed out on; the service keeps its SHA-256 alone. */
export const authOf = (secret: Octets): Promise<Octets> => hkdfOctets(secret, NO_SALT, "skillspass/rec/auth/1");

/** The groups as they were typed, or every four characters; O is 0, and I and L are 1. */
function groupsOf(typed: string): string[] {
  const alike = typed.toUpperCase().replaceAll("-", " ").replaceAll("O", "0").replace(/[IL]/g, "1");
  const parts = alike.split(/\s+/).filter((part) => part !== "");
  return parts.length === GROUPS ? parts : inFours(parts.join(""));
}

const inFours = (letters: string): string[] => letters.match(/.{1,4}/gsu) ?? [];

const isCrockford = (letters: string): boolean => [...letters].every((letter) => CROCKFORD.includes(letter));

const fits = async (letters: string): Promise<boolean> =>
  (await checksum(letters.slice(0, SECRET_LENGTH))) === letters.slice(SECRET_LENGTH);

/** Twenty bits of a hash, as four characters. */
async function checksum(letters: string): Promise<string> {
  const digest = await sha(concat("skillspass/rec/check/1", letters));
  return base32(number(digest.subarray(0, 3)) >> 4n, GROUP);
}
