/** The frame that derives and checks: asked one thing, and gone again (decision 0054). */

import { rejected, undetermined } from "../protocol/errors.ts";
import { isObject, member, type JsonObject, type JsonValue } from "../protocol/json.ts";

const SECONDS = 30; // a pairing on an old phone
const SILENT = 3; // seconds after it was loaded: what says nothing then is no frame of ours
const NOT_THERE = "derive_unreachable";

/** Asks a question of the frame; a test may answer otherwise. */
export type Ask = (question: JsonObject) => Promise<JsonValue>;

/** The question that a frame answers by being there. */
export const ARE_YOU_THERE: JsonObject = { ask: "ready" };

/** Ask by way of a sandboxed frame of the site of links; refuses `derive_unreachable`, `proof_invalid`. */
export function askFrame(origin: string, page: Document = document): Ask {
  return (question) => new Promise((resolve, reject) => {
    const frame = page.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts"); // no origin: it reads nothing of anybody
    frame.setAttribute("aria-hidden", "true");
    frame.hidden = true;
    frame.src = `${origin}/derive.html`;
    let silent: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(timer);
      clearTimeout(silent);
      removeEventListener("message", hear);
      frame.remove();
    };
    const give = (): void => {
      end();
      reject(undetermined(NOT_THERE, "no answer of the frame"));
    };
    const timer = setTimeout(give, SECONDS * 1000);
    frame.onload = () => (silent = setTimeout(give, SILENT * 1000));
    const hear = (event: MessageEvent<JsonValue>): void => {
      if (event.source !== frame.contentWindow || !isObject(event.data)) return; // an opaque origin has no name
      if (event.data["ready"] === true && question !== ARE_YOU_THERE) {
        frame.onload = null;
        clearTimeout(silent);
        return frame.contentWindow?.postMessage({ n: 1, ...question }, "*");
      }
      end();
      const error = member(event.data, "error");
      if (error === undefined) resolve(member(event.data, "ok") ?? null);
      else reject(rejected(typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? error : "proof_invalid", "the frame"));
    };
    addEventListener("message", hear);
    page.body.append(frame);
  });
}
