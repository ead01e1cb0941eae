// Before anything can be seen: is it safe here, who is it, the PIN.

import { depositOthers, sealedCount } from "./deposit.js";
import { call, enrol, finishLeaving, LEAVING, NoAnswer, session } from "./net.js";
import { addPerson, everybody, openStore, room, seal } from "./store.js";
import { newKey, openWithPin, setPin, setSeal, uuid, weak } from "./vault.js";
import { fill, on, part, piece, press, say } from "./words.js";

const SIGN_IN = "/sign-in?next=/phone/";
const ANEW = "gridcase.phone.anew"; // who forgot the PIN: signing in proves who it is, what was sealed goes to the server

const safe = () =>
  isSecureContext && Boolean(globalThis.crypto?.subtle) && "indexedDB" in globalThis && "serviceWorker" in navigator;

// Who may look over a shoulder learns no name: the family name and stars.
const masked = (name) => (/^[一-鿿]/.test(name) ? `${name[0]}${name.length === 2 ? "*" : "**"}` : `${name.slice(0, 1)}***`);

/** Show what stands before the app; `enter(me)` once it is open. */
export const gate = async ({ enter, show, why }) => {
  if (!safe()) {
    show(piece("insecure"));
    return;
  }
  const open = (await everybody()).filter((person) => person.state === "open");
  const sealed = await sealedCount();
  const words = why ? say(`gate_${why}`, { n: sealed }) : "";
  const asked = { enter, show, words, sealed };
  if (open.length) askPin(open[0], open, asked);
  else askSignIn(asked);
  // Somebody may have just signed in; nobody has to wait for a dead signal to type a PIN.
  await finishLeaving();
  const now = await session();
  if (now && localStorage.getItem(LEAVING) !== String(now.user.id)) await greet(now, open, asked);
};

const greet = async (now, open, asked) => {
  const own = open.find((person) => person.owner === now.user.id);
  const anew = localStorage.getItem(ANEW) === String(now.user.id);
  if (!anew) localStorage.removeItem(ANEW); // somebody else signed in: nobody's PIN was forgotten
  if (document.getElementById("pin")?.value) return; // somebody is typing: nothing moves under the thumb
  if (own && !anew) return;
  if (now.fresh) askNewPin(now, own, open, asked);
  else if (anew || !open.length) askSignIn({ ...asked, words: say("gate_again") });
};

/** What waited sealed has gone to the server: the gate says so no longer. */
export const showSealed = async (node) => {
  const sealed = await sealedCount();
  fill(node, { sealed: sealed ? say("gate_sealed", { n: sealed }) : null });
};

/** To the sign-in page, as nobody: who makes a phone known has just typed the password. */
export const signIn = async () => {
  const now = await session();
  if (now === undefined) throw new NoAnswer("nobody knows who is signed in");
  if (now) {
    localStorage.setItem(LEAVING, String(now.user.id));
    await finishLeaving();
  }
  location.assign(SIGN_IN);
};

const soon = (act) =>
  new Promise((resolve) => {
    setTimeout(resolve, 800);
  }).then(act);

// Signing in takes a signal: without one the reader stays here and is told, instead of seeing the browser's own error.
const goSignIn = async (node) => {
  const go = async () => {
    await call("GET", "/healthz");
    await signIn();
  };
  try {
    await go().catch(() => soon(go)); // a signal that has just come back drops the first call
  } catch {
    fill(node, { say: say("gate_no_signal") });
    scrollTo(0, 0);
  }
};

const askSignIn = ({ show, words, sealed }) => {
  const node = piece("signin");
  fill(node, { say: words, sealed: sealed ? say("gate_sealed", { n: sealed }) : null });
  press(part(node, "go"), () => goSignIn(node));
  show(node);
};

const askPin = (person, open, asked) => {
  const node = piece("pin");
  const who = person.label ? say("gate_who", { name: person.label }) : say("gate_anonymous");
  fill(node, { say: asked.words, who, sealed: asked.sealed ? say("gate_sealed", { n: asked.sealed }) : null });
  const others = open.filter((other) => other !== person);
  part(node, "others").hidden = !others.length;
  for (const other of others) {
    const choose = document.createElement("button");
    choose.type = "button";
    choose.className = "button wide";
    choose.textContent = other.label;
    on(choose, "click", () => askPin(other, open, { ...asked, words: "" }));
    part(node, "list").append(choose);
  }
  press(part(node, "again"), () => {
    localStorage.setItem(ANEW, String(person.owner));
    return goSignIn(node);
  });
  const form = part(node, "form");
  on(form, "submit", (event) => event.preventDefault());
  press(form.querySelector("button"), () => tryPin(person, form.elements.pin, node, asked));
  asked.show(node);
  form.elements.pin.focus();
};

const tryPin = async (person, input, node, { enter, show }) => {
  const pin = input.value;
  const wrong = pin ? "" : "pin_short";
  fill(node, { error: wrong ? say(wrong) : null });
  if (wrong) return;
  const kept = await openStore(person.store);
  const { key, left } = await openWithPin(kept, person, pin);
  if (key) {
    const me = { person, kept, key };
    await renew(me);
    await enter(me);
    return;
  }
  kept.close();
  input.value = "";
  if (left) {
    fill(node, { error: say("pin_wrong", { n: left }) });
    input.focus();
  } else {
    localStorage.setItem(LEAVING, String(person.owner)); // the way in by PIN is gone, and so is the one by the browser
    await gate({ enter, show, why: "locked" });
  }
};

/** A token that no longer holds is replaced where its owner has signed in again. Answers whether it was. */
export const renew = async (me) => {
  if (!(await me.kept.meta.get("lacks"))) return false;
  const now = await session();
  if (!now || now.user.id !== me.person.owner) return false;
  const { status, body } = await enrol(now.csrf).catch(() => ({ status: 0 }));
  if (status !== 201) return false;
  await setSeal(me.kept, me.key, body);
  await me.kept.meta.drop("lacks");
  return true;
};

const askNewPin = (now, old, open, asked) => {
  const { enter, show } = asked;
  const node = piece("newpin");
  fill(node, { say: asked.words, who: say("gate_new", { name: now.user.name }) });
  const form = part(node, "form");
  on(form, "submit", (event) => event.preventDefault());
  press(form.querySelector("button"), async () => {
    const { pin, pin2 } = Object.fromEntries(new FormData(form));
    const wrong = weak(pin) || (pin === pin2 ? "" : "pin_differ");
    fill(node, { error: wrong ? say(wrong) : null });
    if (wrong) return;
    part(node, "busy").hidden = false;
    await settle(now, old, pin, node, enter);
    part(node, "busy").hidden = true;
  });
  press(part(node, "other"), async () => {
    if (open.length && !old) {
      askPin(open[0], open, asked);
      return;
    }
    localStorage.setItem(LEAVING, String(now.user.id));
    await finishLeaving();
    location.assign(SIGN_IN);
  });
  show(node);
};

const settle = async (now, old, pin, node, enter) => {
  const answer = await enrol(now.csrf).catch(() => null);
  if (answer?.status === 403) {
    await signIn();
    return;
  }
  if (answer?.status !== 201) {
    fill(node, { error: answer?.body?.text ? say("gate_failed", { what: answer.body.text }) : say("gate_no_signal") });
    return;
  }
  if (old) await seal(old);
  const person = { store: uuid(), owner: now.user.id, label: masked(now.user.name), state: "open", used: Date.now() };
  const kept = await openStore(person.store);
  const key = await newKey();
  await setPin(kept, key, pin);
  await setSeal(kept, key, answer.body);
  await addPerson(person); // last: a half-made store is nobody's
  localStorage.removeItem(ANEW);
  await room(true);
  await enter({ person, kept, key });
  depositOthers({ person }).catch(() => {});
};
