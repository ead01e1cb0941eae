// Runs before the first paint: says that scripts work, and brings back the chosen contrast.
// A plain script, not a module, because a module would come too late and the page would flicker.
(() => {
  "use strict";
  const root = document.documentElement;
  const key = "gridcase.contrast";
  root.classList.add("js");

  const read = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off: the system's choice holds
    }
  };
  const apply = (high) => (high ? root.setAttribute("data-contrast", "high") : root.removeAttribute("data-contrast"));
  apply(read() === "high");

  // Where the system itself asks for contrast there is nothing left to choose.
  const asked = matchMedia("(prefers-contrast: more)").matches;

  const show = (button) => {
    const high = root.getAttribute("data-contrast") === "high";
    const value = button.querySelector(".menu-value");
    button.setAttribute("aria-pressed", String(high));
    value.textContent = high ? value.dataset.on : value.dataset.off;
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-contrast-toggle]")) {
      button.hidden = asked;
      show(button);
      button.addEventListener("click", () => {
        const high = root.getAttribute("data-contrast") !== "high";
        apply(high);
        try {
          localStorage.setItem(key, high ? "high" : "normal");
        } catch {
          // kept for this page only
        }
        show(button);
      });
    }
  });
})();
