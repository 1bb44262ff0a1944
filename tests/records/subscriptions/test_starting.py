"""A subscription begins once, and no two of its terms share a day."""

from datetime import date
from typing import Any

import pytest

from tenure.kernel.periods import PeriodEndsBeforeItStarts
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import Start, start
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import AlreadyStarted, TermsOverlap
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tests.builders import AT, a_plan_version, an_account


def a_start(**wanted: Any) -> Start:
    defaults: dict[str, Any] = {
        "source": "test",
        "external_id": "s1",
        "starts_on": date(2026, 1, 31),
        "cycle_months": 1,
    }
    if "account_id" not in wanted:
        defaults["account_id"] = an_account().pk
    if "plan_version_id" not in wanted:
        defaults["plan_version_id"] = a_plan_version().pk
    return Start(**{**defaults, **wanted})


def test_the_first_term_is_paid_from_its_first_day(either_database: str) -> None:
    term = start(a_start(quantity=2), at=AT, by="user:1")

    assert (term.number, term.state) == (1, TermState.RUNNING)
    assert (term.starts_on, term.ends_on) == (date(2026, 1, 31), date(2026, 2, 28))
    assert (term.price_minor, term.list_price_minor) == (19_800, 19_800)
    subscription = Subscription.objects.get()
    assert (subscription.anchor_on, subscription.state) == (
        date(2026, 1, 31),
        SubscriptionState.ACTIVE,
    )
    assert Entry.objects.get().kind == "subscription.started"


def test_beginning_twice_is_beginning_once(either_database: str) -> None:
    wanted = a_start()

    first = start(wanted, at=AT, by="user:1")
    second = start(wanted, at=AT, by="user:1")

    assert second.pk == first.pk
    assert Term.objects.count() == 1
    assert Entry.objects.count() == 1


def test_another_beginning_of_the_same_subscription_is_refused(either_database: str) -> None:
    wanted = a_start(ends_on=date(2026, 12, 31))
    start(wanted, at=AT, by="user:1")
    same: dict[str, Any] = {
        "account_id": wanted.account_id,
        "plan_version_id": wanted.plan_version_id,
    }

    with pytest.raises(TermsOverlap):
        start(a_start(**same, starts_on=date(2026, 6, 1)), at=AT, by="user:1")
    with pytest.raises(AlreadyStarted, match="started on 2026-01-31 already"):
        start(a_start(**same, starts_on=date(2027, 6, 1)), at=AT, by="user:1")

    assert Term.objects.count() == 1


def test_a_term_that_ends_before_it_starts_is_refused(either_database: str) -> None:
    with pytest.raises(PeriodEndsBeforeItStarts):
        start(a_start(ends_on=date(2026, 1, 30)), at=AT, by="user:1")

    assert Subscription.objects.count() == 0
