// Today: whom to visit, what to pass on, what is still open. Read from the working set, so it is here without a signal.

import { addPick, complain } from "./fields.js";
import { list, waiting } from "./outbox.js";
import { send } from "./report.js";
import { apart, here, homeOf } from "./set.js";
import { daysTo, fill, on, part, piece, press, say, showDay, showMoment, wordOf } from "./words.js";

const GLYPH = { green: "●", yellow: "▲", red: "■", closed: "○" };
const TIERS = { reassured: "green", concerned: "yellow", connected: "red" };
const RANK = { connected: 0, concerned: 1 };
const FOUND_MOST = 60;

// Colour, shape and word together.
const signed = (node, colour, words) => {
  const glyph = document.createElement("span");
  glyph.setAttribute("aria-hidden", "true");
  glyph.className = "glyph";
  glyph.textContent = GLYPH[colour] ?? GLYPH.closed;
  node.classList.add(`is-${colour}`);
  node.replaceChildren(glyph, words);
};

export const tierMark = (node, tier) => {
  node.hidden = !tier;
  if (tier) signed(node, TIERS[tier] ?? "closed", wordOf("tier", tier));
};

const dueWords = (home) => {
  if (!home.due_on) return ["yellow", say("due.first")];
  const days = daysTo(home.due_on);
  if (days < 0) return ["red", say("due.late", { n: -days })];
  return days === 0 ? ["yellow", say("due.today")] : ["green", say("due.on", { day: showDay(home.due_on) })];
};

const isDue = (home) => !home.first_visit && home.due_on && daysTo(home.due_on) <= 0;

const distance = (metres) =>
  metres < 950 ? say("away", { n: Math.max(10, Math.round(metres / 10) * 10) }) : say("away_far", { n: (metres / 1000).toFixed(1) });

const homeRow = (home, waits, away) => {
  const node = piece("home");
  fill(node, {
    name: home.name,
    address: home.address,
    away: away === undefined ? null : distance(away),
    waits: waits ? say("state.queued") : null,
  });
  tierMark(part(node, "tier"), home.tier);
  part(node, "absent").hidden = !home.absent;
  signed(part(node, "due"), ...dueWords(home));
  part(node, "go").href = `#/log/${home.id}`;
  return node;
};

const byDue = (one, other) =>
  (RANK[one.tier] ?? 2) - (RANK[other.tier] ?? 2) || (one.due_on ?? "").localeCompare(other.due_on ?? "") || one.id - other.id;

const draw = (box, homes, busy, place) => {
  const away = new Map(homes.map((home) => [home.id, place && home.lon !== null && home.lat !== null ? apart(place, home) : undefined]));
  const sorted = [...homes].sort(place ? (a, b) => (away.get(a.id) ?? Infinity) - (away.get(b.id) ?? Infinity) : byDue);
  box.replaceChildren(...sorted.map((home) => homeRow(home, busy.has(home.id), away.get(home.id))));
};

const notices = (me, node) => {
  part(node, "notices").hidden = !me.set.notices.length;
  for (const one of me.set.notices) {
    const card = piece("notice");
    const left = one.homes.length ? say("notice_left", { n: one.homes.length }) : say("notice_done");
    fill(card, { title: one.title, until: one.until ? say("until", { day: showDay(one.until) }) : null, left });
    part(card, "go").href = `#/told/${one.id}`;
    part(node, "notice-list").append(card);
  }
};

const checks = (me, node) => {
  part(node, "checks").hidden = !me.set.checks.length;
  for (const one of me.set.checks) {
    const until = one.until ? say("until", { day: showDay(one.until) }) : null;
    const card = fill(piece("check"), { name: say("check_name", { kind: one.name }), until, items: one.items.map((item) => item.name).join(" · ") });
    part(node, "check-list").append(card);
  }
};

const demands = (me, node) => {
  part(node, "demands").hidden = !me.set.demands.length;
  for (const one of me.set.demands) {
    const under = [homeOf(me, one.home)?.name, one.number].filter(Boolean).join(" · ");
    const row = fill(piece("demand"), { title: one.title, number: under, state: one.state });
    signed(part(row, "left"), one.light, one.left);
    part(node, "demand-list").append(row);
  }
};

const finding = (me, node, busy) => {
  const find = part(node, "find");
  find.value = me.find ?? "";
  const show = () => {
    me.find = find.value; // kept when the list is drawn anew
    const words = find.value.trim().toLowerCase();
    const fits = (home) => [home.name, home.address, home.code].some((text) => (text ?? "").toLowerCase().includes(words));
    draw(part(node, "all"), me.set.homes.filter(fits).slice(0, FOUND_MOST), busy, me.place);
  };
  on(find, "input", show);
  show();
};

export const todayScreen = async (me) => {
  const node = piece("today");
  const rows = waiting(await list(me));
  const busy = new Set(rows.filter((row) => row.about.kind === "visit").map((row) => row.about.home));
  const due = me.set.homes.filter(isDue);
  const first = me.set.homes.filter((home) => home.first_visit);
  fill(node, {
    counts: say("counts", { n: me.set.counts.visits_month ?? 0 }),
    waiting: rows.length ? say("counts_waiting", { n: rows.length }) : null,
    due_count: due.length,
    all_count: me.set.homes.length,
    as_of: me.checked ? say("as_of", { at: showMoment(new Date(me.checked).toISOString()) }) : null,
  });
  notices(me, node);
  checks(me, node);
  demands(me, node);
  const show = () => {
    draw(part(node, "due"), due, busy, me.place);
    draw(part(node, "first-list"), first, busy, me.place);
    part(node, "due-none").hidden = due.length > 0;
    part(node, "first").hidden = !first.length;
  };
  show();
  finding(me, node, busy);
  press(part(node, "near"), async () => {
    me.place = await here(); // in memory only, for as long as the app is open
    fill(node, { near_said: say(me.place ? "here_yes" : "here_no") });
    show();
    finding(me, node, busy);
  });
  return node;
};

export const reportScreen = async () => piece("report");

const nameOf = (home) => `${home.name} ${home.address ?? ""}`;

const addRow = (box, words) => {
  const row = document.createElement("li");
  row.textContent = words;
  box.append(row);
  return row;
};

// Told as the server has it, and what was noted here since.
const toldHomes = async (me, notice) => {
  const done = new Set(notice.told);
  for (const { state, about } of await list(me)) {
    if (about.notice === notice.id && state !== "refused") for (const home of about.homes) done.add(home);
  }
  return done;
};

/** One notice: which homes have been told. */
export const toldScreen = async (me, id) => {
  const node = piece("told");
  const notice = me.set.notices.find((one) => String(one.id) === id);
  if (!notice) return todayScreen(me);
  fill(node, { title: notice.title, text: notice.text, until: notice.until ? say("until", { day: showDay(notice.until) }) : null });
  const done = await toldHomes(me, notice);
  for (const home of me.set.homes.filter((one) => done.has(one.id))) addRow(part(node, "told-homes"), nameOf(home));
  for (const home of me.set.homes.filter((one) => notice.homes.includes(one.id) && !done.has(one.id))) {
    addPick(addRow(part(node, "homes"), ""), "checkbox", "homes", home.id, nameOf(home));
  }
  part(node, "told").hidden = !part(node, "told-homes").children.length;
  part(node, "left").hidden = part(node, "do").hidden = !part(node, "homes").children.length;
  const form = part(node, "form");
  on(form, "submit", (event) => event.preventDefault());
  press(form.querySelector("button"), async () => {
    const homes = new FormData(form).getAll("homes").map(Number);
    complain(node, homes.length ? "" : "ask_told");
    if (!homes.length) return;
    const about = { name: notice.title, what: say("counts_homes", { n: homes.length }), notice: notice.id, homes };
    await send(me, { kind: "told", body: { notice: notice.id, homes, at: new Date().toISOString() }, about }, async () => {}, node);
  });
  return node;
};
