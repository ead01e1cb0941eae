// Beside the intake, while somebody types: cases that may be the same matter, and classes the words sound like.
// Without this script the page asks after sending. What came from people is set as text, never as HTML.

const FIELDS = ["csrf_token", "title", "text", "household", "grid", "address", "lon", "lat"];
const WAIT = 500;
const box = document.querySelector("[data-alike]");
const form = box?.closest("form");
if (form) watch();

function watch() {
  let waiting, asking, last;
  const status = form.querySelector("[data-alike-status]");

  const ask = async () => {
    const sent = new FormData();
    for (const name of FIELDS) if (form.elements[name]) sent.set(name, form.elements[name].value);
    const said = JSON.stringify([...sent]);
    if (said === last) return;
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(box.dataset.alike, {
        method: "POST", body: sent, headers: { Accept: "application/json" }, signal: asking.signal, redirect: "manual",
      });
      if (!answer.ok) return;
      const { same, classes } = await answer.json();
      last = said;
      showSame(same);
      showClasses(classes);
      status.textContent = same.length ? status.dataset.some : "";
    } catch {
      // no network, or typed on meanwhile: the server asks again when the form is sent
    }
  };
  form.addEventListener("input", (event) => {
    if (!FIELDS.includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  });
  if (form.elements.title.value) waiting = setTimeout(ask, WAIT);
}

function showSame(same) {
  const list = box.querySelector("[data-alike-list]");
  const none = list.querySelector("[data-alike-none]");
  const chosen = list.querySelector("input:checked")?.value;
  list.replaceChildren(...same.map(row), none);
  const kept = chosen && [...list.querySelectorAll("input")].find((input) => input.value === chosen);
  (kept || none.querySelector("input")).checked = true;
  form.elements.looked.value = same.length ? "1" : "";
  box.hidden = !same.length;
}

function row(one) {
  const item = box.querySelector(one.open ? "[data-alike-open]" : "[data-alike-closed]").content.cloneNode(true);
  if (one.open) {
    const input = item.querySelector("input");
    const label = item.querySelector("label");
    input.value = one.number;
    input.id = label.htmlFor = `same-${one.number}`;
    label.textContent = one.title;
  } else {
    item.querySelector(".alike-closed").textContent = one.title;
  }
  item.querySelector("span").textContent = [...one.why, one.state].join(" · ");
  const link = item.querySelector("a");
  link.href = one.url;
  link.textContent = one.number;
  return item;
}

function showClasses(classes) {
  const part = form.querySelector("[data-alike-classes]");
  const template = part.querySelector("template");
  part.querySelector("ul").replaceChildren(
    ...classes.map((one) => {
      const item = template.content.cloneNode(true);
      const button = item.querySelector("button");
      button.textContent = `${one.code} ${one.name}`;
      button.addEventListener("click", () => changeTo(one.url));
      const because = item.querySelector("span");
      because.textContent = because.dataset.because + one.words.join(because.dataset.and);
      return item;
    }),
  );
  part.hidden = !classes.length;
}

// The same form with what is typed, under another class: nothing is registered by this.
function changeTo(url) {
  const mark = document.createElement("input");
  mark.type = "hidden";
  mark.name = "another_class";
  mark.value = "1";
  form.append(mark);
  form.action = url;
  form.requestSubmit();
}
