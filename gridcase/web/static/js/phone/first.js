// Before the first paint: the chosen text size and contrast. Plain, because a module would come too late.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");
  try {
    if (localStorage.getItem("gridcase.phone.elder") === "1") root.classList.add("large-text", "elder");
    const high = localStorage.getItem("gridcase.contrast") === "high";
    if (high || root.classList.contains("elder")) root.setAttribute("data-contrast", "high");
  } catch {
    // storage is switched off: the system's choice holds
  }
})();
