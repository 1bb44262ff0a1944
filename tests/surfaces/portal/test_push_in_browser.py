"""CHN-01, R-C-031: a notification in a real browser, from the tap that allows it to the screen.

Chromium asks Google's push service when a page subscribes, and there is none on this machine: the
one call `pushManager.subscribe` answers with the address and keys of a played service. Everything
else is real: the tap, the worker and its scope under the page's own policy, the product's VAPID
and sealing, the HTTP call, the unsealing with the browser's key, and the worker that shows it.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import OpenPage

if TYPE_CHECKING:
    from tenure.records.subscriptions.models import Term
    from tenure.world.channels.push import BrowserPost

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What is asked and when; and the one answer that a browser without a push service cannot give.
PLAYED = """
window.asked = [];
const ask = Notification.requestPermission.bind(Notification);
Notification.requestPermission = () => { window.asked.push(performance.now()); return ask(); };
let kept = null;
const forget = () => { sessionStorage.removeItem("kept"); return Promise.resolve(true); };
PushManager.prototype.subscribe = function (wish) {
  const key = Array.from(wish.applicationServerKey);
  kept = { endpoint: SUBSCRIPTION.endpoint, toJSON: () => SUBSCRIPTION, unsubscribe: forget };
  sessionStorage.setItem("kept", JSON.stringify(key));
  return Promise.resolve(kept);
};
PushManager.prototype.getSubscription = () => Promise.resolve(sessionStorage.getItem("kept")
  ? { endpoint: SUBSCRIPTION.endpoint, unsubscribe: forget } : null);
"""


POLICY = "fetch('/my/push-worker.js').then((one) => one.headers.get('content-security-policy'))"


@pytest.fixture
def service(settings: Any, tmp_path: Path) -> "Iterator[BrowserPost]":
    from tenure.world.channels.masts import section
    from tenure.world.channels.push import BrowserPost

    board = BrowserPost()
    path = tmp_path / "channels.toml"
    path.write_text(section(board, []), encoding="utf-8")
    settings.TENURE_CHANNELS = path
    yield board
    board.close()


@pytest.fixture
def term(transactional_db: None, settings: Any, tmp_path: Path) -> "Term":
    from tenure.kernel.clock import now
    from tests.surfaces.portal.customers import a_customer
    from tests.understand.warehouses import with_strategy

    settings.TENURE_HOME = tmp_path
    with_strategy("broadband")
    return a_customer(ends_on=now().date() + timedelta(days=7))


def a_page(open_page: OpenPage, term: "Term", *, address: str, subscription: str) -> Page:
    from tests.surfaces.portal.customers import signed_in

    token = signed_in(term).cookies["tenure_customer"].value
    page = open_page(locale="en-US", permissions=["notifications"])
    page.add_init_script(f"const SUBSCRIPTION = {subscription};\n{PLAYED}")
    page.context.add_cookies([{"name": "tenure_customer", "value": token, "url": address}])
    page.goto(f"{address}/my/account")
    return page


def pushed(term: "Term") -> None:
    """A reminder by push that is due now, sent by the product's own sender."""
    from tenure.act.messages.actions import dispatch
    from tenure.kernel.clock import now
    from tenure.records.contacts.models import Message
    from tenure.records.customers.models import ContactPoint
    from tests.builders import a_message, primary_person

    at = now()
    person = primary_person(term.account)
    point = ContactPoint.objects.get(person=person, channel="push")
    message = a_message(
        term=term,
        person=person,
        channel="push",
        address=point.address,
        template="ends_soon",
        language="en",
        message_class=Message.Class.LEGAL_NOTICE,
        planned_at=at,
        expires_at=at + timedelta(minutes=5),  # no morning comes before its time is over
    )
    dispatch(at=at)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("sent", "")


def delivered(page: Page, address: str, content: str) -> list[dict[str, str]]:
    """Hand unsealed words to the page's worker as its push service would; what it shows."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    wish = {"origin": address, "registrationId": found[-1], "data": content}
    session.send("ServiceWorker.deliverPushMessage", wish)
    script = """async () => {
      const ready = await navigator.serviceWorker.ready;
      for (let turn = 0; turn < 50; turn += 1) {
        const shown = await ready.getNotifications();
        if (shown.length) {
          return shown.map((one) => ({ title: one.title, body: one.body, tag: one.tag,
                                       lang: one.lang, url: one.data.url }));
        }
        await new Promise((done) => setTimeout(done, 100));
      }
      return [];
    }"""
    shown: list[dict[str, str]] = page.evaluate(script)
    return shown


def test_a_notification_is_allowed_by_a_tap_received_and_taken_back(
    term: "Term", service: "BrowserPost", live_server: Any, open_page: OpenPage
) -> None:
    from tenure.act.channels.browsers import public_key
    from tenure.act.channels.jose import b64url
    from tenure.act.channels.models import PushDevice
    from tenure.records.customers.models import ContactPoint

    address = live_server.url.replace("127.0.0.1", "localhost")
    browser = service.browser()
    page = a_page(open_page, term, address=address, subscription=browser.subscription)
    asked_before = page.evaluate("window.asked.length")

    page.locator("[data-push] button").click()
    expect(page.locator("[data-push-off] button")).to_have_count(1)
    key = bytes(page.evaluate("JSON.parse(sessionStorage.getItem('kept'))"))
    scope = page.evaluate("navigator.serviceWorker.ready.then((one) => one.scope)")
    pushed(term)
    sealed = service.calls[-1].body
    words = browser.opened(sealed)
    shown = delivered(page, address, words)

    assert asked_before == 0
    assert "default-src 'none'" in page.evaluate(POLICY)
    assert b64url(key) == public_key()
    assert scope == f"{address}/my/"
    assert b"ends in" not in sealed
    (one,) = shown
    assert "ends in" in one["title"]
    assert one["url"].startswith("https://")
    assert one["tag"]
    page.locator("[data-push-off] button").click()
    expect(page.locator("[data-push-off] button")).to_have_count(0)
    assert page.evaluate("sessionStorage.getItem('kept')") is None
    assert PushDevice.objects.count() == 0
    assert not ContactPoint.objects.filter(channel="push").exists()
