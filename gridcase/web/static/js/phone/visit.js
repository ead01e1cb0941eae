// One visit, one thumb: how, how many and how they are stand as last time, so that only what changed is touched.

import {
  addPick, complain, demandBlock, demandOf, drafted, fillDays, momentOf, photoBlock, put, valuesOf, warnOld,
} from "./fields.js";
import { send } from "./report.js";
import { homeOf } from "./set.js";
import { read } from "./outbox.js";
import { tierMark } from "./today.js";
import { fill, on, part, piece, press, say, showDay, wordOf } from "./words.js";

/** What is said of a visit in a line. */
export const inWords = (visit) =>
  [
    wordOf("mode", visit.mode),
    say("met", { n: visit.met }),
    wordOf("state", visit.state),
    ...(visit.ticks ?? []).map((tick) => wordOf("tick", tick)),
    visit.purpose === "care" ? null : wordOf("purpose", visit.purpose),
  ]
    .filter(Boolean)
    .join(" · ");

// A small thing done at once; a question says what was answered.
const errandOf = (me, values) => {
  const found = me.set.errands.find((one) => one.code === values.errand);
  if (!found) return null;
  const words = values.errand_text || "";
  if (found.code === "question" && !words) return { wrong: "ask_answered" };
  return { spot: { kind: found.code, words, by: values.by || "self" }, about: found.name };
};

const checkOf = (values) => (values.check ? { kind: values.check, found: [values.found ?? []].flat() } : null);

const bodyOf = (values, raised, errand) => {
  const body = {
    visited_at: momentOf(values.day),
    mode: values.mode,
    met: Number(values.met),
    state: values.state,
    purpose: values.purpose,
    ticks: values.ticks ?? [],
  };
  if (values.note) body.note = values.note;
  if (raised) body.demand = raised.demand;
  if (errand) body.spot = errand.spot;
  const found = checkOf(values);
  if (found) body.check = found;
  return body;
};

// One seasonal check a visit: which one, and what was found.
const seasonal = (me, node) => {
  part(node, "check").hidden = !me.set.checks.length;
  for (const one of me.set.checks) addPick(part(node, "check-kinds"), "radio", "check", one.kind, say("check_name", { kind: one.name }));
  return () => {
    const kind = node.querySelector('[name="check"]:checked')?.value;
    const chosen = me.set.checks.find((one) => one.kind === kind);
    part(node, "check-found").hidden = !chosen;
    part(node, "check-items").replaceChildren();
    for (const item of chosen?.items ?? []) addPick(part(node, "check-items"), "checkbox", "found", item.key, item.name);
  };
};

const errands = (me, node) => {
  part(node, "errand").hidden = !me.set.errands.length;
  for (const one of me.set.errands) addPick(part(node, "errands"), "radio", "errand", one.code, one.name);
};

const head = (me, node, home) => {
  fill(node, {
    name: home.name,
    address: home.address,
    last: home.last ? say("last", { day: showDay(home.last_on), what: inWords(home.last) }) : say("last_none"),
  });
  tierMark(part(node, "tier"), home.tier);
  part(node, "to-change").href = `#/change/${home.id}`;
  part(node, "to-deed").href = `#/deed/${home.id}`;
};

const UNMET = "not_met";

// As last time, so that only what changed is touched. What was seen and why one came is asked anew each time; where
// nobody was met last time, nothing is taken for granted.
const asLast = (last) => {
  if (!last) return { mode: "home", met: "1", state: "safe" };
  return last.met && last.state !== UNMET ? { mode: last.mode, met: last.met, state: last.state } : { mode: last.mode };
};

// Nobody met: whether all is well is not known. The state says so, or is asked for where the server has no word for it.
const agree = (form, changed) => {
  const { met, state } = form.elements;
  const nobody = met.value === "0";
  if (changed === "met" && nobody && (state.value === "safe" || !state.value)) put(form, { state: UNMET });
  if (changed === "met" && !nobody && state.value === UNMET) put(form, { state: "" });
  if (changed === "state" && state.value === UNMET) put(form, { met: "0" });
};

const fromRefused = async (me, form, id, showItems) => {
  const item = id ? await read(me, id) : null;
  if (!item) return;
  const { demand, check, spot, ...visit } = item.body;
  put(form, { ...visit, check: check?.kind ?? "" });
  showItems();
  put(form, { found: check?.found ?? [] });
  if (spot) put(form, { errand: spot.kind, errand_text: spot.words, by: spot.by });
  if (demand) put(form, { ...demand, other: demand.class, solved: demand.answer ? "1" : "" });
};

/** The form of a visit to one home; `instead`: the refused item it takes the place of. */
export const visitForm = async (me, homeId, instead) => {
  const home = homeOf(me, homeId);
  const node = piece("log");
  if (!home) return fill(node, { name: say("ask_home") });
  const form = part(node, "form");
  head(me, node, home);
  fillDays(part(node, "days"));
  demandBlock(me, node);
  errands(me, node);
  const showItems = seasonal(me, node);
  const photos = photoBlock(me, node);
  put(form, { purpose: home.first_visit ? "first_visit" : "care", ...asLast(home.last) });
  part(node, "same").hidden = !home.last || Boolean(instead);
  on(form, "change", (event) => agree(form, event.target.name));
  await fromRefused(me, form, instead, showItems);
  const forget = await drafted(me, form, `log.${home.id}`, node, showItems);
  on(part(node, "check-kinds"), "change", showItems);
  demandBlockShown(node);
  await warnOld(me, node);

  const save = async () => {
    const values = valuesOf(form);
    const raised = demandOf(me, values, node);
    const errand = errandOf(me, values);
    const wrong = !values.mode ? "ask_mode" : !values.met ? "ask_met" : !values.state ? "ask_state" : (raised?.wrong ?? errand?.wrong);
    complain(node, wrong);
    if (wrong) return;
    const what = [inWords(values), errand?.about, raised?.about].filter(Boolean).join(" · ");
    const body = bodyOf(values, raised, errand);
    await send(me, { kind: "visit", home: home.id, body, about: { name: home.name, what }, photos: photos(), instead }, forget, node);
  };
  on(form, "submit", (event) => event.preventDefault());
  press(form.querySelector(".app-do button"), save);
  return node;
};

// What a draft or a refused item brought back stands open.
const demandBlockShown = (node) => {
  const fold = part(node, "demand");
  fold.open = fold.open || Boolean(fold.querySelector(":checked[name='class'], :checked[name='solved']") || part(node, "others").value);
  part(node, "solved-fields").hidden = !part(node, "solved").checked;
};
