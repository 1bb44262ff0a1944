"""R-M-028: what was paid more than twelve months ahead is named, and no interest is computed."""

from datetime import date

import pytest

from tenure.records.subscriptions.revenue.financing import AheadTotal, paid_ahead, totals_ahead
from tenure.records.subscriptions.states import TermState
from tests.builders import AS_OF, a_term, day

pytestmark = pytest.mark.django_db


def test_terms_longer_than_a_year_are_named_while_they_run() -> None:
    """R-M-028: two years are, a year is not; neither is a year made longer by a compensation."""
    long = a_term(starts_on=day(-100), cycle_months=24, price_minor=240_000)
    a_term(starts_on=day(-100), cycle_months=12)
    a_term(starts_on=day(-700), ends_on=day(-1), cycle_months=24)
    longer = a_term(starts_on=day(-10), ends_on=day(361), cycle_months=12, extended_days=7)

    (named,) = paid_ahead(as_of=AS_OF)

    assert (named.term_id, named.account_id) == (long.pk, long.account_id)
    assert (named.sold_on, named.starts_on) == (day(-100), day(-100))
    assert longer.pk != named.term_id
    assert totals_ahead([named]) == {"CNY": AheadTotal(1, 240_000)}


def test_free_months_count_and_what_is_over_does_not() -> None:
    free = a_term(starts_on=date(2026, 6, 1), ends_on=date(2027, 8, 1), cycle_months=12)
    free.free_days, free.tax_minor = 61, 920
    free.save()
    a_term(
        starts_on=day(-50), cycle_months=36, closed_on=day(-1), state=TermState.CANCELLED
    )  # fmt: skip

    (named,) = paid_ahead(as_of=AS_OF)

    assert (named.term_id, named.net_minor) == (free.pk, 106_000)


def test_a_renewal_counts_from_the_day_it_was_bought() -> None:
    """TOP-18: on the day before it nobody had paid; from that day on it is paid ahead."""
    first = a_term(ends_on=day(20), renewed_on=day(-5), state=TermState.RENEWED)
    second = a_term(
        subscription=first.subscription, starts_on=day(20), cycle_months=24,
        state=TermState.RUNNING,
    )  # fmt: skip

    assert paid_ahead(as_of=day(-6)) == []
    assert [one.term_id for one in paid_ahead(as_of=day(-5))] == [second.pk]
    assert paid_ahead(as_of=day(-5))[0].sold_on == day(-5)
