/** The address line: the screens have no history of their own, so the keeper keeps it for them. */

import type { JsonObject } from "../protocol/json.ts";

const FRAGMENT = /^#\/([a-z]{1,30})(?:\/([\w-]{0,64}))?$/;
const HANDED = /^#(o|v|t|c)=(.+)$/s;

/** What was handed over by a link: an offer, a request, or the code of a new device. */
export interface Handed {
  readonly flow: "receive" | "present" | "transfer";
  readonly link: string;
}

/** Which screen the address names. */
export class Place {
  private readonly told: (message: JsonObject) => void;

  constructor(told: (message: JsonObject) => void) {
    this.told = told;
    addEventListener("popstate", () => this.told({ event: "go", ...this.named() }));
  }

  /** For the screens' first question. */
  screen(): JsonObject {
    const { screen, id } = this.named();
    return id ? { name: screen, id } : { name: screen };
  }

  /** Keep the screen that is shown. */
  go(screen: string, id: string): void {
    const fragment = `#/${screen}${id ? `/${id}` : ""}`;
    if (FRAGMENT.test(fragment) && fragment !== location.hash) history.pushState(null, "", fragment);
  }

  /** Show a screen. */
  show(screen: string, id = ""): void {
    this.go(screen, id);
    this.told({ event: "go", screen, id });
  }

  /** What a link handed over; it leaves the address line at once. */
  take(): Handed | undefined {
    const [, kind, given = ""] = HANDED.exec(location.hash) ?? [];
    if (!kind) return undefined;
    history.replaceState(null, "", "/");
    if (kind === "c") return { flow: "receive", link: `callback:?${given}` }; // back from an issuer's page
    const text = readable(given);
    if (kind === "t") return { flow: "transfer", link: text };
    if (kind === "o") return { flow: "receive", link: text };
    return { flow: "present", link: /^[a-z0-9+.-]+:/i.test(text) ? text : `openid4vp://?${text}` };
  }

  private named(): { screen: string; id: string } {
    const [, screen = "passport", id = ""] = FRAGMENT.exec(location.hash) ?? [];
    return { screen, id };
  }
}

/** An address as it was meant: some readers of codes escape it once more. */
function readable(given: string): string {
  try {
    return /^[a-z0-9+.-]+:\/\//i.test(given) || given.includes("=") ? given : decodeURIComponent(given);
  } catch {
    return given;
  }
}
