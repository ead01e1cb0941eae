// The outbox: what waits, what was refused and why. Only what the server has confirmed is counted as received.

import { NoAnswer } from "./net.js";
import { discard, handOver, list, read, waiting } from "./outbox.js";
import { factsOf } from "./facts.js";
import { fill, part, piece, press, say, showMoment, wordOf } from "./words.js";

const SIGNS = { queued: "▲", sending: "◌", accepted: "●", refused: "■", handed: "○" };
const SHOWN = 30;

const stateSign = (node, state) => {
  const glyph = document.createElement("span");
  glyph.setAttribute("aria-hidden", "true");
  glyph.textContent = SIGNS[state];
  node.className = `state-word is-${state}`;
  node.replaceChildren(glyph, " ", wordOf("state", state));
};

const titleOf = (row) => [wordOf("kind", row.about.kind), row.about.name].filter(Boolean).join(" · ");

const saidOf = (row) => {
  const photos = row.photos && row.state === "accepted" ? say("photos_wait", { n: row.photos }) : "";
  return [row.answer?.text ?? row.answer?.said ?? row.about.what, photos, row.answer?.photo].filter(Boolean).join(" ");
};

const itemRow = (row) => {
  const node = piece("item");
  fill(node, { title: titleOf(row), at: showMoment(row.about.at), said: saidOf(row) });
  stateSign(part(node, "state"), row.state);
  part(node, "go").href = `#/item/${row.id}`;
  return node;
};

export const outboxScreen = async (me) => {
  const node = piece("outbox");
  const rows = await list(me);
  const groups = {
    refused: rows.filter((row) => row.state === "refused"),
    waiting: waiting(rows),
    accepted: rows.filter((row) => row.state === "accepted" || row.state === "handed").reverse().slice(0, SHOWN),
  };
  for (const [name, group] of Object.entries(groups)) {
    part(node, name).hidden = !group.length;
    part(node, `${name}-list`).replaceChildren(...group.map(itemRow));
  }
  part(node, "none").hidden = rows.length > 0;
  part(node, "send").parentElement.hidden = !groups.waiting.length && !rows.some((row) => row.photos);
  fill(node, { counts: groups.waiting.length ? say("counts_waiting", { n: groups.waiting.length }) : null });
  press(part(node, "send"), async () => {
    await me.app.sendNow();
    const none = me.trouble?.name === "no_signal";
    fill(document.getElementById("screen"), { sent: none ? say("send_no_signal") : null }); // it may have been drawn anew
  });
  return node;
};

const KINDS = { visit: "log", case: "case", change: "change", deed: "deed" };

const asFile = (me, row, item) => {
  const said = factsOf(me, row.about, item.body).map(([label, words]) => `${label}: ${words}`);
  const lines = [titleOf(row), showMoment(row.about.at), row.answer?.text ?? "", "", ...said, "", JSON.stringify(item, null, 2)];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/plain;charset=utf-8" }));
  link.download = `${say("export_name")} ${row.about.at.slice(0, 10)}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
};

const hand = async (me, row, node) => {
  try {
    const trouble = await handOver(me, row.id);
    if (trouble === null) part(node, "refused").hidden = true;
    fill(node, { done: trouble === null ? say("handed_done") : trouble || say("asked_failed") });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    fill(node, { done: say("asked_no_signal") });
  }
};

const offer = (me, row, item, node) => {
  part(node, "refused").hidden = false;
  const edit = part(node, "edit");
  edit.hidden = !KINDS[row.about.kind] || !me.set;
  edit.href = `#/${KINDS[row.about.kind]}/${row.about.home ?? ""}/${row.id}`;
  part(node, "hand").hidden = !row.answer?.can_hand_over;
  press(part(node, "hand"), () => hand(me, row, node));
  press(part(node, "export"), () => asFile(me, row, item));
  press(part(node, "discard"), async () => {
    if (!confirm(say("discard_sure"))) return;
    await discard(me, row.id);
    location.hash = "#/outbox";
  });
};

/** One item: what was noted, what the server said, what can be done with a refused one. */
export const itemScreen = async (me, id) => {
  const row = (await list(me)).find((one) => one.id === id);
  if (!row) return outboxScreen(me);
  const node = piece("open");
  const item = await read(me, id);
  fill(node, { title: titleOf(row), at: showMoment(row.about.at), said: row.answer?.text ?? row.answer?.said });
  part(node, "said-card").hidden = !(row.answer?.text ?? row.answer?.said);
  stateSign(part(node, "state"), row.state);
  const body = item?.body ?? row.about.body;
  const facts = body ? factsOf(me, row.about, body) : [[wordOf("kind", row.about.kind), row.about.what]];
  part(node, "facts").append(...facts.filter(([, words]) => words).map(([label, words]) => fill(piece("fact"), { label, words })));
  if (row.state === "refused" && item) offer(me, row, item, node);
  return node;
};
