// <form data-draft="name"> keeps what is typed in this browser tab until the form has been sent.
// sessionStorage, so that nothing is left on a shared computer; never passwords, files or hidden fields.
// Texts come from the page: <p data-draft-note data-restored="..." data-discard="..."> inside the form.

const skip = new Set(["hidden", "password", "file", "submit", "button", "reset"]);

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !skip.has(field.type));

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

for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `gridcase.draft.${form.dataset.draft}.${location.pathname}`;
  const first = JSON.stringify(snapshot(form));
  const saved = store.get(key);
  // A page that came back with messages holds what was typed: the server's answer is newer than the draft.
  const answered = document.querySelector("[data-focus]");
  if (saved && !answered && JSON.stringify(saved) !== first) {
    restore(form, saved);
    tell(form, key);
  }
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => store.set(key, snapshot(form)), 300);
  });
  addEventListener("pagehide", () => {
    clearTimeout(waiting);
    if (!form.dataset.sent && JSON.stringify(snapshot(form)) !== first) store.set(key, snapshot(form));
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    store.drop(key);
  });
}
