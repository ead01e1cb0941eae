// The town map. Folium has drawn the outlines and left `map_town`; the cases come from our own address, every minute
// while the page is looked at: one by one, or counted by cell where they are too many. Whatever a person wrote is set
// as text, never as HTML. `map-layers.js` draws what lies under them; the two talk by events of the frame.

const EVERY = 60_000;
const TOWN_AHEAD = 8 * 3_600_000; // of UTC, the whole year
const LIGHTS = ["green", "yellow", "red"];
const GLYPHS = ["●", "▲", "■"];
const SHAPES = ["M18 2.5a15.5 15.5 0 1 0 0 31a15.5 15.5 0 1 0 0-31z", "M18 1 35 33H1z", "M4 4h28v28H4z"];
const BASELINES = [23, 28, 23];
const SVG = "http://www.w3.org/2000/svg";
const SIZE = 44;
const HEAT = 28;
const WHOLE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5"/></svg>';

const frame = document.querySelector("[data-town-map]");
if (frame && window.L && window.map_town) start(window.L, window.map_town);

function start(L, map) {
  const words = JSON.parse(document.getElementById("map-words").textContent);
  const status = document.querySelector("[data-map-status]");
  const moment = document.querySelector("[data-map-time]");
  const card = openCard(frame, words, () => map.getContainer().focus());
  const markers = new Map();

  const Sign = L.DivIcon.extend({
    options: { iconSize: [SIZE, SIZE], className: "" },
    box(className) {
      const box = document.createElement("div");
      this._setIconStyles(box, "icon"); // Leaflet's own classes; it sets them anew, so ours come after
      box.classList.add(...className.split(" "));
      return box;
    },
  });
  const PinIcon = Sign.extend({
    createIcon() {
      const [light, major, fresh] = this.options.kind;
      const [name, sign] = words.majors[major] ?? ["", ""];
      const box = this.box(`pin is-${LIGHTS[light]}${fresh ? " is-new" : ""}`);
      const svg = box.appendChild(document.createElementNS(SVG, "svg"));
      svg.setAttribute("viewBox", "0 0 36 36");
      svg.setAttribute("aria-hidden", "true");
      shape(svg, "path", "pin-shape", { d: SHAPES[light] });
      shape(svg, "text", "pin-sign", { x: 18, y: BASELINES[light] }).textContent = sign;
      box.setAttribute("aria-label", fill(words.pin, { class: name, light: words.lights[light] }));
      return box;
    },
  });
  const ClusterIcon = Sign.extend({
    createIcon() {
      const { count, late, soon } = this.options.sum;
      const worst = late ? 2 : soon ? 1 : 0;
      const box = this.box(`pin-cluster is-${LIGHTS[worst]}`);
      box.append(String(count));
      if (worst) box.append(element("span", "", GLYPHS[worst] + (late ? late : "")));
      box.setAttribute("aria-label", fill(late ? words.cluster : words.cluster_calm, { count, late }));
      return box;
    },
  });
  const sumOf = (cluster) => {
    const lights = cluster.getAllChildMarkers().map((marker) => marker.options.light);
    const of = (light) => lights.filter((one) => one === light).length;
    return { count: lights.length, late: of(2), soon: of(1) };
  };
  const icons = new Map();
  const iconOf = (...kind) => {
    const key = kind.join(" ");
    if (!icons.has(key)) icons.set(key, new PinIcon({ kind }));
    return icons.get(key);
  };

  map.attributionControl.setPrefix(false);
  const zoom = L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out });
  keepView(map, zoom.addTo(map), words);
  map.getContainer().setAttribute("aria-label", words.map);
  map.getContainer().setAttribute("role", "application");
  const group = L.markerClusterGroup({
    animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    chunkedLoading: true,
    chunkDelay: 5,
    maxClusterRadius: 48,
    showCoverageOnHover: false,
    iconCreateFunction: (cluster) => new ClusterIcon({ sum: sumOf(cluster) }),
    chunkProgress: (done, total) => total && done === total && queueMicrotask(drawn), // none are there at the start
  });
  const cells = L.layerGroup();
  const heat = L.heatLayer && L.heatLayer([], { radius: HEAT, blur: 22, minOpacity: 0.25, maxZoom: 0 }).addTo(map);
  if (!heat) group.addTo(map), cells.addTo(map);
  else map.on("zoomend", scale);
  const ask = ({ layer }) => {
    layer.getElement().classList.remove("is-new");
    card.show(layer.options.id, layer);
  };
  group.on("click", ask);
  group.on("keypress", (event) => event.originalEvent.key === "Enter" && ask(event));

  // Keep what has not changed, so that nothing under the reader's finger jumps; what came since stands out.
  function draw(points, came) {
    cells.clearLayers();
    if (heat) return warm(points.x, points.y, points.id.map(() => 1));
    const wanted = new Map(points.id.map((id, at) => [id, at]));
    const gone = [];
    for (const [id, marker] of markers) {
      const at = wanted.get(id);
      const same = at !== undefined && marker.options.key === keyOf(points, at);
      if (same) wanted.delete(id);
      else gone.push(marker), markers.delete(id);
    }
    const fresh = [...wanted].map(([id, at]) => {
      const marker = pin(points, at, came.has(id));
      markers.set(id, marker);
      return marker;
    });
    if (gone.length) group.removeLayers(gone);
    if (fresh.length) group.addLayers(fresh);
    else drawn();
    card.hideIfGone(markers);
  }

  function pin(points, at, fresh) {
    const [id, light] = [points.id[at], points.l[at]];
    const icon = iconOf(light, points.c[at], fresh);
    return L.marker([points.y[at] / 1e5, points.x[at] / 1e5], { id, light, key: keyOf(points, at), icon });
  }

  // Too many for single points: one sign a cell, made by the server.
  function drawCells(told) {
    group.clearLayers();
    markers.clear();
    cells.clearLayers();
    if (heat) return warm(told.x, told.y, told.n);
    told.n.forEach((count, at) => {
      const [late, soon] = [told.late[at], told.soon[at]];
      const single = count === 1;
      const light = late ? 2 : soon ? 1 : 0;
      const icon = single ? iconOf(light, told.c[at], false) : new ClusterIcon({ sum: { count, late, soon } });
      const spot = [told.y[at] / 1e5, told.x[at] / 1e5];
      const marker = L.marker(spot, { id: told.id[at], icon }).addTo(cells);
      const open = () => (single ? card.show(told.id[at], marker) : map.setView(spot, Math.floor(map.getZoom()) + 2));
      marker.on("click", open);
      marker.on("keypress", (event) => event.originalEvent.key === "Enter" && open());
      if (single) markers.set(told.id[at], marker);
    });
    card.hideIfGone(markers);
    drawn();
  }

  function warm(x, y, weights) {
    const most = Math.max(1, ...weights);
    heat.setLatLngs(weights.map((weight, at) => [y[at] / 1e5, x[at] / 1e5, Math.max(weight / most, 0.15)]));
    scale();
    drawn();
  }

  // The warmest colour is the densest spot of this map at this zoom, be it three cases or three hundred.
  function scale() {
    const spots = new Map();
    for (const [y, x, weight] of heat._latlngs) {
      const { x: column, y: row } = map.project([y, x], map.getZoom()).divideBy(HEAT)._floor();
      const key = `${column} ${row}`;
      spots.set(key, (spots.get(key) ?? 0) + weight);
    }
    heat.setOptions({ max: Math.max(1, ...spots.values()) });
  }

  // When the cases are on the page: what the benchmark waits for.
  function drawn() {
    if (!performance.getEntriesByName("map-drawn").length) performance.mark("map-drawn");
  }

  function tell(told, came) {
    const count = told.n ? told.n.reduce((sum, one) => sum + one, 0) : told.id.length;
    const said = [count ? fill(many ? words.part : words.count, { count }) : many ? words.none_here : words.none];
    if (came.size) said.push(fill(words.came, { count: came.size }));
    if (told.u) said.push(fill(words.unplaced, { count: told.u }));
    say(said.join(" "));
    const time = new Date(Date.now() + TOWN_AHEAD).toISOString().slice(11, 16); // Intl takes its time at the first call
    moment.textContent = fill(words.updated, { time });
  }

  function say(text, failed = false) {
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("is-failed", failed);
  }

  let many = frame.dataset.many === "1";
  let held = { url: "", tag: null, told: null, came: new Set() };
  let timer = 0;
  let turn = 0;
  async function refresh() {
    clearTimeout(timer);
    const mine = ++turn; // an answer that was overtaken is not drawn
    const url = many ? partOf(map, frame.dataset.clusters) : frame.dataset.points;
    const known = held.url === url;
    try {
      const headers = { Accept: "application/json", ...(known && held.tag ? { "If-None-Match": held.tag } : {}) };
      const answer = await fetch(url, { headers, cache: "no-store", redirect: "manual" });
      if (mine !== turn) return;
      if (answer.type === "opaqueredirect" || answer.status === 401) return say(words.signed_out, true);
      if (answer.ok) {
        const told = await answer.json();
        if (mine !== turn) return;
        if (!many && told.id.length >= words.most) {
          many = true;
          return refresh();
        }
        const before = new Set(held.told?.id);
        const came = new Set(known && !many ? told.id.filter((id) => !before.has(id)) : []);
        held = { url, tag: answer.headers.get("ETag"), told, came };
        if (told.n) drawCells(told);
        else draw(told, came);
        frame.dispatchEvent(new CustomEvent("map:drawn", { detail: { again: known } }));
      } else if (answer.status !== 304) throw new Error(String(answer.status));
      tell(held.told, held.came);
    } catch {
      if (mine === turn) say(words.failed, true);
    }
    timer = setTimeout(() => document.hidden || refresh(), EVERY);
  }
  map.on("moveend", () => many && refresh());
  frame.addEventListener("map:go", () => {
    many = frame.dataset.many === "1";
    refresh();
  });
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  new ResizeObserver(() => map.invalidateSize()).observe(frame);
  refresh();
  name(L, map);
  pointOut((id) => markers.has(id) && group.getVisibleParent(markers.get(id)));
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
      for (const part of ["number", "place", "state", "due"]) slot(part).textContent = told ? told[part] : "";
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

function keyOf(points, at) {
  return `${points.x[at]} ${points.y[at]} ${points.c[at]} ${points.l[at]}`;
}

function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function shape(svg, tag, className, attributes) {
  const made = svg.appendChild(document.createElementNS(SVG, tag));
  made.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
