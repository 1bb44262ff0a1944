"""Comparisons whose metric is an amount for each term or a time until customers leave."""

from math import ceil, sqrt
from pathlib import Path
from typing import Any

import pytest

from tenure.kernel.failures import Sentence
from tenure.prove.readouts.actions import read_out
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import latest, told
from tenure.records.experiments.models import Experiment
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, day
from tests.decide.decisions.deciding import change_strategy
from tests.prove.readouts.worlds import terms_of
from tests.understand.warehouses import Warehouse, with_strategy

NAME = Sentence(zh="来电", en="The call")
KEY = "the_call"


@pytest.fixture
def broadband(either_database: str, settings: Any, tmp_path: Path) -> Warehouse:
    settings.TENURE_HOME = tmp_path
    return with_strategy("broadband")


def compare(metric: str, **changes: object) -> None:
    comparison = {
        "id": KEY, "name": {"zh": "来电", "en": "The call"}, "journey": "annual_renewal",
        "step": "t7", "salt": "the-call-1", "starts_on": day(-300).isoformat(),
        "planned_on": day(300).isoformat(), "metric": metric,
        "arm": [{"id": "plain", "weight": 1}, {"id": "call", "weight": 1}],
    }  # fmt: skip
    change_strategy({"experiments.toml": {"comparison": [comparison | changes]}})
    Experiment.objects.create(
        key=KEY, kind="arms", salt="the-call-1", arms={"plain": 1, "call": 1}, started_on=day(-300)
    )


def read() -> Readout:
    read_out(as_of=AS_OF, at=AT)
    found = latest(KEY, "call")
    assert found is not None
    return found


def test_a_ratio_is_read_with_an_interval_that_holds_at_any_look(broadband: Warehouse) -> None:
    """TOP-04: 30 of 40 and 8 of 20 renewed at 828: 289.80 more for each term, in money."""
    compare("revenue")
    terms_of("call", count=40, renewed=30, key=KEY)
    terms_of("plain", count=20, renewed=8, key=KEY)

    found = read()

    assert (found.metric, found.verdict, found.renewals) == ("revenue", "too_few", None)
    assert found.diff == pytest.approx(28_980)
    assert found.low is not None
    assert found.low < 0 < 28_980 < (found.high or 0)
    assert found.arms["call"]["mean_minor"] == 62_100
    assert found.arms["plain"]["total_minor"] == 8 * 82_800
    # Each arm's variance of the mean, p(1 − p)/(n − 1) of 828 squared; the least change is 2 % of
    # what the control has.
    spread = 82_800 * sqrt(0.75 * 0.25 / 39 + 0.4 * 0.6 / 19)
    assert found.needs == ceil(60 * ((1.959964 + 0.841621) * spread / (0.02 * 33_120)) ** 2)
    assert "60 customers so far" in told(found, name=NAME).en
    assert "2% of the control's revenue" in told(found, name=NAME).en
    assert "对照组收入的 2%" in told(found, name=NAME).zh


def test_a_time_to_event_is_read_at_equal_age(broadband: Warehouse) -> None:
    """A quarter of the called and three fifths of the others left on day 50 of the first 90.

    So they stay 50 + 40 × 3/4 = 80 and 50 + 40 × 2/5 = 66 days; Greenwood's variance of each.
    """
    compare("stay")
    terms_of("call", count=40, renewed=30, key=KEY, ends_on=day(-150))
    terms_of("plain", count=20, renewed=8, key=KEY, ends_on=day(-150))

    found = read()

    assert (found.metric, found.horizon_days, found.verdict) == ("stay", 90, "too_few")
    assert found.diff == pytest.approx(14)
    assert found.margin_minor is None
    called = {"followed": 40, "left": 10, "mean_days": 80.0, "stayed": 0.75}
    assert {name: found.arms["call"][name] for name in called} == called
    assert found.curves["call"][49:51] == [1.0, 0.75]
    assert len(found.curves["plain"]) == 91
    spread = sqrt(30**2 * 10 / (40 * 30) + 16**2 * 12 / (20 * 8))
    assert found.needs == ceil(60 * ((1.959964 + 0.841621) * spread / 1.8) ** 2)
    assert "a change of 1.8 days among the first 90" in told(found, name=NAME).en
    assert "前 90 天里 1.8 天的变化" in told(found, name=NAME).zh


def test_a_longer_stay_is_said_in_days_once_it_is_more_than_chance(broadband: Warehouse) -> None:
    compare("stay")
    terms_of("call", count=400, renewed=380, key=KEY, ends_on=day(-150))
    terms_of("plain", count=400, renewed=240, key=KEY, ends_on=day(-150))

    found = read()

    assert found.verdict == "helps"
    assert found.low is not None
    assert found.low > 0
    assert told(found, name=NAME).en.startswith("“The call” keeps customers longer: +14.0 days")
    assert "让客户留得更久" in told(found, name=NAME).zh


def test_nobody_followed_to_the_horizon_is_too_early(broadband: Warehouse) -> None:
    compare("stay", horizon_days=365)
    terms_of("call", count=4, renewed=3, key=KEY)
    terms_of("plain", count=2, renewed=1, key=KEY)

    found = read()

    assert (found.verdict, found.diff) == ("too_early", None)
    assert "followed for 365 days" in told(found, name=NAME).en
    assert current().experiments.comparisons[KEY].horizon_days == 365
