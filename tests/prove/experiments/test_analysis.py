"""Experiments read from tables: what is said, in which order, and what is refused."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.uploads.columns import read_columns
from tenure.observe.uploads.refusals import NoColumn
from tenure.prove.experiments.analysis import Readout, analyse
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import (
    BadDays,
    BadGuardrail,
    BadWeights,
    ChangedArm,
    FewUnits,
    ManyArms,
    ManyLevels,
    NegativeParts,
    NobodyFollowed,
    NoEvent,
    NoNumber,
    NoOutcome,
    NoSuchArm,
    OneArm,
    OutcomeBeforeExposure,
    SeveralRows,
    TooLarge,
)
from tenure.prove.experiments.telling import as_values, registered, sentences
from tenure.prove.statistics.sample_ratio import SampleRatio
from tests.shared import shared_table

ON = date(2026, 11, 28)


def a_table(size: int = 400, **columns: Any) -> pa.Table:
    """Half in each arm; every second one of the control and three of four others renewed."""
    place = np.arange(size)
    treated = place % 2 == 1
    renewed = np.where(treated, place % 8 != 1, place % 4 == 0)
    plain = {
        "unit": place,
        "arm": np.where(treated, "call", "control"),
        "renewed": renewed,
        "paid": np.where(renewed, 100 + place % 7, 0),
        "visits": 1 + place % 3,
        "before": place % 11,
        "plan": np.where(place % 10 < 5, "fibre", "mobile"),
    }
    return pa.table(plain | columns)


def read(table: pa.Table, on: date = ON, **plan: Any) -> Readout:
    settled: dict[str, Any] = {"arm": "arm", "metrics": ("renewed",), "unit": "unit"} | plan
    return analyse(table, Plan(**settled), file="table.csv", on=on)


def told(readout: Readout, **guardrails: float) -> list[str]:
    return [one.say("en") for one in sentences(readout, guardrails=guardrails)]


def test_cookie_cats_warns_before_it_tells() -> None:
    """F5, EXP-01: amber sample ratio first (p = 0.0086), then day 7: −0.82 [−1.33, −0.31] pp."""
    table = read_columns(shared_table("cookie_cats/cookie_cats.csv.gz"))
    plan = Plan("version", ("retention_7", "retention_1"), control="gate_30", unit="userid")

    found = analyse(table, plan, file="cookie_cats.csv.gz", on=ON)

    lines = told(found)
    assert found.ratio.level is SampleRatio.AMBER
    assert lines[0].startswith("Warning, the sample ratio is suspicious")
    assert "p = 0.0086" in lines[0]
    assert "-0.82 pp (-1.33 pp to -0.31 pp)" in lines[4]
    day_7, day_1 = (one.compared[0] for one in found.metrics)
    assert day_7.p_value == pytest.approx(0.00155, abs=1e-5)
    assert day_7.wins == pytest.approx(1 - 0.9992, abs=1e-4)
    assert day_1.fixed is not None
    assert [day_1.fixed.low, day_1.fixed.high] == pytest.approx([-0.01239, 0.00058], abs=1e-5)


def test_each_metric_is_read_as_what_it_is() -> None:
    """EXP-02: renewals as a share, revenue as a mean, revenue per visit by the delta method."""
    found = read(a_table(), metrics=("renewed", "paid", "paid / visits"))

    assert [one.kind for one in found.metrics] == ["share", "mean", "ratio"]
    renewed = found.metrics[0]
    assert (renewed.arms["control"].mean, renewed.arms["call"].mean) == (0.5, 0.75)
    assert renewed.compared[0].shown.effect == 0.25
    ratio = found.metrics[2].arms["call"]
    assert ratio.mean == pytest.approx(ratio.total / ratio.terms)


def test_a_time_until_units_leave_is_read_at_equal_age() -> None:
    """TOP-04: half of the control and a quarter of the others left on day 50, all followed 90 days.

    They stay 50 + 40 × 1/2 = 70 and 50 + 40 × 3/4 = 80 days; Greenwood's variance of 200 each.
    """
    place = np.arange(400)
    left = np.where(place % 2 == 1, place % 8 == 1, place % 4 == 0)
    table = a_table(days=np.where(left, 50, 90), left=left, late=np.where(place < 9, 30, 90))

    found = read(table, metrics=("days until left", "late until left"), past=("before",))

    first, second = found.metrics
    assert (first.kind, first.horizon, first.variance_left) == ("days", 90, None)
    assert [one.mean for one in first.arms.values()] == [70, 80]
    [pair] = first.compared
    spread = (20**2 * 100 / (200 * 100) + 30**2 * 50 / (200 * 150)) ** 0.5
    assert pair.shown.effect == pytest.approx(10)
    assert pair.shown.deviation == pytest.approx(spread)
    assert pair.fixed is not None
    assert pair.fixed.low > 0
    assert second.horizon == 90
    lines = told(found)
    assert any("counted up to 90" in line for line in lines)
    assert any("“call” is above “control”: +10 (" in line for line in lines)
    assert as_values(found)["metrics"][0]["horizon"] == 90
    assert read(table, metrics=("days until left",), horizon=60).metrics[0].horizon == 60


def test_the_primary_metric_stands_alone_and_the_others_share() -> None:
    found = read(a_table(), metrics=("renewed", "paid", "visits"))

    primary, *others = found.metrics
    assert primary.compared[0].adjusted_p == primary.compared[0].p_value
    [least, most] = sorted(others, key=lambda one: one.compared[0].p_value or 0)
    assert least.compared[0].adjusted_p == pytest.approx(2 * (least.compared[0].p_value or 0))
    assert most.compared[0].adjusted_p == most.compared[0].p_value


def test_a_readout_is_locked_until_it_ripens() -> None:
    """EXP-03: two weeks after the planned day, and only what holds at any look before that."""
    planned: dict[str, Any] = {
        "planned_on": date(2026, 11, 14),
        "ripening_days": 14,
        "segments": ("plan",),
    }

    early = read(a_table(), on=date(2026, 11, 27), **planned)
    ripe = read(a_table(), on=date(2026, 11, 28), **planned)

    [pair] = early.metrics[0].compared
    assert early.is_locked
    assert (pair.fixed, pair.p_value, pair.adjusted_p, pair.wins) == (None, None, None, None)
    assert early.parts == ()
    assert any("locked" in line for line in told(early))
    assert not ripe.is_locked
    assert ripe.metrics[0].compared[0].fixed is not None


def test_what_was_known_before_narrows_the_interval() -> None:
    """TOP-04: CUPED by default wherever a column from before is named."""
    rng = np.random.default_rng(7)
    past = rng.normal(100, 20, 2000)
    treated = np.arange(2000) % 2 == 1
    spent = past + 5 * treated + rng.normal(0, 5, 2000)
    table = a_table(2000, past=past, spent=spent)

    plain = read(table, metrics=("spent",)).metrics[0].compared[0].fixed
    measured = read(table, metrics=("spent",), past=("past",)).metrics[0]
    narrow = measured.compared[0].fixed

    assert plain is not None
    assert narrow is not None
    assert measured.variance_left == pytest.approx(25 / 425, abs=0.01)
    assert narrow.high - narrow.low < (plain.high - plain.low) / 3
    assert narrow.low < 5 < narrow.high


def test_arms_that_differed_before_are_named() -> None:
    treated = np.arange(400) % 2 == 1
    found = read(a_table(past=np.where(treated, 10.0, 5.0) + np.arange(400) % 3), past=("past",))

    assert found.before[0].p_value < 1e-6
    assert any("differed before it began: “past”" in line for line in told(found))


def test_segments_are_exploratory_and_adjusted() -> None:
    found = read(a_table(), segments=("plan",))

    assert [(one.level, one.units) for one in found.parts] == [("fibre", 200), ("mobile", 200)]
    level = a_table(renewed=np.arange(400) % 4 < 2)
    assert "do not split by them" in told(read(level, segments=("plan",)))[-1]


def test_a_guardrail_is_judged_by_its_margin() -> None:
    level = a_table(4000, renewed=np.arange(4000) % 4 < 2)

    strict = read(level, guardrails={"renewed": 0.01})
    borne = read(level, guardrails={"renewed": 0.05})

    assert strict.metrics[0].compared[0].held is False
    assert borne.metrics[0].compared[0].held is True
    assert any("not ruled out" in line for line in told(strict, renewed=0.01))


def test_a_guardrail_of_few_whom_nothing_befell_is_not_called_held() -> None:
    """L3: nobody among 20 treated complained; for one percent it takes 268."""
    level = a_table(40, renewed=np.ones(40))

    found = read(level, guardrails={"renewed": 0.01})

    assert found.metrics[0].compared[0].held is None
    assert any(
        "too few" in line and "it takes 268 of" in line for line in told(found, renewed=0.01)
    )
    pair = as_values(found)["metrics"][0]["compared"][0]
    assert (pair["guardrail"], pair["guardrail_needs"]) == ("too_few", 268)


@pytest.mark.parametrize(
    "guardrails", [{"other": 0.01}, {"renewed": 0.0}, {"renewed": -0.1}, {"renewed": np.nan}]
)
def test_a_guardrail_that_guards_nothing_is_refused(guardrails: dict[str, float]) -> None:
    with pytest.raises(BadGuardrail, match=r"one of the metrics \(renewed\)"):
        read(a_table(40), guardrails=guardrails)


@pytest.mark.parametrize("wild", [np.inf, -np.inf, 1e200])
def test_numbers_that_nothing_can_be_computed_with_are_refused(wild: float) -> None:
    amounts = np.arange(40.0)
    amounts[3] = wild

    with pytest.raises(TooLarge) as refused:
        read(a_table(40, renewed=amounts))

    assert refused.value.data["count"] == 1


def test_shares_that_were_promised_are_held_against_the_arms() -> None:
    """A control of 5 % that is half of everybody: nothing may be used."""
    found = read(a_table(), weights={"control": 5, "call": 95})

    assert found.ratio.level is SampleRatio.ALARM
    assert "Nothing below can be used" in told(found)[0]
    assert as_values(found)["sample_ratio"]["level"] == "alarm"


def test_shuffled_rows_say_the_same() -> None:
    table = a_table()
    order = np.random.default_rng(3).permutation(table.num_rows)
    plan: dict[str, Any] = {"metrics": ("renewed", "paid"), "segments": ("plan",)}

    assert told(read(table.take(order), **plan)) == told(read(table, **plan))


def test_words_count_as_yes_and_no_and_nothing_as_unknown() -> None:
    words = np.where(np.arange(400) % 4 < 2, "是", "否").astype(object)
    words[:8] = None

    found = read(a_table(renewed=pa.array(words, pa.string())))

    assert {arm: group.accounts for arm, group in found.metrics[0].arms.items()} == {
        "control": 196,
        "call": 196,
    }


@pytest.mark.parametrize(
    ("changed", "plan", "refusal"),
    [
        ({}, {"metrics": ("renewd",)}, NoColumn),
        ({"arm": np.repeat("call", 400)}, {}, OneArm),
        ({"arm": np.arange(400)}, {}, ManyArms),
        ({}, {"control": "none"}, NoSuchArm),
        ({"unit": np.arange(400) // 2}, {}, ChangedArm),
        ({"unit": np.arange(400) // 4 * 2 + np.arange(400) % 2}, {}, SeveralRows),
        ({}, {"metrics": ("plan",)}, NoNumber),
        ({"renewed": np.where(np.arange(400) % 2, 1.0, np.nan)}, {}, NoOutcome),
        ({"renewed": pa.array([None] * 400)}, {}, NoOutcome),
        ({"renewed": np.where((np.arange(400) % 2 == 1) | (np.arange(400) == 0), 1, np.nan)},
         {}, FewUnits),
        ({"visits": np.zeros(400)}, {"metrics": ("paid / visits",)}, NegativeParts),
        ({"seen": np.full(400, 2), "ended": np.where(np.arange(400) == 6, 1, 5)},
         {"exposed": "seen", "known": "ended"}, OutcomeBeforeExposure),
        ({"days": np.full(400, -1), "left": np.ones(400)}, {"metrics": ("days until left",)},
         BadDays),
        ({"days": np.full(400, 9), "left": np.full(400, 2)}, {"metrics": ("days until left",)},
         NoEvent),
        ({"days": np.full(400, 9), "left": np.ones(400)},
         {"metrics": ("days until left",), "horizon": 30}, NobodyFollowed),
        ({"days": np.zeros(400), "left": np.ones(400)}, {"metrics": ("days until left",)},
         NobodyFollowed),
        ({}, {"weights": {"call": 1}}, BadWeights),
        ({}, {"segments": ("unit",)}, ManyLevels),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(
    changed: dict[str, Any], plan: dict[str, Any], refusal: type[Refusal]
) -> None:
    """A sentence in both languages and no number: an interval of nothing is no result."""
    with pytest.raises(refusal) as refused:
        read(a_table(**changed), **plan)

    assert all(refused.value.sentence(language) for language in ("zh-Hans", "en"))


def test_a_report_says_what_was_registered_and_how_ripe_it_is() -> None:
    """F6: the plan before the result, and until the day comes, when it will be."""
    plan = Plan("arm", ("renewed", "paid"), unit="unit", planned_on=date(2026, 11, 14),
                ripening_days=14, guardrails={"paid": 2.0})  # fmt: skip

    def lines(on: date) -> list[str]:
        found = analyse(a_table(), plan, file="table.csv", on=on)
        return [one.say("en") for one in registered(found, plan, on=on)]

    beforehand, early = lines(date(2026, 11, 27))
    ripe = lines(date(2026, 11, 28))[1]
    assert beforehand == (
        "Registered beforehand: primary metric “renewed”, control “control”, level 0.05, "
        "guardrails: paid ≥ −2; planned for 2026-11-14, outcomes ripen for 14 days."
    )
    assert "not ripe yet, the first day to read them is 2026-11-28" in early
    assert "all outcomes that were registered are ripe" in ripe
    assert "is known of 100%" in ripe


def test_a_segment_is_found_on_one_half_and_told_from_the_other() -> None:
    """Only those with fibre are helped; the same table always has the same halves."""
    place = np.arange(8_000)
    treated, fibre = place % 2 == 1, place % 10 < 5
    chance = np.random.default_rng(20261128).random(8_000)
    helped = pa.table(
        {
            "unit": place, "arm": np.where(treated, "call", "control"),
            "renewed": chance < 0.5 + 0.2 * (treated & fibre),
            "plan": np.where(fibre, "fibre", "mobile"), "coin": place // 10 % 2,
        }
    )  # fmt: skip

    found = read(helped, segments=("plan", "coin"))

    [first, *_] = found.honest["call"]
    assert first.segment == "plan"
    assert first.is_shown()
    assert abs(first.beyond.effect) == pytest.approx(0.2, abs=0.06)
    assert 3_000 < first.customers + sum(found.ratio.counts.values()) / 2 < 7_000
    assert read(helped, segments=("plan", "coin")).honest == found.honest
    assert any(line.startswith("Found on one half, estimated on the other") for line in told(found))
