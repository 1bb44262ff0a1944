"""PAY-03, R-A-014: ticked, paid, signed at the provider, active on the account page, and off."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tenure.act.payments import registry
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.mandates.states import MandateState
from tenure.records.subscriptions.models import Term
from tests.act.payments.providers.conftest import benches, stand
from tests.surfaces.portal.customers import ENGLISH, a_customer, by_link, signed_in
from tests.surfaces.portal.test_renewing import confirm, later, pay, wechat

if TYPE_CHECKING:
    from tests.act.payments.memory import MemoryProvider
    from tests.act.payments.providers.benches import Bench

__all__ = ["benches", "wechat"]


@pytest.fixture
def card(benches: "dict[str, Bench]", broadband: object) -> "Iterator[Bench]":
    bench = stand(benches, "stripe")
    with registry.standing_in(bench.provider):
        yield bench


def begin(client: Any, term: Term, **more: str) -> Any:
    """Agree where that is still to be done, and choose with whom to sign."""
    page = client.get("/my/methods/add", {"contract": term.subscription_id}).content.decode()
    shown_at = re.search(r'name="shown_at" value="([^"]*)"', page)
    assert shown_at is not None
    form = {"contract": str(term.subscription_id), "shown_at": shown_at[1], **more}
    return client.post("/my/methods/add", form)


def sign(bench: "Bench", client: Any, page: str) -> Mandate:
    """Go where the page leads and sign there."""
    shown = client.get(page).content.decode()
    mandate = Mandate.objects.order_by("-pk")[0]
    assert mandate.handoff["url"] in shown.replace("&amp;", "&")
    bench.gateway.sign(mandate.number)
    return mandate


@pytest.mark.parametrize(
    ("language", "left", "is_on"),
    [("zh-Hans", "自动续费还差一步", "自动续费已开启"),
     ("en", "One step left for automatic renewal", "Automatic renewal is on")],
)  # fmt: skip
def test_who_ticked_and_paid_signs_next_and_sees_it_active(
    wechat: "MemoryProvider", card: "Bench", language: str, left: str, is_on: str
) -> None:
    term = a_customer(language=language)
    client = by_link(term, headers=ENGLISH if language == "en" else {})
    paying = confirm(client, term, auto="yes")
    pay(wechat)
    with later(5):
        done = client.get(paying["Location"]).content.decode()
    assert left in done

    page = begin(client, term, sign="card")["Location"]
    mandate = sign(card, client, page)
    shown = client.get(f"{page}?back=1").content.decode()

    mandate.refresh_from_db()
    term.subscription.refresh_from_db()
    assert is_on in shown
    assert (mandate.state, mandate.consent) == (
        MandateState.SIGNED,
        AutoRenewConsent.objects.get(subscription=term.subscription),
    )
    assert term.subscription.auto_renew is True
    client.post("/my/auto-renewal/off", {"contract": term.subscription_id})
    mandate.refresh_from_db()
    term.subscription.refresh_from_db()
    assert (mandate.state, term.subscription.auto_renew) == (MandateState.RELEASED, False)


def test_a_method_is_added_from_the_account_page(card: "Bench", term: Term) -> None:
    """R-A-014: the box is its own act, and nothing is signed without it."""
    client = signed_in(term, headers=ENGLISH)
    assert "Add a method" in client.get("/my/methods").content.decode()

    without = begin(client, term, sign="card")
    assert without.status_code == 422
    assert not AutoRenewConsent.objects.exists()

    page = begin(client, term, sign="card", auto="yes")["Location"]
    sign(card, client, page)
    client.get(f"{page}?back=1")

    methods = client.get("/my/methods").content.decode()
    assert "Change method" in methods
    assert "Bank card" in methods
    assert "Turn off" in methods


def test_clicked_twice_it_is_one_mandate(card: "Bench", term: Term) -> None:
    client = signed_in(term)

    first = begin(client, term, sign="card", auto="yes")["Location"]
    second = begin(client, term, sign="card")["Location"]

    assert first == second
    assert Mandate.objects.count() == 1


def test_coming_back_unsigned_nothing_is_on(card: "Bench", term: Term) -> None:
    """R-Y-004: the address says nothing; the provider is asked."""
    client = signed_in(term, headers=ENGLISH)
    page = begin(client, term, sign="card", auto="yes")["Location"]

    back = client.get(f"/my/methods/signed?contract={term.subscription_id}&success=true")

    assert back["Location"] == f"{page}?back=1"
    assert "Confirming your signature" in client.get(back["Location"]).content.decode()
    term.subscription.refresh_from_db()
    assert term.subscription.auto_renew is False


def test_what_a_provider_caps_is_refused_in_a_sentence(
    benches: "dict[str, Bench]", term: Term
) -> None:
    """R-Y-028: found before anything is signed, with the consent kept for another provider."""
    bench = stand(benches, "wechat")
    with registry.standing_in(bench.provider):
        answer = begin(signed_in(term), term, sign="wechat_native", auto="yes")

    assert answer.status_code == 409
    assert "超过签约模板单次上限" in answer.content.decode()


def test_a_link_agrees_to_nothing_by_itself(card: "Bench", term: Term) -> None:
    client = by_link(term)

    answer = client.get("/my/methods/add", {"contract": term.subscription_id})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/my?")


def test_nobody_sees_the_mandate_of_somebody_else(card: "Bench", term: Term) -> None:
    page = begin(signed_in(term), term, sign="card", auto="yes")["Location"]
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")

    assert signed_in(other).get(page).status_code == 404
