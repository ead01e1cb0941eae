// The duty desk's hands stay on the keyboard.
//   j / k   next, previous row of the list      Enter   open it (the row's link has the focus)
//   x       tick the row                        /       search
//   a, d …  on a list: the move for the ticked rows, else for the row one is on; on a case: its moves (data-key)
//   ?       what the keys do here               1 2 3   choose a suggestion
//   g then a letter   go to a room (data-go)    other letters   what stands on a button (data-key)
//   Escape  leave the field
// Single letters can be switched off in the person menu, for those who speak or tremble.

const STORE = "gridcase.keys";
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

let on = true;
try {
  on = localStorage.getItem(STORE) !== "off";
} catch {
  // stays on
}

for (const button of document.querySelectorAll("[data-keys-toggle]")) {
  const value = button.querySelector(".menu-value");
  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    value.textContent = on ? value.dataset.on : value.dataset.off;
  };
  show();
  button.addEventListener("click", () => {
    on = !on;
    try {
      localStorage.setItem(STORE, on ? "on" : "off");
    } catch {
      // for this page only
    }
    show();
  });
}

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
const currentRow = () => document.activeElement?.closest?.("[data-row]");

const step = (by) => {
  const all = rows();
  if (!all.length) return false;
  const here = all.indexOf(currentRow());
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  all[next].querySelector("[data-row-link]")?.focus();
  all[next].scrollIntoView({ block: "nearest" });
  return true;
};

const tick = () => {
  const box = currentRow()?.querySelector("[data-check]");
  box?.click();
  return Boolean(box);
};

const search = () => {
  const field = [...document.querySelectorAll("[data-search]")].filter((one) => one.offsetParent !== null);
  // A list's own search is nearer than the one in the bar.
  const nearest = field.find((one) => one.closest("main")) ?? field[0];
  nearest?.focus();
  nearest?.select();
  return Boolean(nearest);
};

const press = (selector) => {
  const folded = (one) => one.closest("details.more-moves:not([open])");
  const target = [...document.querySelectorAll(selector)].find((one) => folded(one) || one.offsetParent !== null);
  if (!target) return false;
  if (folded(target)) folded(target).open = true;
  // A move that stands open is not closed by its letter.
  if (!(target.tagName === "SUMMARY" && target.parentElement.open)) target.click();
  if (target.matches("input, summary")) target.focus();
  return true;
};

// What a list does with a letter: all that is ticked, else the row the focus is on.
const actOnRows = (key) => {
  const ticked = document.querySelector("[data-work] [data-check]:checked");
  if (ticked) return press(`[data-bulk-key="${CSS.escape(key)}"]`);
  const url = currentRow()?.querySelector("[data-row-link]")?.getAttribute(`data-row-key-${key}`);
  if (url) location.assign(url);
  return Boolean(url);
};

// The help: what holds everywhere stands in the dialog; what holds on this page is read off the page.
const dialog = document.querySelector("[data-keys-dialog]");
const help = () => {
  if (!dialog) return false;
  if (dialog.open) {
    dialog.close();
    return true;
  }
  const list = dialog.querySelector("[data-keys-page]");
  list.replaceChildren(...[...document.querySelectorAll("[data-keys-help] li")].map((one) => one.cloneNode(true)));
  const known = new Set([...dialog.querySelectorAll("kbd")].map((one) => one.textContent.toLowerCase()));
  for (const one of document.querySelectorAll("main [data-key]")) {
    if (one.offsetParent === null || known.has(one.dataset.key)) continue;
    known.add(one.dataset.key);
    const words = (one.labels?.[0] ?? one).cloneNode(true);
    for (const cap of words.querySelectorAll("kbd")) cap.remove();
    const cap = document.createElement("kbd");
    cap.textContent = one.dataset.key.toUpperCase();
    const line = document.createElement("li");
    line.append(cap, ` ${words.textContent.trim()}`);
    list.append(line);
  }
  dialog.showModal();
  return true;
};

let going = 0;
const act = (key) => {
  if (going > Date.now() - 1500) {
    going = 0;
    return press(`[data-go="${CSS.escape(key)}"]`);
  }
  if (key === "g" && document.querySelector("[data-go]")) {
    going = Date.now();
    return true;
  }
  if (key === "?") return help();
  if (dialog?.open) return false;
  if (key === "j" && step(1)) return true;
  if (key === "k" && step(-1)) return true;
  if (key === "x") return tick();
  if (key === "/") return search();
  return /^[a-z0-9]$/.test(key) && (actOnRows(key) || press(`[data-key="${CSS.escape(key)}"]`));
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.matches?.(TYPING)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (on && act(event.key.toLowerCase())) event.preventDefault();
});

// Ticking: "all" follows its rows, and the bar says how many.
for (const table of document.querySelectorAll("[data-work]")) {
  const all = table.querySelector("[data-check-all]");
  const boxes = () => [...table.querySelectorAll("[data-check]")];
  const count = table.closest("form")?.querySelector("[data-check-count]");
  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    if (count) count.textContent = String(ticked);
    if (all) {
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && !all.checked;
    }
  };
  table.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes()) box.checked = all.checked;
    show();
  });
  show();
}
