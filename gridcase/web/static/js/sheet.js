// A weekly sheet is typed in without the mouse: Enter goes to the next box, a full box of one digit goes on by itself,
// Ctrl+Enter sends. Arrows go up and down in a column.

const form = document.querySelector("[data-sheet]");
const boxes = form ? [...form.querySelectorAll("td input")] : [];

const go = (box) => {
  if (!box) return;
  box.focus();
  box.select();
};

const beside = (box, step) => {
  const part = box.name.split("_")[0];
  const column = boxes.filter((one) => one.name.startsWith(`${part}_`));
  return column[column.indexOf(box) + step];
};

const press = (event) => {
  const box = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Enter") {
    event.preventDefault();
    go(boxes[boxes.indexOf(box) + 1] ?? form.querySelector("[type=submit]"));
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    go(beside(box, event.key === "ArrowDown" ? 1 : -1));
  }
};

const typed = (event) => {
  const box = event.target;
  const whole = box.name.startsWith("day_") ? /^\d{2}$/ : /^\d$/;
  const single = box.maxLength === 1 || box.name.startsWith("day_");
  if (event.inputType === "insertText" && single && whole.test(box.value)) go(boxes[boxes.indexOf(box) + 1]);
};

for (const box of boxes) {
  box.addEventListener("keydown", press);
  box.addEventListener("input", typed);
}

if (!document.querySelector("[data-focus]")) go(boxes.find((box) => box.value === ""));
else go(boxes.find((box) => box.getAttribute("aria-invalid") === "true"));
