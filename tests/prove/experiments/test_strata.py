"""Experiments read from tables within strata: what it narrows, what is said, what is refused."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.uploads.refusals import NoColumn
from tenure.prove.experiments.analysis import Readout
from tenure.prove.experiments.refusals import ManyStrata, NotBefore, SmallStratum, TimeInStrata
from tenure.prove.experiments.telling import as_values
from tenure.prove.statistics.strata import StratumWithoutArm
from tests.prove.experiments.test_analysis import a_table, read, told


def a_trial(size: int = 4_000, **more: Any) -> pa.Table:
    """Who is loyal stays mostly, who is new seldom; a call brings 0.05 to each and 5 to pay."""
    rng = np.random.default_rng(20261129)
    place = np.arange(size)
    loyal, treated = place % 4 < 2, rng.random(size) < 0.5
    before = rng.normal(100, 20, size)
    columns: dict[str, Any] = {
        "unit": place,
        "arm": np.where(treated, "call", "control"),
        "renewed": rng.random(size) < np.where(loyal, 0.85, 0.25) + 0.05 * treated,
        "paid": before + np.where(loyal, 200, 20) + 5 * treated + rng.normal(0, 5, size),
        "visits": 1.0 + loyal,
        "before": before,
        "kind": np.where(loyal, "loyal", "new"),
        "city": np.array(["北京", "上海", "广州"])[place % 3],
    }
    return pa.table(columns | more)


def fixed(found: Readout, place: int = 0) -> tuple[float, float]:
    one = found.metrics[place].compared[0].fixed
    assert one is not None
    return one.low, one.high


def width(found: Readout, place: int = 0) -> float:
    low, high = fixed(found, place)
    return high - low


def test_strata_narrow_a_share_a_mean_and_a_ratio() -> None:
    """TOP-04: the same truth, told more surely; what is left is said of each metric.

    Between the strata lie 0.3² of 0.244, 90² of 8,525 and, of a ratio of 140 a visit, 20² of 825.
    """
    metrics = ("renewed", "paid", "paid / visits")

    plain = read(a_trial(), metrics=metrics)
    found = read(a_trial(), metrics=metrics, strata=("kind",))

    left = [one.variance_left for one in found.metrics]
    expected = [1 - 0.09 / 0.244, 425 / 8_525, 425 / 825]
    assert left == [pytest.approx(one, abs=0.03) for one in expected]
    for place, one in enumerate(found.metrics):
        assert one.adjusted_by == ("strata",)
        assert width(found, place) < width(plain, place)
        assert one.arms == plain.metrics[place].arms
    low, high = fixed(found, 1)
    assert low < 5 < high
    assert found.metrics[0].compared[0].shown.low < found.metrics[0].compared[0].shown.effect
    assert found.metrics[0].compared[0].wins is not None


def test_the_past_and_strata_go_together() -> None:
    """CUPED within strata: 5² of 20² + 90² + 5² is left; either alone leaves much more."""
    trial = a_trial()

    def left(**plan: Any) -> float:
        [one] = read(trial, metrics=("paid",), **plan).metrics
        assert one.variance_left is not None
        return one.variance_left

    both = read(trial, metrics=("paid",), past=("before",), strata=("kind",))
    assert both.metrics[0].adjusted_by == ("past", "strata")
    assert left(past=("before",), strata=("kind",)) == pytest.approx(25 / 8_525, abs=0.001)
    assert left(past=("before",)) > 0.9
    assert left(strata=("kind",)) == pytest.approx(425 / 8_525, abs=0.01)
    low, high = fixed(both)
    assert low < 5 < high < low + 0.7
    assert any("strata leave 0% of the variance" in line for line in told(both))


def test_what_fell_unevenly_is_put_right_and_said() -> None:
    """Four of five of the loyal were called: plainly 25 points more, within strata 0.05."""
    place = np.arange(4_000)
    loyal = place < 2_000
    treated = np.where(loyal, place % 5 != 0, place % 5 == 0)
    spent = np.where(loyal, 0.9, 0.3) + 0.05 * treated + place % 7 / 1_000
    arm = np.where(treated, "call", "control")
    trial = a_trial(kind=np.where(loyal, "loyal", "new"), paid=spent, arm=arm)

    plain = read(trial, metrics=("paid",)).metrics[0].compared[0].shown
    found = read(trial, metrics=("paid",), strata=("kind",))

    assert plain.effect > 0.35
    assert found.metrics[0].compared[0].shown.effect == pytest.approx(0.05, abs=0.001)
    assert found.strata is not None
    assert found.strata.p_value < 1e-6
    assert any("more unevenly than a lot" in line for line in told(found))


def test_several_columns_cross_and_nothing_known_is_a_level_that_is_said() -> None:
    city = [None if n % 10 == 0 else ("北京", " 北京", "上海")[n % 3] for n in range(4_000)]

    found = read(a_trial(city=city), strata=("kind", "city", "kind"))

    assert found.strata is not None
    assert found.strata.columns == ("kind", "city")
    assert [one.en for one in found.strata.names] == [
        "loyal · 上海", "loyal · 北京", "loyal · (empty)",
        "new · 上海", "new · 北京", "new · (empty)",
    ]  # fmt: skip
    assert dict(found.strata.missing) == {"kind": 0, "city": 400}
    lines = told(found)
    assert any(line.startswith("Strata: kind, city, 6 in all") for line in lines)
    assert "  Nothing is known of “city” for 400 units; they are a level of their own." in lines
    values = as_values(found)
    assert values["strata"]["missing"] == {"kind": 0, "city": 400}
    assert sum(values["strata"]["units"].values()) == 4_000
    assert values["metrics"][0]["adjusted_by"] == ["strata"]


@pytest.mark.parametrize("numbers", [[1.0, 2.0, np.nan, 3.0], [1, 2, None, 3], [True, False, None]])
def test_numbers_and_flags_are_levels_too(numbers: list[Any]) -> None:
    band = pa.array([numbers[n % len(numbers)] for n in range(4_000)])

    found = read(a_trial(band=band), strata=("band",))

    assert found.strata is not None
    assert len(found.strata.names) == len(numbers)
    assert found.strata.missing["band"] == 4_000 // len(numbers)


def test_three_arms_are_each_compared_at_the_shares_of_their_own_pair() -> None:
    arms = np.array(["control", "call", "mail"])[np.arange(4_000) % 3]

    found = read(a_trial(arm=arms), metrics=("renewed", "paid"), strata=("kind",), past=("before",))

    assert [pair.arm for pair in found.metrics[0].compared] == ["call", "mail"]
    assert all(one.variance_left is not None for one in found.metrics)


def test_it_is_locked_guarded_and_shuffled_as_any_other() -> None:
    """EXP-03, L3: before the planned day only what holds at any look; a guardrail by its margin."""
    plan: dict[str, Any] = {"strata": ("kind",), "guardrails": {"renewed": 0.1}}
    early = read(a_trial(), planned_on=date(2027, 1, 1), **plan)
    trial = a_trial()
    order = np.random.default_rng(3).permutation(trial.num_rows)

    [pair] = early.metrics[0].compared
    assert (pair.fixed, pair.p_value, pair.wins) == (None, None, None)
    assert pair.held is True
    assert told(read(trial.take(order), **plan), renewed=0.1) == told(
        read(trial, **plan), renewed=0.1
    )


def test_a_metric_in_which_nothing_varies_has_no_width() -> None:
    for past in ((), ("before",)):
        found = read(a_trial(renewed=np.ones(4_000)), strata=("kind",), past=past)

        [pair] = found.metrics[0].compared
        assert (pair.shown.effect, pair.p_value) == (0.0, 1.0)
        assert found.metrics[0].variance_left == 1.0


def _alone(value: Any, *rows: int) -> Any:
    """A column of two levels and one that only these rows have."""
    return [value if n in rows else ("a", "b")[n % 2] for n in range(4_000)]


@pytest.mark.parametrize(
    ("changed", "plan", "refusal", "sentence"),
    [
        ({}, {"strata": ("cty",)}, NoColumn, "city"),
        ({}, {"strata": ("unit",)}, NotBefore, "--strata"),
        ({}, {"strata": ("arm",)}, NotBefore, "before anybody was assigned"),
        ({}, {"strata": ("renewed",)}, NotBefore, "renewed"),
        ({}, {"past": ("renewed",)}, NotBefore, "--past"),
        ({}, {"strata": ("kind",), "metrics": ("paid / visits", "kind")}, NotBefore, "kind"),
        ({}, {"strata": ("before",)}, ManyStrata, "put numbers into bands"),
        ({"a": np.arange(4_000) % 20, "b": np.arange(4_000) // 20 % 20},
         {"strata": ("a", "b")}, ManyStrata, "a · b"),
        ({"city": _alone("孤城", 7)}, {"strata": ("city",)}, StratumWithoutArm, "孤城"),
        ({"city": _alone(None, 7)}, {"strata": ("city",)}, StratumWithoutArm, "(empty)"),
        ({"city": _alone("小城", 8, 9, 10, 11),
          "arm": np.where(np.isin(np.arange(4_000), (8, 9, 10, 11, 13, 14)), "control", "call")},
         {"strata": ("city",)}, StratumWithoutArm, "nobody of “call”"),
        ({"days": np.arange(4_000) % 90, "left": np.arange(4_000) % 2},
         {"strata": ("kind",), "metrics": ("renewed", "days until left")}, TimeInStrata,
         "without --strata"),
    ],
)  # fmt: skip
def test_strata_that_cannot_be_compared_are_refused_in_a_sentence(
    changed: dict[str, Any], plan: dict[str, Any], refusal: type[Refusal], sentence: str
) -> None:
    with pytest.raises(refusal) as refused:
        read(a_trial(**changed), **plan)

    assert sentence in refused.value.sentence("en")
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")


def test_one_unit_of_an_arm_says_nothing_of_how_far_they_differ() -> None:
    """Three in the small town: two of the control and one that was called."""
    town = np.where(np.arange(400) < 3, "小城", "大城")

    with pytest.raises(SmallStratum) as refused:
        read(a_table(town=town), strata=("town",))

    assert refused.value.data["has"] == 1
    assert "Merge small strata" in refused.value.sentence("en")


def test_a_stratum_whose_outcomes_are_still_unknown_is_refused_for_that_metric() -> None:
    paid = np.where(np.arange(4_000) % 4 < 2, 1.0, np.nan)

    with pytest.raises(StratumWithoutArm, match="new"):
        read(a_trial(paid=paid), metrics=("renewed", "paid"), strata=("kind",))
