"""What every answer carries: a strict policy, and nothing in the pages that it would stop."""

import pytest
from django.test import Client

from tenure.surfaces.console.staff import ensure_member
from tests.builders import AT, ZONE, a_message, a_ticket, a_todo
from tests.decide.decisions.deciding import a_customer
from tests.house.test_templates import INLINE
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", ["/", "/login", "/nothing-here", "/livez"])
def test_every_answer_carries_the_strict_policy(
    broadband: Warehouse, sign_in: SignIn, path: str
) -> None:
    finish_day(broadband, a_customer())

    headers = sign_in("owner").get(path).headers

    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Permissions-Policy"].startswith("camera=()")


def test_a_personal_page_is_kept_in_no_cache(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    finish_day(broadband, one)

    answer = sign_in("owner").get(f"/customers/{one.term.account_id}")

    assert "no-store" in answer.headers["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts(broadband: Warehouse) -> None:
    ensure_member("zhou", "correct horse battery", role="owner", at=AT, zone=ZONE)
    answer = Client().post("/login", {"username": "zhou", "password": "correct horse battery"})

    cookie = answer.cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_no_drawn_page_holds_a_script_a_style_or_anything_from_elsewhere(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """Templates are judged where they stand; here what they become, with their data, is."""
    one = a_customer()
    message, _ = a_message(term=one.term), a_todo(term=one.term)
    a_ticket(account=one.term.account, subject='<img src=x onerror="go()"> style="color:red"')
    finish_day(broadband, one)
    account, term = one.term.account_id, one.term.pk
    client = sign_in("owner")
    pages = [
        "/", f"/customers/{account}", f"/customers/{account}/renewal?term={term}", "/customers",
        "/todos", "/outbox", f"/outbox/{message.pk}", "/journal", "/nothing-here",
        f"/customers/{account}/happenings", f"/customers/{account}/suggestion",
    ]  # fmt: skip

    found = {
        path: INLINE.findall(_without_data(client.get(path).content.decode())) for path in pages
    }

    assert {path: lines for path, lines in found.items() if lines} == {}


def _without_data(html: str) -> str:
    """Blocks of JSON are data: no browser runs them."""
    return html.replace(' type="application/json">', ' src="data">').replace(
        "&lt;img src=x onerror=&quot;go()&quot;&gt; style=&quot;color:red&quot;", ""
    )
