// "Nearest first" on the page of the day. The browser is asked for its place only when the switch is pressed; the rows
// are put in order here, nothing of it is sent or kept, and pressing again brings the order of urgency back.
// <button data-nearest="id of the list" data-failed="…" data-metres="约 # 米" data-kilometres="约 # 公里">, rows hold a
// link with data-at="lon,lat" (WGS 84), [data-nearest-said] speaks.

const EARTH = 6_371_000; // metres
const radians = (degrees) => (degrees * Math.PI) / 180;

// Homes lie close to one another: on this scale the earth is flat.
const metresBetween = (a, b) => {
  const x = radians(b.lon - a.lon) * Math.cos(radians((a.lat + b.lat) / 2));
  const y = radians(b.lat - a.lat);
  return EARTH * Math.hypot(x, y);
};

const placeOf = (row) => {
  const [lon, lat] = (row.querySelector("[data-at]")?.dataset.at ?? "").split(",").map(Number);
  return Number.isFinite(lon) && Number.isFinite(lat) ? { lon, lat } : null;
};

const said = (metres, words) =>
  metres < 950
    ? words.metres.replace("#", String(Math.max(10, Math.round(metres / 10) * 10)))
    : words.kilometres.replace("#", (metres / 1000).toFixed(1));

const show = (row, words) => {
  row.querySelector(".how-far")?.remove();
  if (!words) return;
  const far = document.createElement("span");
  far.className = "under how-far";
  far.textContent = words;
  row.querySelector(".c-title")?.append(far);
};

const here = () =>
  new Promise((resolve, reject) => {
    if (!navigator.geolocation) reject(new Error("no place"));
    else navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 15_000, maximumAge: 60_000 });
  });

for (const button of document.querySelectorAll("[data-nearest]")) {
  const body = document.getElementById(button.dataset.nearest)?.querySelector("tbody");
  const words = button.dataset;
  const voice = document.querySelector("[data-nearest-said]");
  const urgent = body ? [...body.rows] : [];

  const byUrgency = () => {
    for (const row of urgent) show(row, "");
    body.append(...urgent);
  };

  const byDistance = ({ coords }) => {
    const me = { lon: coords.longitude, lat: coords.latitude };
    const far = new Map(urgent.map((row) => [row, placeOf(row)]));
    for (const [row, place] of far) far.set(row, place ? metresBetween(me, place) : Infinity);
    for (const [row, metres] of far) show(row, metres === Infinity ? "" : said(metres, words));
    body.append(...[...urgent].sort((a, b) => far.get(a) - far.get(b) || urgent.indexOf(a) - urgent.indexOf(b)));
  };

  button.addEventListener("click", async () => {
    voice.textContent = "";
    if (button.getAttribute("aria-pressed") === "true") {
      byUrgency();
      button.setAttribute("aria-pressed", "false");
      return;
    }
    button.disabled = true;
    try {
      byDistance(await here());
      button.setAttribute("aria-pressed", "true");
    } catch {
      voice.textContent = words.failed;
    }
    button.disabled = false;
  });
}
