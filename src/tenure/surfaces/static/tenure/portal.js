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

  /* A score that was chosen in a mail is sent by the page that it opened: no reader of mail does. */
  document.querySelectorAll("[data-sends-itself]").forEach(function (form) { form.requestSubmit(); });

  /* Passkeys: shown only where the browser knows them. Two questions to the server, one to the
     device between them; whatever fails is told beside the button. */
  function post(address, form, body) {
    var token = form.elements.csrfmiddlewaretoken.value;
    return window.fetch(address, {
      method: "POST",
      headers: { "X-CSRFToken": token, "Content-Type": "application/json" },
      body: body
    }).then(function (answer) {
      return answer.json().then(function (told) {
        if (!answer.ok) { throw new Error(told.error || ""); }
        return told;
      });
    });
  }
  var keys = window.PublicKeyCredential;
  if (keys && keys.parseCreationOptionsFromJSON && keys.parseRequestOptionsFromJSON) {
    document.querySelectorAll("[data-passkey]").forEach(function (form) {
      var makes = form.dataset.passkey === "create";
      form.hidden = false;
      form.addEventListener("submit", function (event) {
        var alert = form.querySelector("[role=alert]");
        event.preventDefault();
        alert.hidden = true;
        post(form.dataset.begin, form, "{}").then(function (options) {
          return makes
            ? navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(options) })
            : navigator.credentials.get({ publicKey: keys.parseRequestOptionsFromJSON(options) });
        }).then(function (credential) {
          return post(form.action, form, JSON.stringify(credential.toJSON()));
        }).then(function (told) {
          window.location.assign(told.next);
        }).catch(function (failure) {
          if (failure.name === "Error" && failure.message) {
            alert.querySelector("[data-error]").textContent = failure.message;
          }
          alert.hidden = false;
        });
      });
    });
  }
})();
