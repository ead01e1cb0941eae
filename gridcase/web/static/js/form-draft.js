// <form data-draft="name"> keeps what is typed in this browser tab until the form has arrived.
// sessionStorage, so that nothing is left on a shared computer; never passwords, files or hidden fields.
// A form that was sent is only forgotten once a page of ours has answered: not by a lost network, an error page or a
// sign-in page (those carry data-keep-drafts, or no script at all). A page that says "done" forgets by arrived.js.
// Texts come from the page: <p data-draft-note data-restored="..." data-discard="..."> inside the form.

const PREFIX = "gridcase.draft.";
const skip = new Set(["hidden", "password", "file", "submit", "button", "reset"]);

// What lies inside [data-no-draft] is written nowhere but on the server.
const keeps = (field) => field.name && !skip.has(field.type) && !field.closest("[data-no-draft]");
const fieldsOf = (form) => [...form.elements].filter(keeps);

const snapshot = (form) =>
  fieldsOf(form).map((field) =>
    field.type === "checkbox" || field.type === "radio" ? [field.name, field.value, field.checked] : [field.name, field.value],
  );

const restore = (form, saved) => {
  const fields = fieldsOf(form);
  saved.forEach(([name, value, checked], index) => {
    const field = fields[index];
    if (!field || field.name !== name) return; // the form has changed since
    if (checked === undefined) field.value = value;
    else if (field.value === value) field.checked = checked;
  });
};

const store = {
  keys: () => {
    try {
      return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  },
  get: (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  },
  set: (key, value) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch {
      // full or switched off: the form works without a draft
    }
  },
  drop: (key) => {
    try {
      sessionStorage.removeItem(key);
    } catch {
      // nothing was kept
    }
  },
};

const tell = (form, key) => {
  const note = form.querySelector("[data-draft-note]");
  if (!note) return;
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "button quiet";
  discard.textContent = note.dataset.discard;
  discard.addEventListener("click", () => {
    store.drop(key);
    form.reset();
    note.replaceChildren();
  });
  note.replaceChildren(note.dataset.restored, discard);
};

const keyOf = (form) => `${PREFIX}${form.dataset.draft}.${location.pathname}`;
const forms = [...document.querySelectorAll("form[data-draft]")];
// A page that came back with messages, or to be looked at, holds what was typed: the server's answer is newer than the draft.
const answered = Boolean(document.querySelector("[data-focus], form[data-answer]"));

const forgetWhatArrived = () => {
  if (answered || document.querySelector("[data-keep-drafts]")) return;
  const here = new Set(forms.map(keyOf));
  for (const key of store.keys()) if (store.get(key)?.sent && !here.has(key)) store.drop(key);
};

forgetWhatArrived();
for (const form of forms) {
  const key = keyOf(form);
  const first = JSON.stringify(snapshot(form));
  const saved = store.get(key)?.fields;
  if (saved && !answered && JSON.stringify(saved) !== first) {
    restore(form, saved);
    tell(form, key);
  }
  let waiting;
  let sent = false;
  const keep = () => {
    clearTimeout(waiting);
    if (JSON.stringify(snapshot(form)) !== first) store.set(key, { fields: snapshot(form), sent });
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 300);
  });
  form.addEventListener("submit", () => {
    sent = true;
    keep();
  });
  addEventListener("pagehide", keep);
  addEventListener("pageshow", (event) => {
    if (event.persisted) sent = false;
  });
}
