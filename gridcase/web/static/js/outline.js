// Drawing the outline of a place. The corners are one list; the map and the table show the same list, and the form
// carries it as GeoJSON. Without JavaScript the table alone is sent. On the page of a file there is only a map to look at.

const MOST_MIDDLES = 120; // more handles than this hide the line they stand on
const MOST_CHECKED = 600;
const frame = document.querySelector("[data-outline-map]");
const data = JSON.parse(document.getElementById("outline-data")?.textContent ?? "{}");

if (frame && window.L && window.map_outline) {
  prepare(window.L, window.map_outline, data.words);
  const form = document.querySelector("[data-outline]");
  if (form) draw(window.L, window.map_outline, form, data.words);
}

function prepare(L, map, words) {
  map.attributionControl.setPrefix(false);
  L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  map.getContainer().setAttribute("aria-label", words.map);
  map.getContainer().setAttribute("role", "application");
  new ResizeObserver(() => map.invalidateSize()).observe(frame);
}

function draw(L, map, form, words) {
  const status = form.querySelector("[data-outline-status]");
  const field = form.querySelector("[data-outline-json]");
  const rows = form.querySelector("[data-outline-rows]");
  const undo = form.querySelector("[data-outline-undo]");
  const history = [];
  let corners = open(data.ring ?? []);
  const shape = L.polygon([], { className: "outline-shape", interactive: false }).addTo(map);
  const handles = L.layerGroup().addTo(map);
  const icon = (className, size) => L.divIcon({ className, iconSize: [size, size] });

  function change(next) {
    history.push(corners);
    if (history.length > 100) history.shift();
    corners = next;
    show();
  }

  function show({ focus = -1, table = true } = {}) {
    shape.setLatLngs(corners.map(([lon, lat]) => [lat, lon]));
    handles.clearLayers();
    corners.forEach((corner, at) => handle(corner, at, focus));
    if (corners.length > 2 && corners.length <= MOST_MIDDLES) corners.forEach((_, at) => middle(at));
    tell();
    if (table) list();
    undo.disabled = history.length === 0;
  }

  function handle([lon, lat], at, focus) {
    const title = words.corner.replace("{number}", at + 1);
    const marker = L.marker([lat, lon], { draggable: true, icon: icon("corner-handle", 32), title, alt: title });
    marker.on("drag", () => {
      const moved = moveTo(at, marker.getLatLng());
      shape.setLatLngs(moved.map(([x, y]) => [y, x]));
    });
    marker.on("dragend", () => change(moveTo(at, marker.getLatLng())));
    marker.on("keydown", (event) => {
      const key = event.originalEvent.key;
      if (key !== "Delete" && key !== "Backspace") return;
      event.originalEvent.preventDefault();
      change(corners.filter((_, other) => other !== at));
      handles.getLayers()[Math.min(at, corners.length - 1)]?.getElement()?.focus();
    });
    marker.addTo(handles);
    if (at === focus) marker.getElement().focus();
  }

  function middle(at) {
    const [one, two] = [corners[at], corners[(at + 1) % corners.length]];
    const spot = [round((one[0] + two[0]) / 2), round((one[1] + two[1]) / 2)];
    L.marker([spot[1], spot[0]], { icon: icon("middle-handle", 20), keyboard: false })
      .on("click", () => change([...corners.slice(0, at + 1), spot, ...corners.slice(at + 1)]))
      .addTo(handles);
  }

  const replaced = (at, corner) => corners.map((old, place) => (place === at ? corner : old));
  const moveTo = (at, { lng, lat }) => replaced(at, [round(lng), round(lat)]);

  function tell() {
    const crossed = corners.length <= MOST_CHECKED && crosses(corners);
    const wrong = crossed ? words.crossing : corners.length && corners.length < 3 ? words.few : "";
    status.textContent = wrong || words.count.replace("{count}", corners.length);
    status.classList.toggle("is-wrong", Boolean(wrong));
    shape.getElement()?.classList.toggle("is-wrong", Boolean(crossed));
    const closed = corners.length ? [...corners, corners[0]] : [];
    field.value = closed.length ? JSON.stringify({ type: "Polygon", coordinates: [closed] }) : "";
  }

  function list() {
    if (!rows) return;
    if (corners.length > 200) return rows.replaceChildren();
    rows.replaceChildren(...corners.map((corner, at) => line(corner, at)));
  }

  function line(corner, at) {
    const row = document.createElement("tr");
    const number = row.insertCell();
    number.className = "figure-cell";
    number.textContent = at + 1;
    corner.forEach((value, part) => {
      const input = document.createElement("input");
      Object.assign(input, { className: "control", inputMode: "decimal", value });
      input.name = `corner_${part ? "lat" : "lon"}-${at}`;
      input.setAttribute("aria-label", `${words.corner.replace(/[，,].*$/, "").replace("{number}", at + 1)} ${part ? words.lat : words.lon}`);
      input.addEventListener("change", () => {
        const typed = Number.parseFloat(input.value);
        if (!Number.isFinite(typed)) return void (input.value = corners[at][part]);
        history.push(corners);
        const [lon, lat] = corners[at];
        corners = replaced(at, part ? [lon, round(typed)] : [round(typed), lat]);
        show({ table: false });
      });
      row.insertCell().append(input);
    });
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button", textContent: words.remove });
    button.addEventListener("click", () => {
      change(corners.filter((_, other) => other !== at));
      rows.rows[Math.min(at, rows.rows.length - 1)]?.querySelector("button")?.focus();
    });
    row.insertCell().append(button);
    return row;
  }

  function stepBack() {
    if (!history.length) return;
    corners = history.pop();
    show();
  }

  map.on("click", ({ latlng }) => change([...corners, [round(latlng.lng), round(latlng.lat)]]));
  undo.addEventListener("click", stepBack);
  form.querySelector("[data-outline-clear]").addEventListener("click", () => change([]));
  form.querySelector("[data-outline-add]")?.addEventListener("click", () => {
    const { lng, lat } = map.getCenter();
    change([...corners, [round(lng), round(lat)]]);
    rows.rows[rows.rows.length - 1]?.querySelector("input")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.target.matches?.("input, textarea")) return;
    event.preventDefault();
    stepBack();
  });
  show();
  if (corners.length > 2) map.fitBounds(shape.getBounds().pad(0.4), { animate: false });
}

function open(ring) {
  const points = ring.map(([lon, lat]) => [round(lon), round(lat)]);
  const [first, last] = [points[0], points.at(-1)];
  return points.length > 1 && first[0] === last[0] && first[1] === last[1] ? points.slice(0, -1) : points;
}

function round(value) {
  return Math.round(value * 1e6) / 1e6; // about 10 cm
}

function turn([ax, ay], [bx, by], [cx, cy]) {
  return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
}

function crosses(points) {
  const edges = points.map((point, at) => [point, points[(at + 1) % points.length]]);
  return edges.some(([a, b], one) =>
    edges.some(
      ([c, d], two) =>
        two > one + 1 &&
        !(one === 0 && two === edges.length - 1) &&
        turn(a, b, c) !== turn(a, b, d) &&
        turn(c, d, a) !== turn(c, d, b),
    ),
  );
}
