/** What waits in this browser for an issuer: visits to its page, and credentials that come later. */

const STORE = "things"; // the browser's own store, which "leave nothing behind" empties
const DATABASE = "keeper";

/** Something that ends by itself. */
export interface Waits {
  readonly until: number; // in seconds
}

/** Keep it under a name; a key that refuses export stays one. */
export async function put(name: string, value: Waits): Promise<void> {
  await change((store) => store.put(value, name));
}

/** Take it out, once; undefined where it is gone or over. */
export async function take<T extends Waits>(name: string, now: number): Promise<T | undefined> {
  const found = await within<T | undefined>((store) => store.get(name) as IDBRequest<T | undefined>);
  await change((store) => store.delete(name));
  return found && found.until > now ? found : undefined;
}

/** The names that begin so, of what is not over; what is over goes. */
export async function namesOf<T extends Waits>(beginning: string, now: number): Promise<string[]> {
  const keys = await within((store) => store.getAllKeys(IDBKeyRange.bound(beginning, `${beginning}\uffff`)));
  const alive: string[] = [];
  for (const key of keys.map(String)) {
    const found = await within<T | undefined>((store) => store.get(key) as IDBRequest<T | undefined>);
    if (found && found.until > now) alive.push(key);
    else await change((store) => store.delete(key));
  }
  return alive;
}

/** Look at it without taking it. */
export function look<T extends Waits>(name: string): Promise<T | undefined> {
  return within<T | undefined>((store) => store.get(name) as IDBRequest<T | undefined>);
}

async function within<T>(action: (store: IDBObjectStore) => IDBRequest<T>, mode: IDBTransactionMode = "readonly"): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await done(opening);
  try {
    return await done(action(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

async function change(action: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  await within(action as (store: IDBObjectStore) => IDBRequest<unknown>, "readwrite");
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("no store"));
  });
}
