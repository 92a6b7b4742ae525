/** Moving to a new device, byte for byte with Python: the cases of `tests/cases/transfers.json`. */

import WORDS from "skillspass:transfer_words";

import { checkKey, greeting, invitationCode, openNote, parseGreeting, parseInvitation, sealNote, share } from "../src/account/transfer.ts";
import { ECDH } from "../src/keeper/seals.ts";
import { wordPlaces } from "../src/keeper/slots.ts";
import type { JsonObject } from "../src/protocol/json.ts";
import { b64url, fromB64url, fromUtf8, utf8 } from "../src/protocol/octets.ts";
import { load, runCases, text } from "./cases.ts";
import { chanceFor } from "./chance.ts";

const objectIn = (input: JsonObject, name: string): JsonObject => input[name] as JsonObject;
const shares = load("transfers").filter(({ kind }) => kind === "shared").map(({ input }) => input);
const named = load("transfers").filter(({ kind }) => kind === "words").map(({ input }) => input);
const KEYS: Record<string, JsonObject> = { old: objectIn(shares[0] ?? {}, "key"), new: objectIn(shares[1] ?? {}, "key") };
const POINTS: Record<string, JsonObject> = {
  old: objectIn(shares[1] ?? {}, "other"), new: objectIn(shares[0] ?? {}, "other"), other: objectIn(named[2] ?? {}, "other"),
};

const privateKey = ({ kty, crv, x, y, d }: JsonObject): Promise<CryptoKey> =>
  crypto.subtle.importKey("jwk", { kty, crv, x, y, d } as JsonWebKey, ECDH, false, ["deriveBits"]);

const pair = async (input: JsonObject) => share(await privateKey(KEYS[text(input, "own")] ?? {}), POINTS[text(input, "other")] ?? {});

const MAILBOX = fromB64url(text(load("transfers").find(({ kind }) => kind === "code")?.input ?? {}, "id"));

runCases("transfers", {
  code: (input) => invitationCode(fromB64url(text(input, "id")), objectIn(input, "key")),
  invitation: (input) => {
    const { id, print } = parseInvitation(text(input, "text"));
    return [b64url(id), b64url(print)];
  },
  fitting: async (input) => {
    await checkKey(parseInvitation(text(input, "text")), objectIn(input, "key"));
    return "the same";
  },
  greeting: (input) => fromUtf8(greeting(objectIn(input, "key"))),
  letter: (input) => parseGreeting(utf8(text(input, "letter"))),
  words: async (input) => (await wordPlaces(objectIn(input, "one"), objectIn(input, "other"))).map((place) => [...(WORDS[place] ?? [])]),
  shared: async (input) => {
    const { slot, ticket } = await share(await privateKey(objectIn(input, "key")), objectIn(input, "other"));
    return [b64url(slot), b64url(ticket)];
  },
  seal: async (input) => b64url(await sealNote(objectIn(input, "note"), await pair(input), MAILBOX, chanceFor(text(input, "seed")))),
  open: async (input) => openNote(fromB64url(text(input, "note")), await pair(input), fromB64url(text(input, "id"))),
});
