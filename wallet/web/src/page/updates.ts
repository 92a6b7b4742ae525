/** Which version of the page runs, and whether the service now has another: told, never hidden. */

import type { Device } from "../keeper/device.ts";
import { isObject } from "../protocol/json.ts";

/** What the service worker found: a version that waits, or files that changed without one. */
export type Found = "update" | "changed";

/** The service worker of this page, and what it says. */
export class Updates {
  readonly version: string; // hash of every file of this page
  private readonly told: (found: Found) => void;
  private registration: ServiceWorkerRegistration | undefined;
  found: Found | undefined;

  constructor(version: string, told: (found: Found) => void) {
    this.version = version;
    this.told = told;
  }

  /** Let the worker keep this version, and look whether the service has another. */
  async start(): Promise<void> {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.addEventListener("message", ({ data }) => this.hear(data));
    this.registration = await navigator.serviceWorker.register(workerAddress() as unknown as string, { scope: "/" });
    await navigator.serviceWorker.ready;
    this.look();
  }

  /** Ask the worker to compare; without network it says nothing. */
  look(): void {
    navigator.serviceWorker.controller?.postMessage("look");
  }

  /** Take the version that waits, after the person said so. */
  async take(): Promise<void> {
    const registration = await this.registration?.update().catch(() => undefined);
    const waiting = (registration as ServiceWorkerRegistration | undefined)?.waiting ?? this.registration?.waiting ?? this.registration?.installing;
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting?.postMessage("take");
  }

  private hear(data: unknown): void {
    if (!isObject(data as never)) return;
    const { found } = data as { found?: unknown };
    if (found !== "update" && found !== "changed") return;
    this.found = found;
    this.told(found);
  }
}

/** Whether this browser saw another version before; from now on it knows this one. */
export async function isNewCode(device: Device, version: string): Promise<boolean> {
  const before = await device.code();
  await device.keepCode(version);
  return before !== undefined && before !== version;
}

/** The one address that may become a worker. */
function workerAddress(): unknown {
  const address = "/worker.js";
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypesFactory };
  return trustedTypes?.createPolicy("worker", { createScriptURL: () => address }).createScriptURL("") ?? address;
}

/** What a page needs of Trusted Types; not in every browser yet. */
export interface TrustedTypesFactory {
  createPolicy(name: string, rules: { createScriptURL?: (given: string) => string; createHTML?: (given: string) => string }): {
    createScriptURL(given: string): unknown;
    createHTML(given: string): unknown;
  };
}
