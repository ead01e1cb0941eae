// The screen on the wall asks for its figures every minute and puts them in place of the old ones. Nothing moves in
// between. Without a network the figures stay, and the screen says since when they stand.

const EVERY = 60_000;
const place = document.querySelector("[data-wall]");
const moment = document.querySelector("[data-wall-at]");
const notice = document.querySelector("[data-wall-notice]");
const full = document.querySelector("[data-wall-full]");
let tag = "";

async function ask() {
  let next = EVERY;
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await fetch(place.dataset.now, { headers, cache: "no-store", redirect: "manual" });
    if (answer.status === 200) {
      place.innerHTML = await answer.text(); // our own page's words, escaped where they were drawn
      tag = answer.headers.get("ETag") ?? "";
    }
    if (answer.status === 200 || answer.status === 304) {
      moment.textContent = answer.headers.get("Gridcase-At") ?? moment.textContent;
      notice.hidden = true;
    } else if (answer.type === "opaqueredirect" || answer.status === 401) {
      say("out");
    } else if (answer.status === 404 || answer.status === 403) {
      say("ended");
    } else {
      say("lost");
    }
  } catch {
    say("lost");
    next = EVERY / 4;
  }
  setTimeout(ask, next);
}

function say(what) {
  notice.textContent = notice.dataset[what].replace("{time}", moment.textContent);
  notice.hidden = false;
}

if (full && document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => document.documentElement.toggleAttribute("data-full", Boolean(document.fullscreenElement)));
}
if (place) setTimeout(ask, EVERY);
