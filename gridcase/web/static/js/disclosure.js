// <details> a little friendlier: menus close on Escape and on a click elsewhere, only one move stands open,
// and what opens takes the cursor to its first field. Without this script everything still opens and closes.

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

const moves = [...document.querySelectorAll("[data-moves] details.move")];
for (const move of moves) {
  move.addEventListener("toggle", () => {
    if (!move.open) return;
    for (const other of moves) if (other !== move) other.open = false;
    const wrong = move.querySelector("[aria-invalid=true]");
    (wrong ?? move.querySelector(FIELD))?.focus({ preventScroll: false });
  });
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
