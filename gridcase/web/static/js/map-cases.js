// How the cases stand on the town map: a pin each and a ring of several where they lie close, one sign a cell where the
// server has counted them, or as heat. `map.js` asks for them. Whatever a person wrote is set as text, never as HTML.

const LIGHTS = ["green", "yellow", "red"];
const GLYPHS = ["●", "▲", "■"];
const SHAPES = ["M18 2.5a15.5 15.5 0 1 0 0 31a15.5 15.5 0 1 0 0-31z", "M18 1 35 33H1z", "M4 4h28v28H4z"];
const BASELINES = [23, 28, 23];
const SVG = "http://www.w3.org/2000/svg";
const SIZE = 44;
const HEAT = 28;

/** The cases on this map: `points` draws them one by one, `cells` as counted, `signOf` is what stands for one of them. */
export function casesOn(L, map, words, card) {
  return L.heatLayer ? warmth(L, map) : pins(L, map, words, card);
}

function pins(L, map, words, card) {
  const signs = signsOf(L, words);
  const markers = new Map();
  const cells = L.layerGroup();
  const group = L.markerClusterGroup({
    animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    chunkedLoading: true,
    chunkDelay: 5,
    maxClusterRadius: 48,
    showCoverageOnHover: false,
    iconCreateFunction: (cluster) => signs.cluster(sumOf(cluster)),
    chunkProgress: (done, total) => total && done === total && queueMicrotask(drawn), // none are there at the start
  });
  group.addTo(map);
  cells.addTo(map);
  onChoice(group, ({ layer }) => {
    layer.getElement().classList.remove("is-new");
    card.show(layer.options.id, layer);
  });

  const pin = (told, at, fresh) => {
    const [id, light] = [told.id[at], told.l[at]];
    const icon = signs.pin(light, told.c[at], fresh);
    return L.marker([told.y[at] / 1e5, told.x[at] / 1e5], { id, light, key: keyOf(told, at), icon });
  };

  const cell = (told, at) => {
    const [count, late, soon] = [told.n[at], told.late[at], told.soon[at]];
    const spot = [told.y[at] / 1e5, told.x[at] / 1e5];
    const icon = count === 1 ? signs.pin(worstOf(late, soon), told.c[at], false) : signs.cluster({ count, late, soon });
    const marker = L.marker(spot, { id: told.id[at], icon }).addTo(cells);
    if (count === 1) markers.set(told.id[at], marker);
    const nearer = () => map.setView(spot, Math.floor(map.getZoom()) + 2);
    onChoice(marker, count === 1 ? () => card.show(told.id[at], marker) : nearer);
  };

  return {
    // Keep what has not changed, so that nothing under the reader's finger jumps; what came since stands out.
    points(told, came) {
      cells.clearLayers();
      const wanted = new Map(told.id.map((id, at) => [id, at]));
      const gone = [];
      for (const [id, marker] of markers) {
        const at = wanted.get(id);
        const same = at !== undefined && marker.options.key === keyOf(told, at);
        if (same) wanted.delete(id);
        else gone.push(marker), markers.delete(id);
      }
      const fresh = [...wanted].map(([id, at]) => {
        const marker = pin(told, at, came.has(id));
        markers.set(id, marker);
        return marker;
      });
      if (gone.length) group.removeLayers(gone);
      if (fresh.length) group.addLayers(fresh);
      else drawn();
      card.hideIfGone(markers);
    },
    cells(told) {
      group.clearLayers();
      markers.clear();
      cells.clearLayers();
      told.n.forEach((_count, at) => cell(told, at));
      card.hideIfGone(markers);
      drawn();
    },
    signOf: (id) => markers.has(id) && group.getVisibleParent(markers.get(id)),
  };
}

function warmth(L, map) {
  const heat = L.heatLayer([], { radius: HEAT, blur: 22, minOpacity: 0.25, maxZoom: 0 }).addTo(map);
  // The warmest colour is the densest spot of this map at this zoom, be it three cases or three hundred.
  const scale = () => {
    const spots = new Map();
    for (const [y, x, weight] of heat._latlngs) {
      const { x: column, y: row } = map.project([y, x], map.getZoom()).divideBy(HEAT)._floor();
      const key = `${column} ${row}`;
      spots.set(key, (spots.get(key) ?? 0) + weight);
    }
    heat.setOptions({ max: Math.max(1, ...spots.values()) });
  };
  const warm = (x, y, weights) => {
    const most = Math.max(1, ...weights);
    heat.setLatLngs(weights.map((weight, at) => [y[at] / 1e5, x[at] / 1e5, Math.max(weight / most, 0.15)]));
    scale();
    drawn();
  };
  map.on("zoomend", scale);
  return {
    points: ({ x, y, id }) => warm(x, y, id.map(() => 1)),
    cells: ({ x, y, n }) => warm(x, y, n),
    signOf: () => null,
  };
}

// The icons: a pin's shape and colour are its light, its letter the major class; a ring has the worst light of its cases.
function signsOf(L, words) {
  const Sign = L.DivIcon.extend({
    options: { iconSize: [SIZE, SIZE], className: "" },
    box(className) {
      const box = document.createElement("div");
      this._setIconStyles(box, "icon"); // Leaflet's own classes; it sets them anew, so ours come after
      box.classList.add(...className.split(" "));
      return box;
    },
  });
  const Pin = Sign.extend({
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
  const Cluster = Sign.extend({
    createIcon() {
      const { count, late, soon } = this.options.sum;
      const worst = worstOf(late, soon);
      const box = this.box(`pin-cluster is-${LIGHTS[worst]}`);
      box.append(String(count));
      if (worst) box.append(element("span", "", GLYPHS[worst] + (late ? late : "")));
      box.setAttribute("aria-label", fill(late ? words.cluster : words.cluster_calm, { count, late }));
      return box;
    },
  });
  const made = new Map();
  return {
    pin(...kind) {
      const key = kind.join(" ");
      if (!made.has(key)) made.set(key, new Pin({ kind }));
      return made.get(key);
    },
    cluster: (sum) => new Cluster({ sum }),
  };
}

function sumOf(cluster) {
  const lights = cluster.getAllChildMarkers().map((marker) => marker.options.light);
  const of = (light) => lights.filter((one) => one === light).length;
  return { count: lights.length, late: of(2), soon: of(1) };
}

const worstOf = (late, soon) => (late ? 2 : soon ? 1 : 0);

const keyOf = (told, at) => `${told.x[at]} ${told.y[at]} ${told.c[at]} ${told.l[at]}`;

function onChoice(layer, act) {
  layer.on("click", act);
  layer.on("keypress", (event) => event.originalEvent.key === "Enter" && act(event));
}

// When the cases are on the page: what the benchmark waits for.
function drawn() {
  if (!performance.getEntriesByName("map-drawn").length) performance.mark("map-drawn");
}

/** A sentence with its values put in: `%(count)s`. */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

export function element(tag, className, text) {
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
