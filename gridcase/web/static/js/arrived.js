// Stands in the head of a page that says "done": what was sent has arrived, so its draft (form-draft.js) is forgotten.
// A plain script before the body, not a module: whoever reads "done" and is back at the form a moment later must not
// find the old words in it, however slow the phone is at running modules.
(() => {
  "use strict";
  try {
    for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith("gridcase.draft.")))
      if (JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
  } catch {
    // storage is switched off: no draft was kept
  }
})();
