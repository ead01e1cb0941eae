// What is reported besides a visit: a demand, a change in the family, a good deed. And the one way of noting anything.

import {
  complain, dateOf, demandBlock, demandOf, drafted, fillDays, fillHomes, photoBlock, put, valuesOf, warnOld,
} from "./fields.js";
import { homeOf } from "./set.js";
import { list, note, read } from "./outbox.js";
import { fill, on, part, piece, press, say, wordOf } from "./words.js";

/** Keep it, try to send it, and say which of the two has happened. */
export const send = async (me, what, forget, node) => {
  let id;
  try {
    id = await note(me, what);
  } catch (error) {
    if (error?.name !== "QuotaExceededError" && error?.name !== "AbortError") throw error;
    complain(node, "bar.full");
    return;
  }
  await forget();
  location.hash = "#/today";
  me.app.say("queued", say("kept", { what: what.about.name }));
  await me.app.sendNow();
  await said(me, id);
};

// Where the browser can wake us with the signal, it may; nothing rests on it.
const wakeLater = async () => {
  const worker = await navigator.serviceWorker?.ready;
  await worker?.sync?.register("outbox").catch(() => {});
};

const said = async (me, id) => {
  const row = (await list(me)).find((one) => one.id === id);
  if (!row) return;
  if (row.state === "queued") wakeLater();
  const words = { accepted: "received", refused: "not_received" }[row.state] ?? "kept";
  const what = row.answer?.said ?? row.about.name ?? "";
  me.app.say(row.state, row.answer?.text ?? say(words, { what }));
};

const start = async (me, name, homeId, instead, prepare) => {
  const node = piece(name);
  const form = part(node, "form");
  fillHomes(me, part(node, "homes"), homeId);
  prepare?.(node);
  const item = instead ? await read(me, instead) : null;
  if (item) put(form, { ...item.body, other: item.body.class, solved: item.body.answer ? "1" : "", home: String(item.home ?? "") });
  const forget = await drafted(me, form, `${name}.${homeId ?? ""}`, node);
  on(form, "submit", (event) => event.preventDefault());
  return { node, form, forget };
};

const nameOf = (me, id) => homeOf(me, id)?.name ?? "";

/** A demand heard or seen without a visit. */
export const caseForm = async (me, homeId, instead) => {
  const { node, form, forget } = await start(me, "case", homeId, instead, (fresh) => {
    demandBlock(me, fresh);
    fresh.photos = photoBlock(me, fresh);
  });
  part(node, "solved-fields").hidden = !part(node, "solved").checked;
  await warnOld(me, node);
  press(form.querySelector(".app-do button"), async () => {
    const values = valuesOf(form);
    const raised = demandOf(me, values, node) ?? { wrong: "ask_class" };
    complain(node, raised.wrong);
    if (raised.wrong) return;
    const home = values.home ? Number(values.home) : null;
    const about = { name: nameOf(me, home), what: raised.about };
    await send(me, { kind: "case", home, body: raised.demand, about, photos: node.photos(), instead }, forget, node);
  });
  return node;
};

/** Something happened in a family: a proposal that the village looks at. */
export const changeForm = async (me, homeId, instead) => {
  const { node, form, forget } = await start(me, "change", homeId, instead);
  press(form.querySelector(".app-do button"), async () => {
    const values = valuesOf(form);
    const wrong = !values.home ? "ask_home" : !values.change ? "ask_kind" : !values.who ? "ask_who" : "";
    complain(node, wrong);
    if (wrong) return;
    const body = { change: values.change, who: values.who, note: values.note ?? "" };
    if (values.on) body.on = values.on;
    const home = Number(values.home);
    const about = { name: nameOf(me, home), what: wordOf("change", values.change) };
    await send(me, { kind: "change", home, body, about, instead }, forget, node);
  });
  return node;
};

/** A home helped others. */
export const deedForm = async (me, homeId, instead) => {
  const { node, form, forget } = await start(me, "deed", homeId, instead, (fresh) => fillDays(part(fresh, "days")));
  press(form.querySelector(".app-do button"), async () => {
    const values = valuesOf(form);
    const wrong = !values.home ? "ask_home" : !values.text ? "ask_text" : "";
    complain(node, wrong);
    if (wrong) return;
    const home = Number(values.home);
    const body = { text: values.text, on: dateOf(values.day) };
    await send(me, { kind: "deed", home, body, about: { name: nameOf(me, home), what: values.text }, instead }, forget, node);
  });
  return node;
};
