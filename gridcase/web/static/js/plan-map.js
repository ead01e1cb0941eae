// The map of a proposal. Folium has drawn the outlines and left `map_plan`; the homes come from our own address as
// numbers: place, cell or circle before and after, and whether the home moves.

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 20;
const SHAPES = [
  ["circle", { cx: 12, cy: 12, r: 11 }],
  ["rect", { x: 1.5, y: 1.5, width: 21, height: 21 }],
  ["path", { d: "M12 0.5 23.5 12 12 23.5 0.5 12z" }],
];
const GONE = 1000; // numbers of cells that go on as none of the new ones

const frame = document.querySelector("[data-plan-map]");
if (frame && window.L && window.map_plan) start(window.L, window.map_plan);

async function start(L, map) {
  const words = JSON.parse(document.getElementById("plan-words").textContent);
  const status = document.querySelector("[data-plan-status]");
  const buttons = [...document.querySelectorAll("[data-plan-side]")];
  map.attributionControl.setPrefix(false);
  L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  map.getContainer().setAttribute("aria-label", words.map);
  map.getContainer().setAttribute("role", "application");
  new ResizeObserver(() => map.invalidateSize()).observe(frame);

  const answer = await fetch(frame.dataset.points, { headers: { Accept: "application/json" }, redirect: "manual" })
    .catch(() => ({ ok: false }));
  if (!answer.ok) {
    status.textContent = words.failed;
    return;
  }
  const homes = await answer.json();
  const moved = homes.m.reduce((sum, one) => sum + one, 0);
  status.textContent = homes.x.length ? fill(words.count, { count: homes.x.length, moved }) : words.none;
  const Mark = L.DivIcon.extend({
    options: { iconSize: [SIZE, SIZE], className: "plan-pin" },
    createIcon() {
      const box = document.createElement("div");
      this._setIconStyles(box, "icon");
      box.append(drawn(this.options.number, this.options.moves));
      return box;
    },
  });
  const layer = L.layerGroup().addTo(map);
  const draw = (side) => {
    layer.clearLayers();
    homes.x.forEach((x, at) => {
      const icon = new Mark({ number: homes[side][at], moves: homes.m[at] === 1 });
      L.marker([homes.y[at] / 1e5, x / 1e5], { icon, interactive: false, keyboard: false }).addTo(layer);
    });
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.planSide === side));
  };
  for (const button of buttons) button.addEventListener("click", () => draw(button.dataset.planSide));
  if (homes.x.length) {
    map.fitBounds(homes.x.map((x, at) => [homes.y[at] / 1e5, x / 1e5]), { padding: [24, 24] });
  }
  draw("a");
}

// The same mark as in the table below the map: shape and number, the colour beside.
function drawn(number, moves) {
  const svg = document.createElementNS(SVG, "svg");
  const gone = number < 1 || number >= GONE;
  svg.setAttribute("class", `plan-mark ${gone ? "gone" : `k${(number - 1) % 8}`}${moves ? " moves" : ""}`);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = number >= GONE ? 1 : gone ? 0 : Math.floor((number - 1) / 8) % SHAPES.length;
  const [tag, attributes] = SHAPES[shape];
  add(svg, tag, number < 1 ? { cx: 12, cy: 12, r: 6 } : attributes);
  if (!gone) add(svg, "text", { x: 12, y: 16.5 }).textContent = String(number);
  return svg;
}

function add(parent, tag, attributes) {
  const made = parent.appendChild(document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}
