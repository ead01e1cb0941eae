// Signing out on an ordinary page also closes the phone's own store of that account: the way in by PIN, the working set
// and the token go, what was not sent stays sealed (see js/phone/store.js). Somebody who left without a signal is signed
// out on the first page that opens with one, before it is shown.
// A plain script in the head, so that nothing of the one before flashes up.
(() => {
  "use strict";
  const LEAVING = "gridcase.phone.leaving";
  const HERE = "gridcase.phone.here";
  const DIRECTORY = "gridcase.phone";
  const root = document.documentElement;

  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off: then nothing lies here either
    }
  };
  const leaving = stored(LEAVING);
  if (!leaving && !stored(HERE)) return; // most people: nothing to do
  if (leaving) root.hidden = true;

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const over = (transaction) =>
    new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });

  const sealOne = async (base, person) => {
    const row = { store: person.store, owner: person.owner, label: "", state: "sealed", used: person.used };
    const directory = base.transaction("people", "readwrite");
    directory.objectStore("people").put(row);
    await over(directory);
    const kept = await done(indexedDB.open(`${DIRECTORY}.${person.store}`));
    const clearing = kept.transaction(["meta", "items"], "readwrite");
    for (const key of ["pin", "set", "token", "tries", "drafts", "lacks"]) clearing.objectStore("meta").delete(key);
    const items = clearing.objectStore("items");
    for (const item of await done(items.getAll())) {
      if (item.state === "accepted" || item.state === "handed") items.delete(item.id);
    }
    await over(clearing);
    kept.close();
    if ("BroadcastChannel" in window) {
      const channel = new BroadcastChannel("gridcase.phone");
      channel.postMessage({ type: "sealed", store: person.store, why: "left" });
      channel.close();
    }
  };

  const sealAll = async (owner) => {
    if (!stored(HERE)) return;
    const base = await done(indexedDB.open(DIRECTORY));
    const people = await done(base.transaction("people").objectStore("people").getAll());
    for (const person of people) if (person.state === "open" && String(person.owner) === owner) await sealOne(base, person);
    base.close();
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form[data-leave]");
    if (leaving && form?.dataset.leave === leaving) {
      form.submit();
      return;
    }
    if (leaving) {
      localStorage.removeItem(LEAVING); // signed out by now, or somebody else is here
      root.hidden = false;
    }
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      localStorage.setItem(LEAVING, form.dataset.leave);
      sealAll(form.dataset.leave)
        .catch(() => {})
        .then(() => form.submit());
    });
  });
})();
