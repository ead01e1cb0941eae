// The phone's own settings: how it looks, the PIN, what room there is, signing out.

import { call, LEAVING, NoAnswer } from "./net.js";
import { flush, list, tell, waiting } from "./outbox.js";
import { tokenOf } from "./set.js";
import { room, seal } from "./store.js";
import { openWithPin, setPin, weak } from "./vault.js";
import { fill, on, part, piece, press, say, showMoment } from "./words.js";

const root = document.documentElement;
const ELDER = "gridcase.phone.elder";
const CONTRAST = "gridcase.contrast";

const megabytes = (bytes) => (bytes > 1e9 ? `${(bytes / 1e9).toFixed(0)} GB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`);

const looks = (node) => {
  const elder = part(node, "elder");
  const contrast = part(node, "contrast");
  const show = () => {
    const old = root.classList.contains("elder");
    elder.setAttribute("aria-pressed", String(old));
    contrast.setAttribute("aria-pressed", String(root.dataset.contrast === "high"));
  };
  on(elder, "click", () => {
    const old = !root.classList.contains("elder");
    root.classList.toggle("elder", old);
    root.classList.toggle("large-text", old);
    localStorage.setItem(ELDER, old ? "1" : "0");
    setContrast(old || localStorage.getItem(CONTRAST) === "high");
    show();
  });
  on(contrast, "click", () => {
    const high = root.dataset.contrast !== "high";
    localStorage.setItem(CONTRAST, high ? "high" : "normal");
    setContrast(high);
    show();
  });
  show();
};

const setContrast = (high) => {
  if (high) root.dataset.contrast = "high";
  else delete root.dataset.contrast;
};

/** Sign this phone out: what can be sent is sent, the rest is sealed, nothing of one's own stays to be read. */
const goAway = async (me) => {
  await flush(me, { asked: true }).catch(() => {});
  try {
    await call("DELETE", "/api/sync/devices/self", { token: await tokenOf(me) });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error; // ended by disuse then, or by "lost phone"
  }
  await seal(me.person);
  localStorage.setItem(LEAVING, String(me.person.owner));
  tell({ type: "sealed", store: me.person.store, why: "left" });
};

const asOf = (me) => (me.checked ? say("as_of", { at: showMoment(new Date(me.checked).toISOString()) }) : null);

export const settingsScreen = async (me) => {
  const node = piece("settings");
  const rows = await list(me);
  const photos = (await me.kept.photos.all()).length;
  const left = waiting(rows).length;
  const refused = rows.filter((row) => row.state === "refused").length;
  fill(node, {
    name: me.set?.user?.name ?? me.person.label,
    place: me.set?.user?.place,
    as_of: asOf(me),
    leave: left ? say("leave_waiting", { n: left }) : photos ? null : say("leave_none"),
    warn: refused ? say("leave_refused", { n: refused }) : null,
    lost: photos ? say("leave_photos", { n: photos }) : null,
  });
  looks(node);
  press(part(node, "refresh"), async () => {
    await me.app.sendNow();
    const words = me.trouble ? say("asked_no_signal") : say("fresh");
    fill(document.getElementById("screen"), { fresh: words, as_of: asOf(me) });
  });
  const install = me.app.install();
  part(node, "install").hidden = !install;
  part(node, "install-hint").hidden = Boolean(install) || matchMedia("(display-mode: standalone)").matches;
  press(part(node, "install"), () => install?.prompt());
  press(part(node, "leave"), () => goAway(me));
  press(part(node, "lock"), () => me.app.lock(""));
  const space = await room(false);
  if (space) {
    fill(node, {
      room: say("room", { used: megabytes(space.used), free: megabytes(space.room - space.used) }),
      kept: say(space.kept ? "room_kept" : "room_not"),
    });
  }
  return node;
};

export const pinScreen = async (me) => {
  const node = piece("repin");
  const form = part(node, "form");
  on(form, "submit", (event) => event.preventDefault());
  press(form.querySelector("button"), async () => {
    const { old, pin, pin2 } = Object.fromEntries(new FormData(form));
    const wrong = weak(pin) || (pin === pin2 ? "" : "pin_differ");
    fill(node, { error: wrong ? say(wrong) : null, done: null });
    if (wrong) return;
    const { key, left } = await openWithPin(me.kept, me.person, old);
    if (!key) {
      fill(node, { error: say("pin_wrong_old", { n: left }) });
      if (!left) tell({ type: "sealed", store: me.person.store, why: "locked" });
      return;
    }
    await setPin(me.kept, key, pin);
    form.reset();
    fill(node, { done: say("pin_changed") });
  });
  return node;
};
