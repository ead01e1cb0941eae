// The page's sentences and pieces. They were written by the server in the reader's language: no script holds a text.

import { unlessClosed } from "./store.js";

const said = new Map();
for (const row of document.getElementById("words").content.querySelectorAll("[data-word]")) {
  said.set(row.dataset.word, row.textContent);
}

export const english = document.documentElement.lang === "en";
const tongue = english ? "en-GB" : "zh-CN";

// One of something has a sentence of its own where its words differ: `name_one`.
const sentence = (name, values) => (values.n === 1 ? said.get(`${name}_one`) : null) ?? said.get(name) ?? said.get("asked_failed");

/** The sentence of a name, its places `{n}` filled; of an unknown name a plain sentence, never the name itself. */
export const say = (name, values = {}) =>
  sentence(name, values).replace(/\{(\w+)\}/g, (place, key) => String(values[key] ?? place));

/** The word of a code: `wordOf("mode", "home")`; nothing for a code that is newer than the page. */
export const wordOf = (kind, code) => said.get(`${kind}.${code}`) ?? "";

/** A copy of a piece of the page. */
export const piece = (name) => document.getElementById(`t-${name}`).content.firstElementChild.cloneNode(true);

/** Put values into a piece: text into `data-slot`, and hide what has none. */
export const fill = (node, values) => {
  for (const slot of [node, ...node.querySelectorAll("[data-slot]")]) {
    const name = slot.dataset?.slot;
    if (!name || !(name in values)) continue;
    const value = values[name];
    slot.hidden = value === null || value === undefined || value === "";
    slot.textContent = slot.hidden ? "" : String(value);
  }
  return node;
};

export const part = (node, name) => node.querySelector(`[data-part="${name}"]`);

export const on = (node, event, act) => node.addEventListener(event, act);

/** A press answers once: while its work runs the button is asleep. */
export const press = (node, act) =>
  on(node, "click", async (event) => {
    event.preventDefault();
    if (node.getAttribute("aria-busy") === "true") return;
    node.setAttribute("aria-busy", "true");
    try {
      await act(event);
    } catch (error) {
      unlessClosed(error);
    } finally {
      node.removeAttribute("aria-busy");
    }
  });

const day = new Intl.DateTimeFormat(tongue, { month: english ? "short" : "long", day: "numeric" });
const moment = new Intl.DateTimeFormat(tongue, {
  month: english ? "short" : "long",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

export const showDay = (iso) => (iso ? day.format(new Date(iso.length === 10 ? `${iso}T12:00:00` : iso)) : "");
export const showMoment = (iso) => (iso ? moment.format(new Date(iso)) : "");

/** Whole days from today to a day; negative when it is past. */
export const daysTo = (iso) => {
  const today = new Date();
  const [year, month, date] = iso.slice(0, 10).split("-").map(Number);
  return Math.round((Date.UTC(year, month - 1, date) - Date.UTC(today.getFullYear(), today.getMonth(), today.getDate())) / 864e5);
};

/** A moment as ISO with the phone's own zone. */
export const zoned = (date = new Date()) => {
  const away = -date.getTimezoneOffset();
  const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  const local = new Date(date.getTime() + away * 60_000).toISOString().slice(0, 23);
  return `${local}${away < 0 ? "-" : "+"}${two(away / 60)}:${two(away % 60)}`;
};
