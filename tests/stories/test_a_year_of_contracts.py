"""A year of 1,000 contracts over all cycles, and the books add up on each of its days.

`make bench` (`contracts`) runs the same year against its limit of a minute.
"""

from datetime import date, timedelta

import pytest

from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.revenue.queries import movements, totals
from tenure.strategy.loading import PRESETS
from tests.builders import at_on
from tests.stories.town import FIRST, Town, walk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CONTRACTS, DAYS = 1_000, 365


def test_a_year_of_a_thousand_contracts_adds_up_each_day() -> None:
    """Billed = recognised + deferred + given back, whoever changes, rests or leaves."""
    apply(PRESETS / "broadband", by="story", at=at_on(FIRST))
    town = Town(CONTRACTS)
    town.begins()

    last = walk(town, range(DAYS))

    assert min(town.deeds[deed] for deed in ("up", "down", "seats", "add_on", "rests", "left")) > 20
    (year,) = movements(opening_on=FIRST - timedelta(days=1), closing_on=town.today)
    assert year.opening + year.billed - year.recognised - year.refunded == year.closing
    assert year.closing == last.deferred == year.current + year.non_current
    assert year.opening == 0
    # What is left is earned to the last minor unit when the last term is over.
    end = totals(as_of=date(2040, 1, 1))["CNY"]
    assert (end.deferred, end.recognised) == (0, town.billed - town.given_back)
