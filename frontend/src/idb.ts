/** One database of this browser: stores that are made once, acts that are written before they count. */

export type Within = <T>(store: string, mode: IDBTransactionMode, act: (in_: IDBObjectStore) => IDBRequest<T>) => Promise<T>;

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's store failed"));
  });
}

/** How acts are run in the database `name`, each in one transaction, until it is written; `make` makes its stores. */
export function database(name: string, make: (fresh: IDBDatabase) => void): Within {
  const open = async () => {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => make(opening.result);
    return settled(opening);
  };
  return async (store, mode, act) => {
    const opened = await open();
    try {
      const transaction = opened.transaction(store, mode, { durability: "strict" });
      const written = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error("the browser's store failed"));
      });
      const [result] = await Promise.all([settled(act(transaction.objectStore(store))), written]);
      return result;
    } finally {
      opened.close();
    }
  };
}
