// What was noted and waits for the server. An item is kept on the phone before anything is sent, under an id of its
// own, and only the server's own answer changes its state. One tab sends at a time.

import { call, NoAnswer } from "./net.js";
import { FORM, tokenOf } from "./set.js";
import { seal } from "./store.js";
import { lock, lockBytes, openBytes, sha256, unlock, uuid } from "./vault.js";
import { zoned } from "./words.js";

export const PHOTOS_EACH = 6;
export const PHOTOS_ALL = 30;
const PART = 96 * 1024;
const SHOWN_DAYS = 14;
export const LONG = 24 * 3600_000;

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("gridcase.phone") : null;
const listeners = new Set();
export const heard = (listen) => {
  listeners.add(listen);
  return () => listeners.delete(listen);
};
export const tell = (message, elsewhere = true) => {
  for (const listen of listeners) listen(message);
  if (elsewhere) channel?.postMessage(message);
};
if (channel) channel.onmessage = ({ data }) => tell(data, false);

const unlocked = new Map(); // where the browser has no locks, this tab at least sends once at a time
export const alone = (name, act) => {
  if (navigator.locks) return navigator.locks.request(name, { ifAvailable: true }, (got) => (got ? act() : null));
  if (unlocked.has(name)) return null;
  const running = act().finally(() => unlocked.delete(name));
  unlocked.set(name, running);
  return running;
};
export const lockName = (store) => `gridcase.outbox.${store}`;

/** Note something: kept first, sent after. `about` is what the list shows of it. */
export const note = async (me, { kind, home = null, body, about, photos = [], instead = null }) => {
  const item = { id: uuid(), kind, form: FORM, made_at: zoned(), home, body };
  const boxes = [];
  for (const photo of photos) {
    boxes.push({ id: uuid(), item: item.id, size: photo.byteLength, state: "queued", ...(await lockBytes(me.key, photo)) });
  }
  const shown = { ...about, kind, home, at: item.made_at };
  const row = { id: item.id, state: "queued", ...(await lock(me.key, item)), about: await lock(me.key, shown) };
  await me.kept.keep(row, boxes, instead);
  tell({ type: "changed", store: me.person.store });
  return item.id;
};

/** Everything of the outbox, oldest first, readable: `{ id, state, about, answer, photos }`. */
export const list = async (me) => {
  const photos = await me.kept.photos.all();
  const rows = (await me.kept.items.all()).sort((a, b) => a.order - b.order);
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      state: row.state === "queued" && me.sending === row.id ? "sending" : row.state,
      about: await unlock(me.key, row.about),
      answer: row.answer ? await unlock(me.key, row.answer) : null,
      photos: photos.filter((photo) => photo.item === row.id).length,
    })),
  );
};

export const read = async (me, id) => {
  const row = await me.kept.items.get(id);
  return row?.iv ? unlock(me.key, row) : null;
};

export const waiting = (rows) => rows.filter((row) => row.state === "queued" || row.state === "sending");

// What one may read again of what has arrived: all but a demand that only named people see.
const readable = (me, { kind, body }) => {
  const closed = (demand) => !demand || me.set?.classes.find((one) => one.code === demand.class)?.restricted !== false;
  if (kind === "case") return closed(body) ? null : body;
  const { demand, ...rest } = body;
  return closed(demand) ? rest : body;
};

const settle = async (me, id, state, answer, item) => {
  const kept = await lock(me.key, answer);
  const known = await me.kept.items.get(id);
  const about = known && (await lock(me.key, { ...(await unlock(me.key, known.about)), body: readable(me, item) }));
  await me.kept.items.change(id, (row) => {
    if (!row) return null;
    const { iv, box, ...rest } = row;
    // What was accepted is the server's now; what was refused can still be put right here.
    return state === "refused" ? { ...row, state, answer: kept } : { ...rest, about, state, answer: kept };
  });
  tell({ type: "changed", store: me.person.store });
};

const FINAL = new Set(["accepted", "handed"]);

const judged = (status, body, id) => {
  if ((status === 200 || status === 201) && body?.id === id && FINAL.has(body.state)) return body.state;
  if (status === 409 && body?.state === "refused") return "refused";
  if (status === 422 || status === 413) return "refused";
  if (status === 401) return "unknown";
  if (status === 429 || status === 503) return "later";
  return "odd";
};

const pauseOf = (headers) => Math.min(Number(headers.get("Retry-After")) || 30, 3600) * 1000;

/** One item to the server; answers what became of it. */
const send = async (me, row, token) => {
  const item = await unlock(me.key, row);
  const { status, body, headers } = await call("POST", "/api/sync/items", { token, json: { ...item, sent_at: zoned() } });
  const outcome = judged(status, body, item.id);
  if (FINAL.has(outcome)) await settle(me, item.id, outcome, body, item);
  if (outcome === "refused") await settle(me, item.id, "refused", { ...body, reason: body.reason ?? body.error }, item);
  if (outcome === "later") me.notBefore = Date.now() + pauseOf(headers);
  if (outcome === "unknown") await disowned(me, body);
  if (outcome === "odd") me.trouble = { name: "odd" };
  return outcome;
};

/** The server no longer knows this phone: a lost one forgets, another keeps all and asks its owner to sign in. */
export const disowned = async (me, body) => {
  if (body?.error === "device_revoked") {
    await seal(me.person);
    tell({ type: "sealed", store: me.person.store, why: "revoked" });
    return;
  }
  await me.kept.meta.put({ key: "lacks", value: body?.error ?? "unknown" });
  me.trouble = { name: "signed_out" };
};

const sendItems = async (me, token) => {
  const tried = new Set();
  for (;;) {
    const queued = (await me.kept.items.all()).filter((row) => row.state === "queued" && !tried.has(row.id));
    const next = queued.sort((a, b) => a.order - b.order)[0];
    if (!next) return true;
    tried.add(next.id);
    me.sending = next.id;
    tell({ type: "sending", store: me.person.store }, false);
    const outcome = await send(me, next, token).finally(() => {
      me.sending = null;
    });
    if (outcome === "unknown" || outcome === "later") return false;
  }
};

const photoCall = (method, photo, token, headers = {}, body = undefined) =>
  call(method, `/api/sync/photos/${photo.id}`, { token, headers, body });

const DONE = { outcome: "done" };
const STOP = { outcome: "stop" };
const refused = (answer) => ({ outcome: "refused", text: answer.body?.text ?? "" });

/** One photo, from where the server has it: "done", "refused" with the reason, or "stop". */
const sendPhoto = async (me, photo, token) => {
  const bytes = await openBytes(me.key, photo);
  const digest = await sha256(bytes);
  const asked = await photoCall("HEAD", photo, token);
  if (asked.status === 401) await disowned(me, null);
  if (asked.status !== 200 && asked.status !== 404) return asked.status === 409 ? refused(asked) : STOP;
  let offset = Number(asked.headers.get("Upload-Offset") ?? 0);
  for (let turn = 0; turn < 300; turn += 1) {
    const headers = {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
      "Upload-Length": String(bytes.byteLength),
      "X-Item": photo.item,
      "X-Digest": digest,
    };
    const answer = await photoCall("PATCH", photo, token, headers, bytes.slice(offset, offset + PART));
    const there = answer.headers.get("Upload-Offset");
    if (answer.status === 401) await disowned(me, answer.body);
    if (answer.status === 204) {
      offset = there === null ? offset + PART : Number(there);
      if (offset >= bytes.byteLength) return DONE;
    } else if (answer.status === 409 && answer.body?.state !== "refused" && there !== null) {
      offset = Number(there);
      if (answer.body?.error === "broken") return STOP; // from the start again, at the next occasion
    } else return answer.status === 409 || answer.status === 413 ? refused(answer) : STOP;
  }
  return STOP;
};

// Of a photo that was not taken the reason stays with its note.
const sayOfPhoto = async (me, item, text) => {
  const answer = item.answer ? await unlock(me.key, item.answer) : {};
  const kept = await lock(me.key, { ...answer, photo: text });
  await me.kept.items.change(item.id, (row) => row && { ...row, answer: kept });
};

const sendPhotos = async (me, token) => {
  const rows = new Map((await me.kept.items.all()).map((row) => [row.id, row]));
  for (const photo of await me.kept.photos.all()) {
    const item = rows.get(photo.item);
    if (!item) await me.kept.photos.drop(photo.id);
    if (!FINAL.has(item?.state) || photo.state !== "queued") continue;
    const { outcome, text } = await sendPhoto(me, photo, token);
    if (outcome === "stop") return;
    if (outcome === "refused") await sayOfPhoto(me, item, text);
    await me.kept.photos.drop(photo.id);
    tell({ type: "changed", store: me.person.store });
  }
};

const run = async (me) => {
  me.trouble = null;
  try {
    const token = await tokenOf(me);
    if (!token) {
      me.trouble = { name: "signed_out" };
      return;
    }
    if (await sendItems(me, token)) await sendPhotos(me, token);
    else if (!me.trouble) me.trouble = { name: "busy" };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    me.trouble = { name: "no_signal" };
  }
};

/** Send what waits: the words first, then the photos. Does nothing while another tab is at it. */
export const flush = async (me, { asked = false } = {}) => {
  if (!asked && me.notBefore && Date.now() < me.notBefore) return;
  await alone(lockName(me.person.store), () => run(me));
  tell({ type: "flushed", store: me.person.store }, false);
};

/** A refused item goes to whoever has the home now. */
export const handOver = async (me, id) => {
  const item = await read(me, id);
  const json = { ...item, sent_at: zoned() };
  const answer = await call("POST", `/api/sync/items/${id}/hand-over`, { token: await tokenOf(me), json });
  if (answer.status !== 200 && answer.status !== 201) return answer.body?.text ?? "";
  await settle(me, id, "handed", answer.body ?? {}, item);
  return null;
};

export const discard = async (me, id) => {
  const photos = (await me.kept.photos.all()).filter((photo) => photo.item === id);
  await me.kept.photos.drop(...photos.map((photo) => photo.id));
  await me.kept.items.drop(id);
  tell({ type: "changed", store: me.person.store });
};

/** What arrived long ago need not be shown any more. */
export const tidy = async (me) => {
  const rows = await list(me);
  const old = rows.filter(
    (row) => FINAL.has(row.state) && !row.photos && Date.now() - Date.parse(row.about.at) > SHOWN_DAYS * 864e5,
  );
  await me.kept.items.drop(...old.map((row) => row.id));
};
