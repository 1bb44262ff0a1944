/* Tenure 续航 — shows a notification that was pushed, and opens its page when it is tapped. */
"use strict";

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

self.addEventListener("push", function (event) {
  var told = {};
  try { told = event.data ? event.data.json() : {}; } catch (error) { told = {}; }
  /* A browser takes the leave to push away from whoever shows nothing. */
  event.waitUntil(self.registration.showNotification(told.title || "续航 Tenure", {
    body: told.body || "",
    tag: told.tag || "",
    lang: told.lang || "",
    data: { url: told.url || "/my" }
  }));
});

self.addEventListener("notificationclick", function (event) {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
