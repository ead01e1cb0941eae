// The town map. Folium has drawn the outlines and left `map_town`; the cases come from our own address, every minute
// while the page is looked at: one by one, or counted by cell where they are too many. `map-cases.js` draws them,
// `map-layers.js` what lies under them; that one and this talk by events of the frame.

import { casesOn, element, fill } from "./map-cases.js";

const EVERY = 60_000;
const TOWN_AHEAD = 8 * 3_600_000; // of UTC, the whole year
const WHOLE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5"/></svg>';

const frame = document.querySelector("[data-town-map]");
if (frame && window.L && window.map_town) start(window.L, window.map_town);

function start(L, map) {
  const words = JSON.parse(document.getElementById("map-words").textContent);
  map.attributionControl.setPrefix(false);
  const zoom = L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out });
  keepView(map, zoom.addTo(map), words);
  map.getContainer().setAttribute("aria-label", words.map);
  map.getContainer().setAttribute("role", "application");
  const card = openCard(frame, words, () => map.getContainer().focus());
  const cases = casesOn(L, map, words, card);
  new ResizeObserver(() => map.invalidateSize()).observe(frame);
  follow(map, cases, words);
  name(L, map);
  pointOut(cases.signOf);
}

// Ask for the cases now, every minute, after a move where they are counted by cell, and when the page is looked at again.
function follow(map, cases, words) {
  let many = frame.dataset.many === "1";
  let held = { url: "", tag: null, told: null, came: new Set() };
  let timer = 0;
  let turn = 0;

  async function refresh() {
    clearTimeout(timer);
    const mine = ++turn; // an answer that was overtaken is not drawn
    const url = many ? partOf(map, frame.dataset.clusters) : frame.dataset.points;
    try {
      const answer = await asked(url, held.url === url ? held.tag : null);
      if (mine !== turn) return;
      if (answer.type === "opaqueredirect" || answer.status === 401) return say(words.signed_out, true);
      if (answer.ok) {
        const told = await answer.json();
        if (mine !== turn) return;
        if (!many && told.id.length >= words.most) {
          many = true;
          return refresh();
        }
        draw(url, told, answer.headers.get("ETag"));
      } else if (answer.status !== 304) throw new Error(String(answer.status));
      tell(words, held.told, held.came, many);
    } catch {
      if (mine === turn) say(words.failed, true);
    }
    timer = setTimeout(() => document.hidden || refresh(), EVERY);
  }

  function draw(url, told, tag) {
    const again = held.url === url;
    const before = new Set(held.told?.id);
    const came = new Set(again && !many ? told.id.filter((id) => !before.has(id)) : []);
    held = { url, tag, told, came };
    if (told.n) cases.cells(told);
    else cases.points(told, came);
    frame.dispatchEvent(new CustomEvent("map:drawn", { detail: { again } }));
  }

  map.on("moveend", () => many && refresh());
  frame.addEventListener("map:go", () => {
    many = frame.dataset.many === "1";
    refresh();
  });
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  refresh();
}

function asked(url, tag) {
  const headers = { Accept: "application/json", ...(tag ? { "If-None-Match": tag } : {}) };
  return fetch(url, { headers, cache: "no-store", redirect: "manual" });
}

function tell(words, told, came, many) {
  const count = told.n ? told.n.reduce((sum, one) => sum + one, 0) : told.id.length;
  const said = [count ? fill(many ? words.part : words.count, { count }) : many ? words.none_here : words.none];
  if (came.size) said.push(fill(words.came, { count: came.size }));
  if (told.u) said.push(fill(words.unplaced, { count: told.u }));
  say(said.join(" "));
  const time = new Date(Date.now() + TOWN_AHEAD).toISOString().slice(11, 16); // Intl takes its time at the first call
  document.querySelector("[data-map-time]").textContent = fill(words.updated, { time });
}

function say(text, failed = false) {
  const status = document.querySelector("[data-map-status]");
  if (status.textContent !== text) status.textContent = text;
  status.classList.toggle("is-failed", failed);
}

// Where the reader moved to stands in the link, so that the way back from a case leads to the same view.
function keepView(map, zoom, words) {
  const whole = [map.getCenter(), map.getZoom()];
  const [at, lat, lon] = location.hash.slice(1).split("/").map(Number);
  if (lon) map.setView([lat, lon], at, { animate: false });
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    history.replaceState(null, "", `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`);
  });
  zoom._createButton(WHOLE, words.whole, "map-whole", zoom.getContainer(), () => map.setView(...whole));
  document.querySelector(".map-tools").addEventListener("click", ({ target }) => {
    if (target.closest("a")) target.closest("a").hash = location.hash; // drawn otherwise, seen from the same place
  });
}

// The row of the list that is looked at is marked on the map.
function pointOut(find) {
  let marked = null;
  const mark = ({ target }) => {
    const link = target.closest("[data-row]")?.querySelector("[data-row-link]");
    const sign = link && find(Number(link.pathname.split("/").pop()));
    marked?.classList.remove("is-marked");
    marked = sign ? sign.getElement() : null;
    marked?.classList.add("is-marked");
  };
  const list = document.querySelector(".list-side");
  for (const kind of ["mouseover", "focusin", "mouseleave"]) list.addEventListener(kind, mark);
}

// The address of what is looked at: the box, and how near.
function partOf(map, address) {
  const [box, zoom] = [map.getBounds(), Math.max(0, Math.round(map.getZoom()))];
  const sides = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((side) => side.toFixed(5));
  const url = new URL(address, location.href);
  url.searchParams.set("box", sides.join(","));
  url.searchParams.set("z", String(zoom));
  return url.pathname + url.search;
}

// The names of places, each in the middle of its outline.
async function name(L, map) {
  const answer = await fetch(frame.dataset.places, { headers: { Accept: "application/json" }, redirect: "manual" });
  if (!answer.ok) return;
  const places = await answer.json();
  const names = new Map(places.id.map((id, at) => [id, places.name[at]]));
  map.createPane("names").style.zIndex = 450; // over the outlines, under the pins
  map.eachLayer((layer) => {
    const text = layer.feature && names.get(layer.feature.id);
    if (!text) return;
    L.tooltip({ pane: "names", permanent: true, direction: "center", className: "place-name", interactive: false })
      .setLatLng(layer.getBounds().getCenter())
      .setContent(element("span", "", text))
      .addTo(map);
  });
}

// The card of one pin. It opens at the foot of the map; Escape and 收起 close it.
function openCard(root, words, back) {
  const card = root.querySelector("[data-map-card]");
  const slot = (name) => card.querySelector(`[data-card-${name}]`);
  let shown = 0;
  let from = null;
  const hide = () => {
    if (card.hidden) return;
    card.hidden = true;
    const pin = from && from.getElement && from.getElement();
    shown = 0;
    if (pin && pin.isConnected) pin.focus();
    else back();
  };
  slot("close").addEventListener("click", hide);
  root.addEventListener("keydown", (event) => event.key === "Escape" && hide());

  return {
    async show(id, marker) {
      shown = id;
      from = marker;
      const answer = await fetch(root.dataset.card.replace("/0.json", `/${id}.json`), {
        headers: { Accept: "application/json" },
        redirect: "manual",
      }).catch(() => ({ ok: false, status: 0 }));
      if (shown !== id) return;
      const told = answer.ok ? await answer.json() : null;
      const trouble = answer.status === 404 ? words.gone : words.failed;
      slot("kind").textContent = told ? told.kind : trouble;
      for (const part of ["number", "place", "state", "due", "handler"]) slot(part).textContent = told ? told[part] : "";
      slot("due").className = told ? `due is-${told.light}` : "";
      slot("link").hidden = !told;
      if (told) slot("link").href = told.url;
      card.hidden = false;
      slot("kind").focus();
    },
    hideIfGone(markers) {
      if (shown && !markers.has(shown)) hide();
    },
  };
}
