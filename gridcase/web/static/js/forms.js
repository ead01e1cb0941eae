// Forms: the cursor goes to the error summary, its links to their fields; a chosen file is named;
// a button pressed twice sends once.

document.querySelector("[data-focus]")?.focus();

for (const link of document.querySelectorAll(".summary-errors a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".field") ?? field).scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
}

for (const box of document.querySelectorAll("[data-file]")) {
  const input = box.querySelector("input[type=file]");
  const name = box.querySelector("[data-file-name]");
  const nothing = name.textContent;
  input.addEventListener("change", () => {
    const names = [...input.files].map((file) => file.name).join("、");
    name.textContent = names ? box.dataset.chosen + names : nothing;
  });
}

// One of a few, or one of all: choosing here takes back what was chosen there.
for (const few of document.querySelectorAll("[data-either]")) {
  const all = document.getElementById(few.dataset.either);
  const radios = [...few.querySelectorAll("input[type=radio]")];
  // What only some choices ask for is shown with them.
  const more = [...few.closest("form").querySelectorAll("[data-needed-for]")];
  const show = () => {
    const chosen = radios.find((radio) => radio.checked)?.value || all.value;
    for (const part of more) part.hidden = !part.dataset.neededFor.split(" ").includes(chosen);
  };
  few.addEventListener("change", () => {
    all.value = "";
    show();
  });
  all.addEventListener("change", () => {
    for (const radio of radios) radio.checked = radio.value === all.value;
    if (radios.some((radio) => radio.checked)) all.value = "";
    show();
  });
  show();
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // A file that is downloaded leaves the page standing.
    setTimeout(() => delete form.dataset.sent, 5000);
  });
}
// Coming back through the browser's history the page is as it was left: it may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
