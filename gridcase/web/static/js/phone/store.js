// What the phone keeps: one small directory of people, and one database for each of them. Whatever could tell something
// about a home or a person lies in it encrypted (vault.js); in the clear stand only ids, states and counts.

const DIRECTORY = "gridcase.phone";
const HERE = "gridcase.phone.here"; // so that the ordinary pages know without opening a database

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const finished = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("not kept"));
  });

const open = (name, shape) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => shape(request.result);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const base = request.result;
      base.onversionchange = () => base.close(); // another tab deletes it: do not stand in the way
      resolve(base);
    };
  });

const STORES = {
  people: { keyPath: "store" }, // directory: {store, owner, label, state: "open" | "sealed", used}
  meta: { keyPath: "key" },
  items: { keyPath: "id" },
  photos: { keyPath: "id" },
};

const make = (names) => (base) => {
  for (const name of names) base.createObjectStore(name, STORES[name]);
};

/** Whoever was at the phone has left, and the store was closed under what was under way: nobody is there to be told. */
export class StoreClosed extends Error {}

const begin = (base, names, ...how) => {
  try {
    return base.transaction(names, ...how);
  } catch (error) {
    throw error.name === "InvalidStateError" ? new StoreClosed(error.message) : error;
  }
};

/** For a promise nobody waits for: closed under the work is no fault. */
export const unlessClosed = (error) => {
  if (!(error instanceof StoreClosed)) throw error;
};

const table = (base, name) => ({
  get: async (key) => asked(begin(base, name).objectStore(name).get(key)),
  all: async () => asked(begin(base, name).objectStore(name).getAll()),
  put: async (...rows) => {
    const transaction = begin(base, name, "readwrite", { durability: "strict" });
    for (const row of rows) transaction.objectStore(name).put(row);
    await finished(transaction); // kept, not only accepted
  },
  drop: async (...keys) => {
    const transaction = begin(base, name, "readwrite");
    for (const key of keys) transaction.objectStore(name).delete(key);
    await finished(transaction);
  },
  // Read and write again in one step: two tabs cannot step on one another.
  change: async (key, alter) => {
    const transaction = begin(base, name, "readwrite", { durability: "strict" });
    const rows = transaction.objectStore(name);
    const altered = alter(await asked(rows.get(key)));
    if (altered) rows.put(altered);
    await finished(transaction);
    return altered;
  },
});

let directory;

export const people = async () => {
  directory ??= table(await open(DIRECTORY, make(["people"])), "people");
  return directory;
};

export const everybody = async () => (await (await people()).all()).sort((a, b) => b.used - a.used);

/** The database of one person on this phone: `{ meta, items, photos }`; items and a photo can be written together. */
export const openStore = async (store) => {
  const base = await open(`${DIRECTORY}.${store}`, make(["meta", "items", "photos"]));
  return {
    meta: table(base, "meta"),
    items: table(base, "items"),
    photos: table(base, "photos"),
    // An item and its photos, and the refused one it takes the place of: all or nothing.
    keep: async (item, photos, instead) => {
      const transaction = begin(base, ["items", "photos", "meta"], "readwrite", { durability: "strict" });
      const items = transaction.objectStore("items");
      const counter = transaction.objectStore("meta");
      const last = (await asked(counter.get("order")))?.value ?? 0;
      counter.put({ key: "order", value: last + 1 });
      items.put({ ...item, order: last + 1 });
      for (const photo of photos) transaction.objectStore("photos").put(photo);
      if (instead) items.delete(instead);
      await finished(transaction);
    },
    close: () => base.close(),
  };
};

export const addPerson = async (person) => {
  await (await people()).put(person);
  localStorage.setItem(HERE, "1");
};

export const forgetStore = async (store) => {
  await (await people()).drop(store);
  await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(`${DIRECTORY}.${store}`);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
  if (!(await everybody()).length) localStorage.removeItem(HERE);
};

/** Take away what opens and what was read: the way in by PIN, the working set, the token, the drafts, what was
    accepted. What was not sent stays, and only the server can open it. */
export const seal = async (person) => {
  await (await people()).put({ store: person.store, owner: person.owner, label: "", state: "sealed", used: person.used });
  const kept = await openStore(person.store);
  await kept.meta.drop("pin", "set", "token", "tries", "drafts", "lacks");
  const done = (await kept.items.all()).filter((item) => item.state === "accepted" || item.state === "handed");
  await kept.items.drop(...done.map((item) => item.id));
  kept.close();
};

/** Ask the browser not to clear us away, and what room there is: `{ kept, used, room }` in bytes. */
export const room = async (ask) => {
  if (!navigator.storage?.estimate) return null;
  const kept = ask ? await navigator.storage.persist?.() : await navigator.storage.persisted?.();
  const { usage, quota } = await navigator.storage.estimate();
  return { kept: Boolean(kept), used: usage, room: quota };
};
