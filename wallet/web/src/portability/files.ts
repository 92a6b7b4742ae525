/** The files of an export, but for the texts for people (wallet design, section 6). */

import type { Event } from "../keeper/events.ts";
import { signerOf } from "../keeper/signing.ts";
import { heldIn, parseHeld, type Held } from "../keeper/vault.ts";
import { canonicalJson, isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { fromB64url, utf8, type Octets } from "../protocol/octets.ts";

/** Credentials in their original bytes, keys, own claims, log, and where to ask for each again. */
export async function filesOf(events: readonly Event[]): Promise<Map<string, Octets>> {
  const files = new Map<string, Octets>();
  const [keys, migration]: [JsonValue[], JsonValue[]] = [[], []];
  const written = (type: string): JsonValue[] => events.filter((event) => event.type === type).map(({ data }) => data);
  for (const held of heldIn(events)) {
    const { id, wire, key, giver } = held;
    const ending = typeof wire !== "string" ? "json" : held.format.endsWith("sd-jwt") ? "sd-jwt" : "jwt";
    files.set(`credentials/${id}.${ending}`, typeof wire === "string" ? utf8(wire) : canonicalJson(wire));
    keys.push({ ...key, kid: (await signerOf(key)).public.thumbprint });
    migration.push({ credential: id, issuer: giver.id, type: await typeOf(held), host: giver.host });
  }
  for (const { id, ending, file } of written("foreign_added") as JsonObject[]) {
    files.set(`credentials/${String(id)}.${String(ending)}`, fromB64url(String(file)));
  }
  files.set("keys.jwks", canonicalJson({ keys }));
  files.set("claims.json", canonicalJson({ claims: written("claim_written"), wishes: written("wish_written") }));
  files.set("log.json", canonicalJson([...events]));
  files.set("migration.json", canonicalJson(migration));
  return files;
}

async function typeOf(held: Held): Promise<string> {
  if (!isObject(held.wire)) return (await parseHeld(held)).credential.type;
  const types = member(held.wire, "type");
  return Array.isArray(types) ? String(types.at(-1)) : String(types);
}
