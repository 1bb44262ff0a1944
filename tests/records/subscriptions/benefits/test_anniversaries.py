"""OFR-10, JRN-11: a letter and a month on top, automatic, once, on the service anniversary."""

from datetime import date, timedelta

import pytest

from tenure.kernel.periods import add_months
from tenure.records.catalog.models import PlanVersion
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.actions import give_anniversaries
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.revenue.queries import totals
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import PRESETS
from tests.builders import AS_OF, AT, a_subscription, a_term


@pytest.fixture
def version(either_database: str) -> PlanVersion:
    apply(PRESETS / "broadband", by="test", at=AT)
    return PlanVersion.objects.get(plan__code="home_300")


def a_customer_of_a_year(version: PlanVersion, *, state: TermState = TermState.RUNNING) -> Term:
    started_on = add_months(AS_OF, -12)
    subscription = a_subscription(plan_version=version, started_on=started_on)
    a_term(subscription=subscription, number=1, starts_on=started_on, state=TermState.RENEWED)
    return a_term(subscription=subscription, number=2, starts_on=AS_OF, state=state)


def test_the_term_that_runs_on_the_anniversary_gets_a_month(version: PlanVersion) -> None:
    """OFR-10: until 15 July instead of 15 June; 1069.20 × 30 ÷ 365 is what the days would cost."""
    term = a_customer_of_a_year(version)

    given = give_anniversaries(as_of=AS_OF, at=AT)

    moved, benefit = Term.objects.get(pk=term.pk), Benefit.objects.get()
    assert given == 1
    assert (term.ends_on, moved.ends_on) == (date(2027, 6, 15), date(2027, 7, 15))
    assert (moved.free_days, moved.gift_minor, moved.extended_days) == (30, 8_788, 0)
    assert (benefit.starts_on, benefit.ends_on) == (date(2027, 6, 15), date(2027, 7, 15))
    assert benefit.reason_en == "a year together on 2026-06-15; given automatically"
    kinds = Entry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["term.extended", "benefit.given"]


def test_it_comes_once_however_often_the_day_is_run(version: PlanVersion) -> None:
    a_customer_of_a_year(version)

    runs = [give_anniversaries(as_of=AS_OF + timedelta(days=n), at=AT) for n in (0, 0, 1, 20)]

    assert runs == [1, 0, 0, 0]
    assert Term.objects.get(number=2).ends_on == date(2027, 7, 15)


@pytest.mark.parametrize(
    ("state", "later", "given"),
    [
        (TermState.CANCELLING, 0, 0),
        (TermState.RUNNING, -1, 0),
        (TermState.RUNNING, 30, 1),
        (TermState.RUNNING, 31, 0),
    ],
)
def test_who_leaves_or_whose_day_is_over_gets_none(
    version: PlanVersion, state: TermState, later: int, given: int
) -> None:
    a_customer_of_a_year(version, state=state)

    assert give_anniversaries(as_of=AS_OF + timedelta(days=later), at=AT) == given


def test_the_free_month_earns_nothing_and_the_whole_price_is_still_earned(
    version: PlanVersion,
) -> None:
    """G19: billed stays the same, and by the new end everything is earned."""
    a_customer_of_a_year(version)
    before = totals(as_of=AS_OF)["CNY"]

    give_anniversaries(as_of=AS_OF, at=AT)

    after, at_end = totals(as_of=AS_OF)["CNY"], totals(as_of=date(2027, 7, 14))["CNY"]
    assert after.billed == before.billed
    assert at_end.recognised == at_end.billed
    assert totals(as_of=date(2027, 6, 14))["CNY"].recognised < at_end.billed
