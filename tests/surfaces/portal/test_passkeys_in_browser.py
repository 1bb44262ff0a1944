"""A passkey in a real browser: made on the account page, then the only thing to sign in with."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import OpenPage

if TYPE_CHECKING:
    from tenure.records.subscriptions.models import Term

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def term(transactional_db: None, settings: Any, tmp_path: Path) -> "Term":
    from tenure.kernel.clock import now
    from tests.surfaces.portal.customers import a_customer
    from tests.understand.warehouses import with_strategy

    settings.TENURE_HOME = tmp_path
    with_strategy("broadband")
    return a_customer(ends_on=now().date() + timedelta(days=22))


def give_device(page: Page) -> Any:
    """A device behind a lock that its owner opens, as Chromium plays one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session, made["authenticatorId"]


def test_a_passkey_is_made_used_and_refused_once_removed(
    term: "Term", live_server: Any, open_page: OpenPage
) -> None:
    """Login by a code, with passkeys as an option, on a telephone."""
    from tests.surfaces.portal.customers import signed_in

    address = live_server.url.replace("127.0.0.1", "localhost")
    token = signed_in(term).cookies["tenure_customer"].value
    page = open_page(locale="en-US", **PHONE)
    page.context.add_cookies([{"name": "tenure_customer", "value": token, "url": address}])
    page.goto(f"{address}/my/account")
    session, device = give_device(page)

    page.locator("[data-passkey=create] button").click()

    expect(page.locator("form[action*='/my/passkeys/'] button[aria-label]")).to_have_count(1)
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [one["rpId"] for one in kept] == ["localhost"]
    page.context.clear_cookies()
    page.goto(f"{address}/my/sign-in")
    page.locator("[data-passkey=get] button").click()
    expect(page).to_have_url(f"{address}/my")
    page.goto(f"{address}/my/account")
    page.locator("form[action*='/my/passkeys/'] button[aria-label]").click()
    expect(page.locator("form[action*='/my/passkeys/'] button[aria-label]")).to_have_count(0)
    page.context.clear_cookies()
    page.goto(f"{address}/my/sign-in")
    page.locator("[data-passkey=get] button").click()
    expect(page.locator("[data-passkey=get] [role=alert]")).to_be_visible()
    expect(page).to_have_url(f"{address}/my/sign-in")
