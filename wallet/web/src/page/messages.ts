/** What screens and keeper say to one another: a closed list; no answer holds a key (section 1). */

import { malformed, Refusal, rejected } from "../protocol/errors.ts";
import { isObject, type JsonObject, type JsonValue } from "../protocol/json.ts";
import { has } from "../keeper/slots.ts";

/** What a member may be; a `free` text may be empty, `any` list too. */
type Shape = "text" | "free" | "any" | "language" | "levels";

/** The members of each message beside its kind, and what they are. */
const KINDS = {
  state: {},
  list: {},
  card: { id: "text" },
  log: {},
  slots: {},
  receive: { link: "text" },
  present: { link: "text" },
  scan: {},
  share: { ids: "any" },
  qr: { id: "text" },
  stop: { id: "text" },
  remove: { id: "text" },
  unlock: {},
  lock: {},
  safe: {},
  export: {},
  import: {},
  transfer: {},
  wipe: {},
  erase: { id: "text" },
  settings: { language: "language" },
  go: { screen: "text", id: "free" },
  skills: {},
  skill: { id: "text" },
  suggest: { job: "free", text: "free" },
  keep: { levels: "levels" },
  fit: {},
  job: { id: "text" },
  growth: {},
  actions: { skill: "text" },
  wish: { skill: "free", text: "free" },
  plan: { skill: "text", action: "text", day: "text" },
  finish: { id: "text", how: "text" },
  talk: { skills: "any", wishes: "any", agreements: "any", share: "free" },
  talked: {},
  boxes: {},
  invite: { box: "text", about: "free" },
  box: { id: "text", act: "text" },
} as const satisfies Record<string, Record<string, Shape>>;

const MAX_TEXT = 20_000; // an offer by value may be long
const MAX_IDS = 50;
const MAX_NAME = 120; // of a skill that somebody adds
const PRIVATE = new Set(["d", "jwk", "sk", "dek", "key", "secret", "keys"]);

/** The kinds of message that the keeper answers. */
export type MessageKind = keyof typeof KINDS;

/** A message of the screens; `n` matches the answer to it. */
export interface Message {
  readonly n: number;
  readonly kind: MessageKind;
  readonly fields: JsonObject;
}

/** What the keeper does for each kind; every answer is data to draw. */
export type Handlers = Readonly<Record<MessageKind, (fields: JsonObject) => Promise<JsonValue>>>;

/** Read a message; refuses `message_invalid`. */
export function parseMessage(value: JsonValue): Message {
  if (!isObject(value)) throw malformed("message_invalid", "no object");
  const { n, kind } = value;
  const known = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind as MessageKind] : undefined;
  const sound = known !== undefined && typeof n === "number" && Number.isSafeInteger(n)
    && has(value, ["n", "kind", ...Object.keys(known)])
    && Object.entries(known).every(([name, shape]) => SHAPES[shape as Shape](value[name]));
  if (!sound) throw malformed("message_invalid", "not on the list");
  const { n: _n, kind: _kind, ...fields } = value;
  return { n, kind: kind as MessageKind, fields };
}

/** No answer carries what only the keeper may hold; refuses `answer_private`. */
export function checkAnswer(value: JsonValue): JsonValue {
  for (const [name, inner] of typeof value === "object" && value !== null ? Object.entries(value) : []) {
    if (!Array.isArray(value) && PRIVATE.has(name)) throw rejected("answer_private", name);
    checkAnswer(inner);
  }
  return value;
}

/**
 * Answer the screens: only the one frame that the keeper itself made, whose origin is opaque.
 *
 * Returns what stops it. What goes wrong beyond our own refusals is told as `failed`, without words.
 */
export function answerScreens(page: Window, frame: () => Window | null, handlers: Handlers): () => void {
  const listen = async (event: MessageEvent<JsonValue>): Promise<void> => {
    const source = frame();
    if (!source || event.source !== source || event.origin !== "null") return;
    let n: number | null = null;
    let answer: JsonObject;
    try {
      const message = parseMessage(event.data);
      n = message.n;
      answer = { n, ok: checkAnswer(await handlers[message.kind](message.fields)) };
    } catch (error) {
      answer = { n, error: error instanceof Refusal ? error.code : "failed" };
    }
    source.postMessage(answer, "*"); // an opaque origin has no name; the window itself is ours
  };
  page.addEventListener("message", listen);
  return () => page.removeEventListener("message", listen);
}

const isText = (value: JsonValue | undefined): boolean =>
  typeof value === "string" && value.length > 0 && value.length <= MAX_TEXT;

const SHAPES: Readonly<Record<Shape, (value: JsonValue | undefined) => boolean>> = {
  text: isText,
  free: (value) => value === "" || isText(value),
  any: (value) => Array.isArray(value) && value.length <= MAX_IDS && value.every(isText),
  language: (value) => value === "nl" || value === "en",
  levels: (value) => isObject(value) && Object.keys(value).length <= MAX_IDS
    && Object.entries(value).every(([name, level]) => isText(name) && name.length <= MAX_NAME && [0, 1, 2, 3, 4].includes(Number(level))),
};
