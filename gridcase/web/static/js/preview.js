// A preview that the server made says when the form beside it has been changed since: [data-stale] is shown.

const note = document.querySelector("[data-stale]");
const form = document.querySelector("form[data-draft]");
const chosen = () => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])).toString();

if (note && form) {
  const first = chosen();
  const restored = Boolean(form.querySelector("[data-draft-note]")?.hasChildNodes()); // by form-draft.js, before this
  const look = () => {
    note.hidden = !restored && chosen() === first;
  };
  form.addEventListener("input", look);
  look();
}
