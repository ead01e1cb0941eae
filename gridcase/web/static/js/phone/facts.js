// What a note says, fact by fact, with the words of the form it was filled in with.

import { homeOf } from "./set.js";
import { say, showDay, showMoment, wordOf } from "./words.js";

const joined = (...words) => words.filter(Boolean).join(" · ");

const demandWords = (demand) =>
  demand && joined(demand.title, demand.text === demand.title ? "" : demand.text, demand.result, wordOf("answer", demand.answer));

const spotWords = (me, spot) =>
  spot && joined(me.set?.errands.find((one) => one.code === spot.kind)?.name, spot.words, wordOf("by", spot.by));

const checkWords = (me, check) => {
  const one = check && me.set?.checks.find((row) => row.kind === check.kind);
  return one && joined(one.name, ...one.items.filter((item) => check.found.includes(item.key)).map((item) => item.name));
};

const FACTS = {
  visit: (me, { body }) => [
    ["when", showMoment(body.visited_at)],
    ["mode", wordOf("mode", body.mode)],
    ["met", String(body.met)],
    ["state", wordOf("state", body.state)],
    ["ticks", joined(...(body.ticks ?? []).map((tick) => wordOf("tick", tick)))],
    ["purpose", wordOf("purpose", body.purpose)],
    ["note", body.note],
    ["check", checkWords(me, body.check)],
    ["spot", spotWords(me, body.spot)],
    ["demand", demandWords(body.demand)],
  ],
  case: (me, { body }) => [["demand", demandWords(body)]],
  change: (me, { body }) => [
    ["change", wordOf("change", body.change)],
    ["who", body.who],
    ["when", showDay(body.on)],
    ["note", body.note],
  ],
  deed: (me, { body }) => [
    ["deed", body.text],
    ["when", showDay(body.on)],
  ],
  told: (me, { about, body }) => [
    ["notice", about.name],
    ["told", joined(...(body.homes ?? []).map((id) => homeOf(me, id)?.name))],
  ],
};

/** What a note says as `[label, words]`, without what is empty. */
export const factsOf = (me, about, body) =>
  FACTS[about.kind](me, { about, body })
    .filter(([, words]) => words)
    .map(([name, words]) => [say(`fact.${name}`), words]);
