"""Consent to automatic renewal is an act of its own, with its evidence (R-A-014, R-A-005)."""

from datetime import date, timedelta

import pytest

from tenure.kernel.money import Money
from tenure.records.billing.mandates.actions import Party, Proposal, agree, propose, withdraw
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.mandates.queries import consents_of, live_consent
from tenure.records.billing.mandates.rules import (
    AboveLimit,
    GuardianNeeded,
    NoConsent,
    NotShownFirst,
    Shown,
    keep_until,
)
from tenure.records.customers.models import Consent, Person
from tenure.records.customers.queries import GUARDIAN
from tenure.records.journal.models import Entry
from tests.builders import (
    AT,
    a_renewal_consent,
    a_term,
    an_account,
    day,
    primary_person,
    shown,
)

pytestmark = pytest.mark.django_db


def test_a_consent_keeps_what_was_shown_and_clicked() -> None:
    term = a_term(auto_renew=True)

    consent = a_renewal_consent(subscription=term.subscription)

    assert consent.disclosure == "每年自动续费 1,069.20 元，随时可关闭。"
    assert len(consent.disclosure_sha256) == 64
    assert (consent.text_version, consent.language) == ("2026-04", "zh-Hans")
    assert (consent.shown_at, consent.clicked_at) == (AT - timedelta(seconds=20), AT)
    assert (consent.ip, consent.user_agent) == ("203.0.113.7", "test")
    assert (consent.price_minor, consent.cap_minor, consent.period_months) == (106_920, 106_920, 12)
    assert consent.stamps == ["cn@2026-04-10"]
    entry = Entry.objects.get(kind="mandate.agreed")
    assert entry.content["sha256"] == consent.disclosure_sha256


@pytest.mark.parametrize(
    "worthless",
    [
        shown(disclosure="  "),
        shown(shown_at=AT + timedelta(seconds=1)),
    ],
)
def test_what_was_not_shown_first_is_no_consent(worthless: Shown) -> None:
    term = a_term(auto_renew=True)

    with pytest.raises(NotShownFirst):
        agree(Party(term.account_id, term.subscription_id), worthless, on=day(0), at=AT, by="me")

    assert AutoRenewConsent.objects.count() == 0


def test_a_minors_consent_needs_a_guardians() -> None:
    """R-P-012: none without it, and one with it; a withdrawn one is none."""
    account = an_account()
    child = primary_person(account)
    Person.objects.filter(pk=child.pk).update(is_minor=True)
    term = a_term(account=account, auto_renew=True)
    party = Party(term.account_id, term.subscription_id)
    allowed = {"person": child, "purpose": GUARDIAN, "channel": "paper"}

    with pytest.raises(GuardianNeeded):
        agree(party, shown(), on=day(0), at=AT, by="me")
    Consent.objects.create(**allowed, given_at=AT, withdrawn_at=AT)
    with pytest.raises(GuardianNeeded):
        agree(party, shown(), on=day(0), at=AT, by="me")
    Consent.objects.create(**allowed, given_at=AT)
    agree(party, shown(), on=day(0), at=AT, by="me")

    assert AutoRenewConsent.objects.count() == 1


def test_a_price_above_the_cap_is_refused() -> None:
    term = a_term(auto_renew=True)

    with pytest.raises(AboveLimit):
        a_renewal_consent(subscription=term.subscription, price_minor=100, cap_minor=99)


def test_a_new_consent_takes_the_place_of_the_old_one_which_stays() -> None:
    subscription = a_term(auto_renew=True).subscription
    old = a_renewal_consent(subscription=subscription)

    new = a_renewal_consent(
        subscription=subscription, at=AT + timedelta(days=1), price_minor=120_000
    )

    assert live_consent(subscription.pk) == new
    assert [one.pk for one in consents_of(subscription.pk)] == [new.pk, old.pk]
    old.refresh_from_db()
    assert old.withdrawn_at == AT + timedelta(days=1)


def test_one_click_told_twice_is_one_consent() -> None:
    subscription = a_term(auto_renew=True).subscription

    assert a_renewal_consent(subscription=subscription) == a_renewal_consent(
        subscription=subscription
    )
    assert AutoRenewConsent.objects.count() == 1


def test_without_a_consent_there_is_no_mandate() -> None:
    subscription = a_term(auto_renew=True).subscription
    proposal = Proposal(subscription.pk, "wechat", "wechat", limit=Money(100, "CNY"))

    with pytest.raises(NoConsent):
        propose(proposal, on=day(0), at=AT, by="customer")

    assert Mandate.objects.count() == 0


def test_a_mandate_may_not_take_more_than_was_agreed_to() -> None:
    consent = a_renewal_consent()
    proposal = Proposal(consent.subscription_id, "wechat", "wechat", limit=Money(106_921, "CNY"))

    with pytest.raises(AboveLimit):
        propose(proposal, on=day(0), at=AT, by="customer")


def test_a_withdrawn_consent_is_kept() -> None:
    consent = a_renewal_consent()

    withdraw(consent.subscription_id, reason="switched_off", on=day(1), at=AT, by="customer")

    assert live_consent(consent.subscription_id) is None
    consent.refresh_from_db()
    assert consent.withdrawn_at == AT
    assert consent.disclosure.startswith("每年")


@pytest.mark.parametrize(
    ("ended", "kept_until"),
    [(None, None), ("2027-06-01", "2031-03-01"), ("2030-06-01", "2031-06-01")],
)
def test_evidence_is_kept_for_the_longer_of_two_times(
    ended: str | None, kept_until: str | None
) -> None:
    """R-A-005: five years, or a year after the end."""
    found = keep_until(
        date(2026, 3, 1),
        date.fromisoformat(ended) if ended else None,
        keep_years=5,
        after_end_years=1,
    )

    assert found == (date.fromisoformat(kept_until) if kept_until else None)
