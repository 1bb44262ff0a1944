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
  /* Notifications: the browser is asked only after a tap, and only where it knows them. */
  function bytes(text) {
    var raw = window.atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(raw, function (one) { return one.charCodeAt(0); });
  }
  function handleOf(endpoint) {
    var text = new TextEncoder().encode("web:" + endpoint);
    return window.crypto.subtle.digest("SHA-256", text).then(function (digest) {
      return Array.from(new Uint8Array(digest), function (one) {
        return one.toString(16).padStart(2, "0");
      }).join("").slice(0, 32);
    });
  }
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
    document.querySelectorAll("[data-push]").forEach(function (form) {
      form.hidden = false;
      form.addEventListener("submit", function (event) {
        var alert = form.querySelector("[role=alert]");
        event.preventDefault();
        alert.hidden = true;
        window.Notification.requestPermission().then(function (answer) {
          if (answer !== "granted") { throw new Error(form.dataset.refused); }
          return navigator.serviceWorker.register(form.dataset.worker);
        }).then(function () {
          return navigator.serviceWorker.ready;
        }).then(function (registration) {
          var key = bytes(form.dataset.push);
          var wish = { userVisibleOnly: true, applicationServerKey: key };
          return registration.pushManager.subscribe(wish);
        }).then(function (subscription) {
          return post(form.action, form, JSON.stringify(subscription.toJSON()));
        }).then(function (told) {
          window.location.assign(told.next);
        }).catch(function (problem) {
          var said = alert.querySelector("[data-error]");
          var isOurs = problem instanceof Error && problem.name === "Error" && problem.message;
          if (isOurs) { said.textContent = problem.message; }
          alert.hidden = false;
        });
      });
    });
    /* Removed here, the browser forgets it too, where it is this one. */
    document.querySelectorAll("[data-push-off]").forEach(function (form) {
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        navigator.serviceWorker.getRegistration(form.dataset.worker).then(function (found) {
          return found ? found.pushManager.getSubscription() : null;
        }).then(function (subscription) {
          return subscription && handleOf(subscription.endpoint).then(function (handle) {
            return handle === form.dataset.pushOff ? subscription.unsubscribe() : null;
          });
        }).finally(function () { form.submit(); });
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
