// The service worker: keeps the shell and its files, so that the app opens without a signal. VERSION, FILES and SHELLS
// are put in front by the server. It keeps no page with data, no answer of the interface, and looks at nothing else.
/* global VERSION, FILES, SHELLS */

const NAME = `gridcase-phone-${VERSION}`;
const kept = new Set([...FILES, SHELLS.zh, SHELLS.en]);

// An address with a digest never changes what it means; the others are asked for anew.
const asked = (address) =>
  new Request(address, { cache: address.includes("?v=") ? "default" : "no-cache", credentials: "omit" });

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(NAME);
    await cache.addAll([...kept].map(asked));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clear = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("gridcase-phone-") && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

const fromHere = async (address, request) => {
  const found = await (await caches.open(NAME)).match(address, { ignoreVary: true });
  return found ?? fetch(request);
};

const shellOf = (url) => {
  if (url.pathname.startsWith("/phone/en")) return SHELLS.en;
  if (url.searchParams.get("lang") === "zh") return SHELLS.zh;
  return (self.navigator.language ?? "").startsWith("en") ? SHELLS.en : SHELLS.zh;
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const own = url.pathname === "/phone" || url.pathname.startsWith("/phone/");
  if (request.mode === "navigate") {
    if (own) event.respondWith(fromHere(shellOf(url), request));
    return;
  }
  const address = url.pathname + url.search;
  if (kept.has(address)) event.respondWith(fromHere(address, request));
});

// A signal has come back: the pages hold the keys, so they are woken; with none open the browser asks again later.
self.addEventListener("sync", (event) => {
  const wake = async () => {
    const pages = (await self.clients.matchAll({ type: "window" })).filter((page) => page.url.includes("/phone"));
    for (const page of pages) page.postMessage("flush");
    if (!pages.length) throw new Error("nobody is there");
  };
  event.waitUntil(wake());
});
