// What lies under the cases of the town map: how dark each place is, the homes of the circles, a base map if one is set;
// and the days gone by. The list and the numbers beside the map are taken anew when the cases have changed.

import { fill } from "./map-cases.js";

const DAY = 86_400_000;
const frame = document.querySelector("[data-town-map]");
if (frame && window.L && window.map_town) start(window.L, window.map_town);

function start(L, map) {
  const words = JSON.parse(document.getElementById("map-words").textContent);
  if (words.base) base(L, map, words.base);
  if (frame.dataset.homes) homes(L, map, words);
  const shade = () => {
    const rows = [...document.querySelectorAll("[data-area]")];
    const steps = new Map(rows.map(({ dataset }) => [Number(dataset.area), dataset.step]));
    map.eachLayer((layer) => {
      const shape = layer.feature && steps.has(layer.feature.id) && layer.getElement && layer.getElement();
      if (!shape) return;
      shape.classList.remove("step-0", "step-1", "step-2", "step-3", "step-4");
      shape.classList.add("counted", `step-${steps.get(layer.feature.id)}`);
    });
  };
  shade();
  frame.addEventListener("map:drawn", (event) => event.detail.again && beside(location.href).then(shade));
  days(words, async (url) => {
    if (!(await beside(url))) return;
    shade();
    frame.dispatchEvent(new CustomEvent("map:go"));
  });
}

// The same page anew: its list, its numbers, its chips, and where the map asks. Of several the last one asked for counts.
let turn = 0;
async function beside(url) {
  const mine = ++turn;
  const answer = await ask(url, { Accept: "text/html" });
  if (!answer.ok || mine !== turn) return false;
  const holder = document.createElement("template"); // a document of its own would apply its styles under a dead nonce
  holder.innerHTML = await answer.text();
  const page = holder.content;
  const fresh = page.querySelector("[data-town-map]");
  if (!fresh || mine !== turn) return false;
  for (const [name, value] of Object.entries(fresh.dataset)) frame.dataset[name] = value;
  for (const old of document.querySelectorAll("[data-map-part]")) {
    const part = page.querySelector(`[data-map-part="${old.dataset.mapPart}"]`);
    if (part && !old.contains(document.activeElement)) old.replaceChildren(...part.childNodes);
  }
  return true;
}

function ask(url, headers) {
  return fetch(url, { headers, cache: "no-store", redirect: "manual" }).catch(() => ({ ok: false, status: 0 }));
}

// A day of the last weeks: the slider and the date say the same; it stands in the link.
function days(words, go) {
  const box = document.querySelector("[data-map-days]");
  if (!box) return;
  const [slider, date, said] = ["slider", "date", "words"].map((name) => box.querySelector(`[data-day-${name}]`));
  const last = Date.parse(`${slider.dataset.today}T00:00:00Z`);
  const most = Number(slider.max);
  const iso = () => new Date(last - (most - slider.value) * DAY).toISOString().slice(0, 10);
  const say = () => {
    const ago = most - slider.value;
    const text = ago ? fill(words.day, { day: inWords(iso()), ago }) : words.today;
    said.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  };
  const move = () => {
    date.value = Number(slider.value) === most ? "" : iso();
    const url = new URL(location.href);
    url.searchParams.delete("after");
    if (date.value) url.searchParams.set("day", date.value);
    else url.searchParams.delete("day");
    history.replaceState(null, "", url);
    go(url.href);
  };
  slider.addEventListener("input", say);
  slider.addEventListener("change", move);
  date.addEventListener("change", () => {
    const chosen = Date.parse(`${date.value}T00:00:00Z`);
    if (date.value && !(chosen >= last - most * DAY && chosen <= last)) return;
    slider.value = String(date.value ? most - Math.round((last - chosen) / DAY) : most);
    say();
    move();
  });
  say();
}

// The homes of the circles, each with a line to its liaison's home, or to the middle of the circle.
async function homes(L, map, words) {
  const answer = await ask(frame.dataset.homes, { Accept: "application/json" });
  if (!answer.ok) return;
  const told = await answer.json();
  const circles = new Map();
  told.p.forEach((circle, at) => {
    if (!circles.has(circle)) circles.set(circle, { spots: [], own: null });
    const spot = [told.y[at] / 1e5, told.x[at] / 1e5];
    circles.get(circle).spots.push(spot);
    if (told.own[at]) circles.get(circle).own = spot;
  });
  map.createPane("homes").style.zIndex = 420; // over the fills, under names and pins
  const layer = L.layerGroup().addTo(map);
  for (const { spots, own } of circles.values()) {
    const middle = own ?? [0, 1].map((axis) => spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length);
    const look = { pane: "homes", interactive: false };
    L.polyline(spots.map((spot) => [middle, spot]), { ...look, className: "home-line", weight: 1 }).addTo(layer);
    for (const spot of spots) L.circleMarker(spot, { ...look, className: "home-dot", radius: 2.5 }).addTo(layer);
    L.circleMarker(middle, { ...look, className: "liaison-dot", radius: 5 }).addTo(layer);
  }
  const said = document.querySelector("[data-map-homes]");
  if (said) said.textContent = fill(words.homes, { homes: told.p.length, circles: circles.size });
}

function base(L, map, { tiles, servers, zoom }) {
  map.getContainer().classList.add("has-base");
  for (const template of tiles) {
    const options = { subdomains: servers, maxNativeZoom: zoom, maxZoom: map.getMaxZoom() };
    if (template.includes("{s}")) options.referrerPolicy = "origin"; // its key is bound to our name, not to our pages
    L.tileLayer(template, options).addTo(map);
  }
}

// Takes the browser tens of milliseconds the first time: not for the day that every map begins with.
function inWords(day) {
  return new Date(day).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
}
