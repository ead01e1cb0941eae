// <details> a little friendlier: menus close on Escape and on a click elsewhere, only one move stands open,
// and what opens takes the cursor to where one goes on; of tabs one sees the open one. Without this script everything still opens and closes.

const FIELD = "input:not([type=hidden]):not([disabled]), select, textarea";

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// Where somebody goes on in an open move: what is wrong, else what is still empty and asked for, else the button.
const wanting = (field) => {
  if (field.type === "radio") return !field.form.querySelector(`[name="${CSS.escape(field.name)}"]:checked`);
  return !field.value && (field.required || field.tagName === "SELECT");
};
const land = (move) => {
  const wrong = move.querySelector("[aria-invalid=true]");
  const empty = [...move.querySelectorAll(FIELD)].find(wanting);
  (wrong ?? empty ?? move.querySelector("button[type=submit]"))?.focus({ preventScroll: false });
};

const moves = [...document.querySelectorAll("[data-moves] details.move")];
for (const move of moves) {
  move.addEventListener("toggle", () => {
    if (!move.open) return;
    for (const other of moves) if (other !== move) other.open = false;
    land(move);
  });
  if (move.open) land(move);
}

// Of a row of tabs longer than the screen one sees the one that is open.
for (const row of document.querySelectorAll(".tabs, .views, .chips")) {
  const here = row.querySelector("[aria-current]");
  if (here) row.scrollLeft += here.getBoundingClientRect().right - row.getBoundingClientRect().right + 24;
}

// A link to a part that lies inside a folded block opens that block.
const openTarget = () => {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", openTarget);
openTarget();
