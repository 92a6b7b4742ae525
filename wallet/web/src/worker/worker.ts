/**
 * The service worker of the keeper's site: it keeps one version of the page, and says when the
 * service has another.
 *
 * The page starts from what is kept, with or without network. A new version is fetched beside it,
 * each file held against its hash, and waits until the person takes it (wallet design, section 7).
 */

declare const FILES: Readonly<Record<string, string>>; // path -> SHA-256, base64
declare const VERSION: string;

interface Client {
  postMessage(message: unknown): void;
}

interface WorkerEvent extends Event {
  readonly request: Request;
  readonly data: unknown;
  readonly source: Client | null;
  waitUntil(done: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

interface Scope {
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(name: string, listener: (event: WorkerEvent) => void): void;
}

const scope = globalThis as unknown as Scope;
const CACHE = `keeper ${VERSION}`;
const SETTINGS = "/config.json";

scope.addEventListener("install", (event) => event.waitUntil(keep()));
scope.addEventListener("activate", (event) => event.waitUntil(begin()));
scope.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== scope.location.origin) return;
  if (pathname === SETTINGS) event.respondWith(settings());
  else if (Object.hasOwn(FILES, pathname)) event.respondWith(kept(pathname));
});
scope.addEventListener("message", (event) => {
  if (event.data === "take") void scope.skipWaiting();
  if (event.data === "look") event.waitUntil(look(event.source));
});

/** Every file of this version, or none. */
async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const [path, hash] of Object.entries(FILES)) {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok || (await hashOf(answer.clone())) !== hash) throw new TypeError(`${path} is another`);
    await cache.put(path, answer);
  }
  await cache.add(SETTINGS);
}

async function begin(): Promise<void> {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await scope.clients.claim();
}

async function kept(path: string): Promise<Response> {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(path);
}

/** Addresses around us: those of now where there is network. */
async function settings(): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(SETTINGS, { cache: "no-store" });
    if (answer.ok) await cache.put(SETTINGS, answer.clone());
    return answer;
  } catch {
    return (await cache.match(SETTINGS)) ?? Response.error();
  }
}

/** Compare what the service serves now with what is kept. */
async function look(page: Client | null): Promise<void> {
  try {
    const { version, files } = await (await fetch("/integrity.json", { cache: "no-store" })).json() as { version: string; files: Record<string, string> };
    const script = await hashOf(await fetch("/keeper.js", { cache: "no-store" }));
    if (script !== files["/keeper.js"] || (version === VERSION && script !== FILES["/keeper.js"])) page?.postMessage({ found: "changed" });
    else if (version !== VERSION) page?.postMessage({ found: "update" });
  } catch {
    // without network there is nothing to compare
  }
}

async function hashOf(answer: Response): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.arrayBuffer()));
  return btoa(String.fromCharCode(...digest));
}

export {};
