// <div data-reply="id of a textarea"> with a select of ready texts: choosing one puts it below what is typed, and the
// select goes back to its first line. Without this script the button beside it does the same over the server.

for (const box of document.querySelectorAll("[data-reply]")) {
  const note = document.getElementById(box.dataset.reply);
  const select = box.querySelector("select");
  if (!note || !select) continue;
  box.querySelector("button").remove(); // else Enter in another field would press it
  select.addEventListener("change", () => {
    const text = select.selectedOptions[0]?.dataset.text;
    select.selectedIndex = 0;
    if (!text) return;
    note.value = note.value.trim() ? `${note.value.trimEnd()}\n${text}` : text;
    note.dispatchEvent(new Event("input", { bubbles: true })); // drafts and counters listen
    note.focus();
  });
}
