// The app: who is at the phone, which screen is shown, and when what waits is sent.

import { depositOthers } from "./deposit.js";
import { gate, renew, showSealed, signIn } from "./gate.js";
import { clockOff, finishLeaving, NoAnswer } from "./net.js";
import { disowned, flush, heard, list, tell, tidy, waiting } from "./outbox.js";
import { FORM, load, refresh } from "./set.js";
import { unlessClosed } from "./store.js";
import { on, piece, say } from "./words.js";

const EVERY = 60_000;
const FRESH = 15 * 60_000;
const AWAY = 10 * 60_000; // out of sight this long, the phone may be in other hands
const CLOCK = 5 * 60_000;

const one = (name) => document.querySelector(`[data-${name}]`);
const screen = document.getElementById("screen");
let me = null;
let turn = 0;

let screens = null; // fetched once the gate stands
const fetchScreens = () => {
  screens ??= import("./screens.js").catch(() => {
    screens = null; // no signal on a first visit: tried again when it is needed
  });
  return screens;
};
const NAMES = new Set(["today", "report", "outbox", "item", "settings", "pin", "told", "log", "case", "change", "deed"]);
const WITHOUT_SET = new Set(["settings", "outbox", "item", "pin"]);
const TABS = new Set(["today", "report", "outbox", "settings"]);

const title = (words) => {
  one("title").textContent = words;
  document.title = `${words} · gridcase`;
};

/** What became of what was just noted; it stands until the next screen but one. */
let saidAt = "";
const tellReader = (state, words) => {
  const line = document.createElement("p");
  line.className = `flash is-${state}`;
  line.dataset.flash = state;
  line.textContent = words;
  one("said").replaceChildren(line);
  saidAt = "#/today";
};

/** Show a piece as the screen, from its top. */
const show = (node) => {
  screen.replaceChildren(node);
  scrollTo(0, 0);
};

const frame = (name) => {
  const tab = TABS.has(name);
  one("tabs").hidden = !me || !tab;
  document.body.classList.toggle("tabbed", Boolean(me) && tab);
  one("back").hidden = !me || tab;
  one("mark").hidden = Boolean(me) && !tab;
  one("back").href = name === "item" ? "#/outbox" : name === "pin" ? "#/settings" : "#/today";
  for (const link of one("tabs").querySelectorAll("a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
};

const route = () => {
  const [, name = "today", ...rest] = location.hash.split("/");
  return NAMES.has(name) ? [name, rest.map(decodeURIComponent)] : ["today", []];
};

const draw = async ({ again = false } = {}) => {
  if (!me) return;
  const mine = (turn += 1);
  const [name, args] = route();
  frame(name);
  if (!again) title(say(`title.${name}`));
  const empty = !me.set && !WITHOUT_SET.has(name);
  const node = empty ? emptyScreen() : await (await fetchScreens()).SCREENS[name](me, ...args);
  if (mine !== turn || !me) return; // another screen was asked for meanwhile
  const at = scrollY;
  screen.replaceChildren(node);
  if (again) scrollTo(0, at);
  else {
    scrollTo(0, 0);
    screen.focus({ preventScroll: true });
  }
};

const emptyScreen = () => {
  const node = piece("empty");
  node.querySelector('[data-part="refresh"]').addEventListener("click", () => update());
  return node;
};

const span = (milliseconds) => {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000);
  if (minutes >= 2880) return say("span.days", { n: Math.round(minutes / 1440) });
  return minutes >= 120 ? say("span.hours", { n: Math.round(minutes / 60) }) : say("span.minutes", { n: minutes });
};

const barWords = (count) => {
  const name = me.trouble?.name;
  if (name === "no_signal" && !count) return say("bar.no_signal_none");
  if (name) return say(`bar.${name}`, { n: count });
  if (me.set && me.set.form > FORM) return say("bar.form");
  if (clockOff !== null && Math.abs(clockOff) > CLOCK) {
    return say(clockOff > 0 ? "bar.clock_slow" : "bar.clock_fast", { span: span(clockOff) });
  }
  return "";
};

/** The line under the title and the sign beside it: what waits, what stands in the way. */
const signs = async () => {
  if (!me) return;
  const rows = await list(me);
  if (!me) return;
  const count = waiting(rows).length;
  const refused = rows.filter((row) => row.state === "refused").length;
  const words = barWords(count);
  if (one("bar").dataset.words !== words) {
    one("bar").dataset.words = words;
    one("bar").replaceChildren(...(words ? [words] : []));
    if (me.trouble?.name === "signed_out") one("bar").append(" ", signInLink());
  }
  one("chip").hidden = !(count + refused);
  one("chip-mark").textContent = me.sending ? "◌" : refused ? "■" : "▲";
  const said = me.sending ? "chip.sending" : refused ? "chip.refused" : "chip.waiting";
  one("chip-text").textContent = say(said, { n: refused || count });
  one("count").hidden = !(count + refused);
  one("count").textContent = String(count + refused);
};

const signInLink = () => {
  const link = document.createElement("a");
  link.href = "/sign-in?next=/phone/";
  link.textContent = say("bar.sign_in");
  on(link, "click", (event) => {
    event.preventDefault();
    signIn().catch(() => {}); // the line says already that something is in the way
  });
  return link;
};

/** Ask for the working set; without a signal what is here holds. */
const update = async () => {
  if (!me) return 0;
  let status = 0;
  try {
    const answer = await refresh(me);
    ({ status } = answer);
    if (status === 401) await disowned(me, answer.body);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    me.trouble = { name: "no_signal" };
  }
  if (status === 200) tell({ type: "set", store: me.person.store }, false);
  return status;
};

// What was under way when somebody left finds its store closed: nothing is lost by that, and nobody is there to be told.
const work = (asked = false) => {
  const mine = me;
  underWay += 1;
  return working(asked)
    .catch((error) => {
      if (me === mine) unlessClosed(error);
    })
    .finally(() => {
      underWay -= 1;
      if (!underWay) soonAgain();
    });
};

// A phone says "online" before its line carries, or while an attempt is failing that began before: what waits is tried
// again after 2 seconds, then 4, 8 and so on up to the usual minute.
let underWay = 0;
let failures = 0;
let retry = 0;
const afresh = () => {
  failures = 0;
  work();
};
const soonAgain = () => {
  clearTimeout(retry);
  failures = me?.trouble?.name === "no_signal" && navigator.onLine ? failures + 1 : 0;
  if (failures) retry = setTimeout(() => document.visibilityState === "visible" && work(), Math.min(EVERY, 1000 * 2 ** failures));
};

const working = async (asked) => {
  if (!me) {
    await finishLeaving();
    await depositOthers(null);
    await showSealed(screen);
    return;
  }
  const mine = me;
  await flush(mine, { asked });
  if (me === mine && mine.trouble?.name === "signed_out" && (await renew(mine))) await flush(mine, { asked });
  const stale = !mine.checked || Date.now() - mine.checked > FRESH || mine.trouble?.name === "signed_out";
  if (me === mine && (stale || asked)) await update();
  if (me === mine) await depositOthers(mine);
};

const leaveTo = async (why) => {
  me?.kept.close();
  me = null;
  turn += 1;
  one("bar").replaceChildren();
  one("bar").dataset.words = "";
  one("said").replaceChildren();
  one("chip").hidden = true;
  one("chip-text").textContent = "";
  one("count").textContent = "";
  frame("gate");
  title(say("title.gate"));
  await gate({ enter, show, why });
};

const enter = async (opened) => {
  me = opened;
  me.app = { update, sendNow: () => work(true), lock: leaveTo, say: tellReader, install: () => install };
  await load(me);
  await tidy(me);
  await draw();
  await signs();
  work(!me.set);
};

const FORMS = new Set(["log", "case", "change", "deed", "told", "pin"]);

heard((message) => answer(message).catch(unlessClosed));

const answer = async (message) => {
  if (!me || message.store !== me.person.store) return;
  if (message.type === "sealed") {
    await leaveTo(message.why);
    return;
  }
  await signs();
  const [name] = route();
  const news = message.type === "changed" || message.type === "set";
  if (news && !FORMS.has(name)) await draw({ again: true }); // what is being typed is left alone
};

let install = null; // the browser's own way of putting us on the home screen
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  install = event;
});

let hiddenAt = 0;
const seen = () => {
  if (document.visibilityState === "hidden") {
    hiddenAt = Date.now();
    return;
  }
  if (me && hiddenAt && Date.now() - hiddenAt > AWAY) leaveTo("");
  else afresh();
};

addEventListener("hashchange", () => {
  if (location.hash !== saidAt) one("said").replaceChildren();
  if (me) me.find = "";
  draw().catch(unlessClosed);
});
addEventListener("online", afresh);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // brought back from memory: ask for the PIN again
});
document.addEventListener("visibilitychange", seen);
navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "flush" && work());
setInterval(() => document.visibilityState === "visible" && work(), EVERY);

const start = async () => {
  if (isSecureContext && "serviceWorker" in navigator) {
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  }
  await leaveTo("");
  fetchScreens();
  if (!me) work();
};

start();
