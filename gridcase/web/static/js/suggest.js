// What the box at the top may mean, while somebody types: a list below it, by arrow keys or by a click. Without this
// script the box asks as it always did. Every text is set as text.

const WAIT = 200; // ms without a key before anything is asked
const FEWEST = 2;

const form = document.querySelector("[data-suggest]");
const input = form?.querySelector("input[type=search]");
const list = form?.querySelector("[role=listbox]");
let timer = 0;
let asked = null;

if (input && list) {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");
  close();
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", move);
  input.addEventListener("blur", () => setTimeout(close, 150)); // a click on a line comes first
}

async function ask() {
  asked?.abort();
  const words = input.value.trim();
  if (words.length < FEWEST) return close();
  asked = new AbortController();
  try {
    const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(words)}`, {
      headers: { Accept: "application/json" },
      signal: asked.signal,
    });
    if (answer.ok && !answer.redirected) show((await answer.json()).found);
  } catch {
    // overtaken by the next key, or no network: the box still sends
  }
}

function show(found) {
  list.replaceChildren(...found.map(line));
  list.hidden = !found.length || document.activeElement !== input;
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.removeAttribute("aria-activedescendant");
}

function line(one, place) {
  const item = document.createElement("li");
  item.id = `top-found-${place}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.url = one.url;
  const under = document.createElement("span");
  under.className = "under";
  under.textContent = one.under;
  item.append(one.words, under);
  item.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    location.assign(one.url);
  });
  return item;
}

function close() {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function move(event) {
  const lines = [...list.children];
  const here = lines.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (list.hidden || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault(); // the first Escape closes the list, it does not empty the box
    event.stopPropagation();
    close();
  } else if (event.key === "Enter" && here >= 0) {
    event.preventDefault();
    location.assign(lines[here].dataset.url);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = (here + (event.key === "ArrowDown" ? 1 : here < 0 ? 0 : -1) + lines.length) % lines.length;
    lines.forEach((one, place) => one.setAttribute("aria-selected", String(place === next)));
    input.setAttribute("aria-activedescendant", lines[next].id);
  }
}
