/** Paths into claims (OpenID4VP 1.0, section 7). */

import { malformed } from "./errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "./json.ts";

/** A name picks a member, a number an element, null every element. */
export type ClaimsPath = readonly (string | number | null)[];

/** A value with the concrete path that leads to it. */
export type Found = readonly [path: ClaimsPath, value: JsonValue];

/** Read a claims path; refuses `claims_path_invalid`. */
export function parsePath(value: JsonValue | undefined): ClaimsPath {
  if (!Array.isArray(value) || value.length === 0) {
    throw malformed("claims_path_invalid", "expected a non-empty list");
  }
  return value.map((step) => {
    const number = typeof step === "number" && Number.isInteger(step) && step >= 0;
    if (typeof step === "string" || step === null || number) return step as string | number | null;
    throw malformed("claims_path_invalid", `step of type ${typeof step}`);
  });
}

/** Every value that the path picks; empty where there is none (section 7.1). */
export function select(claims: JsonValue, path: ClaimsPath): Found[] {
  let found: Found[] = [[[], claims]];
  for (const step of path) found = found.flatMap((each) => stepFrom(each, step));
  return found;
}

function stepFrom([path, node]: Found, step: string | number | null): Found[] {
  if (typeof step === "string") {
    const value = isObject(node) ? member(node, step) : undefined;
    return value === undefined ? [] : [[[...path, step], value]];
  }
  if (!Array.isArray(node)) return [];
  const places = step === null ? [...node.keys()] : [step];
  return places.filter((place) => place < node.length).map((place) => [[...path, place], node[place] ?? null]);
}

/** Whether `path` picks `concrete` or something around it. */
export function covers(path: ClaimsPath, concrete: ClaimsPath): boolean {
  return path.length <= concrete.length && path.every((step, place) => {
    const there = concrete[place];
    return step === null ? typeof there === "number" : step === there;
  });
}

/** Whether one lies at, around or inside the other; both concrete. */
export function touches(one: ClaimsPath, other: ClaimsPath): boolean {
  const depth = Math.min(one.length, other.length);
  return one.slice(0, depth).every((step, place) => step === other[place]);
}

/** One spelling of a path, to compare and collect by. */
export function spelled(path: ClaimsPath): string {
  return JSON.stringify(path);
}

/** A set of paths. */
export class Paths {
  private readonly all = new Map<string, ClaimsPath>();

  constructor(paths: Iterable<ClaimsPath> = []) {
    for (const path of paths) this.all.set(spelled(path), path);
  }

  get size(): number {
    return this.all.size;
  }

  has(path: ClaimsPath): boolean {
    return this.all.has(spelled(path));
  }

  within(other: Paths): boolean {
    return [...this.all.keys()].every((key) => other.all.has(key));
  }

  [Symbol.iterator](): Iterator<ClaimsPath> {
    return this.all.values();
  }
}

/** The members of an object that are left when some are taken away. */
export function without(object: JsonObject, names: ReadonlySet<string>): JsonObject {
  const left = Object.create(null) as JsonObject;
  for (const [name, value] of Object.entries(object)) if (!names.has(name)) left[name] = value;
  return left;
}
