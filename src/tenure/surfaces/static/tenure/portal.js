/* Tenure 续航 — what the customers' pages do in the browser. Every page works without it. */
(function () {
  "use strict";
  var root = document.documentElement;

  /* Switching the theme shows at once and tells the server in the background. */
  document.querySelectorAll("[data-action=theme]").forEach(function (button) {
    button.addEventListener("click", function (event) {
      var form = button.closest("form");
      event.preventDefault();
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      form.elements.theme.value = root.dataset.bsTheme;
      window.fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    });
  });

  /* A button that was pressed waits for the answer: a double click sends once. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-once]")) { return; }
    if (form.dataset.sent === "yes") { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.addEventListener("pageshow", function () { delete form.dataset.sent; });
  });
})();
