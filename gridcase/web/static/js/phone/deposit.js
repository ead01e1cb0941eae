// What somebody left behind who signed out, forgot the PIN or was locked out, or who is not the one at the phone now:
// handed in still encrypted. Nobody here can read it, and the server files it under the one who wrote it.

import { call, NoAnswer } from "./net.js";
import { alone, lockName, tell } from "./outbox.js";
import { everybody, forgetStore, openStore } from "./store.js";
import { toBase64, uuid } from "./vault.js";

const AT_ONCE = 40;

// Of somebody who left, what was refused is handed in too: only the server can still show it to its owner.
const left = async (person, kept) =>
  (await kept.items.all())
    .filter((row) => row.iv && (row.state === "queued" || person.state === "sealed"))
    .sort((a, b) => a.order - b.order);

// Answers whether nothing more is to be said to the server. A store nobody can open belongs to a phone that has left.
const handIn = async (person, kept, rows) => {
  const seal = await kept.meta.get("seal");
  if (!seal) return true;
  const boxes = rows.map((row) => ({ item: row.id, iv: toBase64(row.iv), box: toBase64(row.box) }));
  const json = { id: uuid(), owner: person.owner, wrapped: seal.wrapped, iv: seal.iv, boxes, left: person.state === "sealed" };
  const { status, body } = await call("POST", "/api/sync/sealed", { token: seal.deposit, scheme: "Deposit", json });
  if (status !== 200 && status !== 201 && status !== 202) return status === 401; // the server has forgotten this phone
  const accepted = new Set(body?.accepted);
  const refused = new Set(body?.refused);
  for (const row of rows) {
    if (accepted.has(row.id) || refused.has(row.id)) await settled(person, kept, row, accepted.has(row.id));
  }
  return true;
};

// Somebody who only was not at the phone is told on opening it; of one who left nothing stays.
const settled = (person, kept, row, accepted) => {
  if (person.state === "sealed") return kept.items.drop(row.id);
  if (!accepted) return null; // sent again by its owner, who then reads the reason
  const { iv, box, ...rest } = row;
  return kept.items.put({ ...rest, state: "accepted", answer: null });
};

const one = async (person) => {
  const kept = await openStore(person.store);
  try {
    const rows = await left(person, kept);
    let said = person.state !== "sealed" || rows.length > 0 || (await handIn(person, kept, []));
    for (let at = 0; at < rows.length; at += AT_ONCE) said = (await handIn(person, kept, rows.slice(at, at + AT_ONCE))) && said;
    if (said && person.state === "sealed" && !(await kept.items.all()).length) {
      kept.close();
      await forgetStore(person.store);
    }
  } finally {
    kept.close();
  }
  tell({ type: "changed", store: person.store });
};

/** Hand in for everybody but the one at the phone; with nobody at it, for those who left. */
export const depositOthers = async (me) => {
  for (const person of await everybody()) {
    if (person.store === me?.person.store) continue;
    if (person.state !== "sealed" && (!me || person.owner === me.person.owner)) continue;
    try {
      await alone(lockName(person.store), () => one(person));
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return;
    }
  }
};

/** How many boxes wait sealed on this phone, for whoever opens it: a number, nothing else. */
export const sealedCount = async () => {
  let count = 0;
  for (const person of await everybody()) {
    if (person.state !== "sealed") continue;
    const kept = await openStore(person.store);
    count += (await kept.items.all()).filter((row) => row.iv).length;
    kept.close();
  }
  return count;
};
