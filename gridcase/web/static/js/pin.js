// The pin of a home: dragged, or set by a click; the two fields of the form carry it. They work alone without a map.

const frame = document.querySelector("[data-pin-map]");
const form = document.querySelector("[data-pin]");
if (frame && form && window.L && window.map_pin) start(window.L, window.map_pin);

function start(L, map) {
  const words = JSON.parse(document.getElementById("pin-words").textContent);
  const { lon, lat } = form.elements;
  let pin = null;

  map.attributionControl.setPrefix(false);
  L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  map.getContainer().setAttribute("aria-label", words.map);
  map.getContainer().setAttribute("role", "application");
  new ResizeObserver(() => map.invalidateSize()).observe(frame);

  function put(spot) {
    if (pin) return void pin.setLatLng(spot);
    const icon = L.divIcon({ className: "corner-handle home-pin", iconSize: [44, 44] });
    pin = L.marker(spot, { draggable: true, icon, title: words.pin, alt: words.pin }).addTo(map);
    pin.on("drag", () => write(pin.getLatLng()));
  }

  function write({ lng, lat: north }) {
    lon.value = lng.toFixed(6);
    lat.value = north.toFixed(6);
    const own = form.querySelector("input[name=datum][value=wgs84]"); // the map is drawn in it
    if (own) own.checked = true;
  }

  map.on("click", ({ latlng }) => {
    put(latlng);
    write(latlng);
  });
  for (const field of [lon, lat]) {
    field.addEventListener("change", () => {
      const spot = [Number.parseFloat(lat.value), Number.parseFloat(lon.value)];
      const plain = form.querySelector("input[name=datum]:checked")?.value !== "gcj02";
      if (plain && spot.every(Number.isFinite)) put(spot);
    });
  }
  if (lat.value && lon.value) {
    put([Number.parseFloat(lat.value), Number.parseFloat(lon.value)]);
    map.setView(pin.getLatLng(), Math.max(map.getZoom(), 16));
  }
}
