/* Before the first paint: where the reader has not chosen, follow the system. */
(function () {
  "use strict";
  var root = document.documentElement;
  if (root.dataset.themeChosen !== "yes" && window.matchMedia("(prefers-color-scheme: dark)").matches) {
    root.dataset.bsTheme = "dark";
  }
})();
