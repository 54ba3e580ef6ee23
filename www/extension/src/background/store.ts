// Modules of policies that were fetched, in the browser's database: the last good one stays.

/** A policy that was fetched and checked. */
export interface Kept {
  /** As it was fetched: it is checked again each time it is loaded. */
  readonly bytes: ArrayBuffer;
  readonly address: string;
  /** An older one is not taken any more. */
  readonly version: string;
  readonly build: string;
  readonly etag: string;
  readonly day: string;
}

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open("riegel", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("policies");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const request = act(database.transaction("policies", mode).objectStore("policies"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

export const kept = (name: string): Promise<Kept | undefined> => run("readonly", (store) => store.get(name) as IDBRequest<Kept | undefined>).catch(() => undefined);
export const keep = (name: string, policy: Kept): Promise<unknown> => run("readwrite", (store) => store.put(policy, name));
