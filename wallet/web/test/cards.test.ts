/** Recovery card, deelkaart and export, byte for byte with Python: `tests/cases/cards.json`. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { pack, unpack } from "../src/portability/archive.ts";
import { openExport, sealExport, type ExportSecret } from "../src/portability/export.ts";
import { authOf, codeOf, locatorOf, newSecret, secretOf, wrongGroups } from "../src/keeper/recovery.ts";
import { CHANCE } from "../src/keeper/seals.ts";
import {
  gateOf, linkText, newLink, openName, openShare, parseLink, sealName, sealShare, type Wire,
} from "../src/keeper/share_card.ts";
import type { JsonObject } from "../src/protocol/json.ts";
import { b64url, fromB64url, fromUtf8, utf8 } from "../src/protocol/octets.ts";
import { refusal, runCases, text } from "./cases.ts";
import { chanceFor } from "./chance.ts";

function codeIn(input: JsonObject): string | undefined {
  return input["code"] === null ? undefined : text(input, "code");
}

function secretIn(input: JsonObject): ExportSecret {
  if ("recovery" in input) return { recovery: fromB64url(text(input, "recovery")) };
  return { passphrase: text(input, "passphrase") };
}

runCases("cards", {
  recovery: async (input) => {
    const secret = fromB64url(text(input, "secret"));
    return [await codeOf(secret), b64url(await locatorOf(secret)), b64url(await authOf(secret))];
  },
  typed: async (input) => b64url(await secretOf(text(input, "text"))),
  groups: (input) => wrongGroups(text(input, "text")),
  "share seal": async (input) => {
    const link = parseLink(text(input, "link"));
    const cards = input["cards"] as Wire[];
    const sealed = await sealShare(link, cards, Number(input["expires"]), codeIn(input), chanceFor(text(input, "seed")));
    return { sealed: b64url(sealed), gate: b64url(await gateOf(link, codeIn(input))) };
  },
  "share open": (input) => {
    const [expires, at] = [Number(input["expires"]), Number(input["at"])];
    return openShare(parseLink(text(input, "link")), fromB64url(text(input, "sealed")), expires, codeIn(input), at);
  },
  "share link": (input) => {
    const link = parseLink(text(input, "text"));
    return [link.origin, b64url(link.id), link.coded, linkText(link)];
  },
  visitor: async (input) => {
    const link = parseLink(text(input, "link"));
    const sealed = await sealName(link, text(input, "name"), codeIn(input), chanceFor(text(input, "seed")));
    return [b64url(sealed), await openName(link, sealed, codeIn(input))];
  },
  archive: async (input) => {
    const files = Object.entries(input["files"] as Record<string, string>).map(([name, each]) => [name, utf8(each)] as const);
    return b64url(await pack(new Map(files)));
  },
  export: (input) => sealExport(fromB64url(text(input, "archive")), secretIn(input), chanceFor(text(input, "seed"))),
  import: async (input) => b64url(await openExport(text(input, "token"), secretIn(input))),
  unpack: async (input) => {
    const files = await unpack(fromB64url(text(input, "archive")));
    return Object.fromEntries([...files].map(([name, octets]) => [name, fromUtf8(octets)]));
  },
});

test("any one wrong character on a card is found in its group", async () => {
  const code = await codeOf(newSecret(CHANCE));
  for (let place = 0; place < code.length; place += 7) {
    const letter = code[place] === "Z" ? "Y" : "Z";
    if (code[place] === "-") continue;
    const typed = code.slice(0, place) + letter + code.slice(place + 1);
    assert.ok((await wrongGroups(typed)).includes(Math.floor(place / 5) + 1));
    assert.equal(await refusal(() => secretOf(typed)), "recovery_checksum");
  }
});

test("the link's QR stays small, and the gate tells nothing without the spoken code", async () => {
  const link = newLink("https://deel.skillspass.example", true, CHANCE);
  assert.ok(linkText(link).length <= 213);
  assert.notDeepEqual(await gateOf(link, "0000"), await gateOf(link, "0001"));
});
