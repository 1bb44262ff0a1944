"""A strategy before and after its start, and against the holdout, by arithmetic (MET-12)."""

from datetime import timedelta

import pytest

from tenure.prove.reviews.queries import Measure, review, starts
from tenure.records.customers.models import Account
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, a_ticket, an_answer, at_on, day
from tests.prove.readouts.worlds import terms_of
from tests.understand.warehouses import Warehouse, with_strategy

BEGAN = day(-60)


@pytest.fixture
def broadband(either_database: str) -> Warehouse:
    return with_strategy("broadband")


def test_four_measures_before_after_and_against_control(broadband: Warehouse) -> None:
    """MET-12: renewal 50 % before, 70 % after; 75 % of the treated against 50 % of the holdout."""
    terms_of("treated", count=40, renewed=20, ends_on=day(-80))
    treated = terms_of("treated", count=40, renewed=30)
    held = terms_of("holdout", count=10, renewed=5)
    for place, account in enumerate(treated[:20]):
        one = Account.objects.get(pk=account)
        an_answer(account=one, score=9 if place < 15 else 3, answered_on=day(-30))
        if place < 4:
            a_ticket(account=one, kind="complaint", opened_at=at_on(day(-31)))

    found = review(("hash", BEGAN), as_of=AS_OF, strategy=current().at(AS_OF))
    by_measure = {one.measure: one for one in found.judged}

    renewal, value = by_measure[Measure.RENEWAL], by_measure[Measure.VALUE]
    assert (renewal.before.mean, renewal.after.mean) == (0.5, 0.7)
    assert (renewal.holdout.accounts, renewal.treated.accounts) == (len(held), len(treated))
    assert renewal.change is not None
    assert renewal.effect is not None
    assert renewal.change.effect == pytest.approx(0.2)
    assert renewal.effect.effect == pytest.approx(0.25)
    assert renewal.effect.low < 0.25 < renewal.effect.high
    margin = 82_800 - 12 * 3_300
    assert value.treated.mean == pytest.approx(0.75 * margin)
    nps, complaints = by_measure[Measure.NPS], by_measure[Measure.COMPLAINTS]
    assert nps.after.mean == pytest.approx(15 / 20 - 5 / 20)
    assert nps.effect is None
    assert complaints.treated.mean == pytest.approx(4 / 40)
    assert complaints.holdout.mean == 0


def test_both_periods_are_as_long_and_as_ripe(broadband: Warehouse) -> None:
    found = review(("hash", BEGAN), as_of=AS_OF, strategy=current().at(AS_OF))

    assert found.before is not None
    assert found.after is not None
    ripening = timedelta(days=current().experiments.outcome_days)
    assert found.after.until == AS_OF - ripening
    assert found.after.known_until == AS_OF
    assert found.before.until == BEGAN - timedelta(days=1)
    assert found.before.until - found.before.since == found.after.until - found.after.since
    assert found.before.known_until - found.before.until == ripening


def test_before_anything_has_matured_nothing_is_said(broadband: Warehouse) -> None:
    """TOP-20."""
    found = review(("hash", day(-3)), as_of=AS_OF, strategy=current().at(AS_OF))

    assert (found.after, found.judged) == (None, ())


def test_strategies_are_listed_by_their_start(broadband: Warehouse) -> None:
    (only,) = starts(as_of=AS_OF, zone="Asia/Shanghai")

    assert only[0] == current().hash
    assert starts(as_of=only[1] - timedelta(days=1), zone="Asia/Shanghai") == []
