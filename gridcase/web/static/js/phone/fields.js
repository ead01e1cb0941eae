// What the forms share: filling in, reading out, drafts, the block of a demand, photos, saying what is missing.

import { LONG, list, PHOTOS_ALL, PHOTOS_EACH, waiting } from "./outbox.js";
import { shrink } from "./photos.js";
import { lock, unlock } from "./vault.js";
import { fill, on, part, piece, say, showDay, wordOf, zoned } from "./words.js";

export const SOLVED_DAYS = 7;

/** Put values into a form's controls; a list ticks several. */
export const put = (form, values) => {
  for (const field of form.elements) {
    if (!(field.name in values) || field.type === "file") continue;
    const value = values[field.name];
    if (field.type === "radio" || field.type === "checkbox") field.checked = [value].flat().map(String).includes(field.value);
    else field.value = value ?? "";
  }
};

export const valuesOf = (form) => {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string") continue;
    const several = form.querySelectorAll(`[name="${name}"][type="checkbox"]`).length > 1;
    if (several) (values[name] ??= []).push(value);
    else values[name] = value.trim();
  }
  return values;
};

const draftsOf = async (me) => {
  const row = await me.kept.meta.get("drafts");
  return row ? unlock(me.key, row) : {};
};

const keepDraft = async (me, name, values) => {
  const drafts = await draftsOf(me);
  if (values) drafts[name] = values;
  else delete drafts[name];
  await me.kept.meta.put({ key: "drafts", ...(await lock(me.key, drafts)) });
};

/** What was typed comes back, encrypted meanwhile. Answers how to forget it. */
export const drafted = async (me, form, name, node, between = () => {}) => {
  const saved = (await draftsOf(me))[name];
  if (saved) {
    put(form, saved);
    between(); // what depends on a choice is there only once the choice is
    put(form, saved);
    fill(node, { draft: say("draft") });
    for (const fold of node.querySelectorAll("details")) {
      fold.open = [...fold.querySelectorAll("input, textarea")].some((field) => saved[field.name] && field.name !== "purpose");
    }
  }
  let timer = null;
  let over = false;
  const keep = () => {
    clearTimeout(timer);
    if (!over) keepDraft(me, name, valuesOf(form)).catch(() => {}); // a draft is a help, not a promise
  };
  on(form, "input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  });
  return async () => {
    over = true;
    clearTimeout(timer);
    await keepDraft(me, name, null);
  };
};

/** A warning in the form when something has waited too long. */
export const warnOld = async (me, node) => {
  const old = waiting(await list(me)).filter((row) => Date.now() - Date.parse(row.about.at) > LONG);
  fill(node, { old: old.length ? say("old_waiting", { n: old.length }) : null });
};

export const fillDays = (select) => {
  for (let ago = 0; ago < SOLVED_DAYS; ago += 1) {
    const day = new Date();
    day.setDate(day.getDate() - ago);
    const word = showDay(day.toISOString());
    select.append(new Option(ago < 2 ? `${say(`day.${ago}`)} ${word}` : word, String(ago)));
  }
};

/** The moment of a day some days ago, at this hour. */
export const momentOf = (ago) => {
  const day = new Date();
  day.setDate(day.getDate() - Number(ago || 0));
  return zoned(day);
};

export const dateOf = (ago) => momentOf(ago).slice(0, 10);

export const fillHomes = (me, select, chosen) => {
  for (const home of me.set.homes) select.append(new Option(`${home.name} ${home.address ?? ""}`, String(home.id)));
  if (chosen) select.value = String(chosen);
};

export const addPick = (list, type, name, code, word) => {
  const pick = piece("pick");
  const input = pick.querySelector("input");
  input.type = type;
  input.name = name;
  input.value = code;
  pick.querySelector("span").textContent = word;
  list.append(pick);
};

/** The block of a demand: the common classes as large rows, the rest to choose from. */
export const demandBlock = (me, node) => {
  for (const one of me.set.classes) {
    if (one.common) addPick(part(node, "common"), "radio", "class", one.code, one.name);
    else part(node, "others").append(new Option(one.name, one.code));
  }
  const show = () => {
    const found = classOf(me, node);
    fill(node, { restricted: found?.restricted ? say("restricted") : null });
    part(node, "solved-fields").hidden = !part(node, "solved").checked;
  };
  on(node, "change", (event) => {
    if (event.target.name === "other" && event.target.value) {
      for (const radio of node.querySelectorAll('[name="class"]')) radio.checked = false;
    }
    if (event.target.name === "class") part(node, "others").value = "";
    show();
  });
  show();
};

const classOf = (me, node) => {
  const code = part(node, "others").value || node.querySelector('[name="class"]:checked')?.value;
  return me.set.classes.find((one) => one.code === code);
};

/** The demand of a form: null when nothing was put in, `{ wrong }` the name of what is missing, or `{ demand, about }`. */
export const demandOf = (me, values, node) => {
  const found = classOf(me, node);
  if (!found) return values.title || values.text || values.solved ? { wrong: "ask_class" } : null;
  const title = values.title || found.name;
  const demand = { class: found.code, title, text: values.text || title };
  if (values.solved) {
    if (!values.result) return { wrong: "ask_result" };
    if (!values.answer) return { wrong: "ask_answer" };
    Object.assign(demand, { result: values.result, answer: values.answer });
  }
  return { demand, about: found.restricted ? wordOf("kind", "case") : title };
};

/** Photos of a form; answers a function that gives their bytes. */
export const photoBlock = (me, node) => {
  const photos = [];
  const said = (name) => fill(node, { photo_error: name ? say(name, { n: PHOTOS_EACH, all: PHOTOS_ALL }) : null });
  const draw = () => {
    const thumbs = photos.map((bytes, at) => {
      const thumb = piece("thumb");
      const picture = thumb.querySelector("img");
      picture.src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      on(picture, "load", () => URL.revokeObjectURL(picture.src));
      const drop = thumb.querySelector("button");
      drop.textContent = say("photo_drop", { n: at + 1 });
      on(drop, "click", () => {
        photos.splice(at, 1);
        draw();
      });
      return thumb;
    });
    part(node, "thumbs").replaceChildren(...thumbs);
  };
  on(part(node, "photo"), "change", async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    said("");
    for (const file of files) {
      const elsewhere = (await me.kept.photos.all()).length;
      if (photos.length >= PHOTOS_EACH || elsewhere + photos.length >= PHOTOS_ALL) {
        said("photo_many");
        break;
      }
      const bytes = await shrink(file);
      if (bytes) photos.push(bytes);
      else said("photo_none");
    }
    draw();
  });
  return () => photos;
};

// Which field a sentence speaks of.
const FIELDS = {
  ask_mode: "mode",
  ask_met: "met",
  ask_state: "state",
  ask_class: "class",
  ask_result: "result",
  ask_answer: "answer",
  ask_answered: "errand_text",
  ask_home: "home",
  ask_kind: "change",
  ask_who: "who",
  ask_text: "text",
  ask_told: "homes",
};

// The same words at the field itself, until something is chosen or typed there.
const beside = (node, name) => {
  const control = FIELDS[name] && node.querySelector(`[name="${FIELDS[name]}"]`);
  const field = control?.closest(".field");
  if (!field) return null;
  const line = document.createElement("p");
  line.className = "field-error";
  line.id = "beside";
  line.textContent = say(name);
  const grouped = field.tagName === "FIELDSET";
  (grouped ? field.querySelector(".picks, .ticks") : control).before(line);
  const told = grouped ? field : control;
  const before = told.getAttribute("aria-describedby") ?? "";
  told.setAttribute("aria-describedby", `${before} beside`.trim());
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const gone = () => {
    for (const event of ["input", "change"]) field.removeEventListener(event, gone);
    if (before) told.setAttribute("aria-describedby", before);
    else told.removeAttribute("aria-describedby");
    line.remove();
    fill(node, { error: null });
  };
  for (const event of ["input", "change"]) on(field, event, gone);
  node.unsay = gone;
  return control;
};

/** Say what is missing: above the button, and at the field it is missing from. */
export const complain = (node, name) => {
  node.unsay?.();
  node.unsay = null;
  fill(node, { error: name ? say(name) : null });
  if (!name) return;
  const control = beside(node, name);
  (control ?? node.querySelector('[data-slot="error"]')).focus({ preventScroll: Boolean(control) });
  control?.closest(".field").scrollIntoView({ block: "center" }); // clear of what sticks to the edges
};
