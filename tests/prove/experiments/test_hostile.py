"""Tables as strangers bring them: each in which nothing can be trusted says so in a sentence."""

from datetime import date
from math import erfc, sqrt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.kernel.failures import Refusal
from tenure.prove.experiments.analysis import analyse
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import (
    AlikeArms,
    NoMetric,
    NoOrder,
    NothingVaries,
    NoUnit,
)
from tenure.prove.experiments.telling import as_values, registered
from tests.prove.experiments.test_analysis import ON, a_table, read, told

PLACE = np.arange(400)
DAYS = pa.array([date(2026, 1, 1 + n % 28) for n in range(400)])


@pytest.mark.parametrize(
    ("changed", "plan", "refusal", "sentence"),
    [
        ({}, {"metrics": ("paid / visits / renewed",)}, NoMetric, "over / below"),
        ({}, {"metrics": ("visits until renewed until paid",)}, NoMetric, "days until left"),
        ({"unit": pa.array([n if n % 9 else None for n in range(400)])}, {}, NoUnit, "45 rows"),
        ({"arm": np.where(PLACE % 2 == 1, "Call", np.where(PLACE % 4 == 0, "call ", "control"))},
         {}, AlikeArms, "differ only in letter case"),
        ({"seen": DAYS}, {"exposed": "seen"}, NoOrder, "name both"),
        ({"seen": DAYS}, {"known": "seen"}, NoOrder, "name both"),
        ({"seen": DAYS, "ended": PLACE}, {"exposed": "seen", "known": "ended"}, NoOrder,
         "date32[day], int64"),
        ({"seen": pa.array(["soon"] * 400), "ended": pa.array(["later"] * 400)},
         {"exposed": "seen", "known": "ended"}, NoOrder, "string"),
    ],
)  # fmt: skip
def test_what_cannot_be_trusted_is_refused_in_both_languages(
    changed: dict[str, Any], plan: dict[str, Any], refusal: type[Refusal], sentence: str
) -> None:
    with pytest.raises(refusal) as refused:
        read(a_table(**changed), **plan)

    assert sentence in refused.value.sentence("en")
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")


def test_a_handful_in_which_each_arm_did_the_same_proves_nothing() -> None:
    """Two renewed and two did not: that was told as −100 points without any width, p < 0.0001."""
    few = a_table(4, renewed=[1, 0, 1, 0])

    with pytest.raises(NothingVaries) as refused:
        read(few)

    assert refused.value.data["has"] == 2
    many = read(a_table(renewed=PLACE % 2 == 0))
    assert many.metrics[0].compared[0].shown.effect == -1.0


def test_days_that_are_not_known_yet_come_after_nothing() -> None:
    later = pa.array([None] * 400)

    found = read(a_table(seen=DAYS, ended=later), exposed="seen", known="ended")

    assert found.rows == 400


def test_rows_without_an_arm_are_said() -> None:
    """They were left out without a word, and nobody could see that a third of a table was gone."""
    arms = pa.array([None if n % 4 == 3 else ("control", "call")[n % 2] for n in range(400)])

    found = read(a_table(arm=arms))

    assert (found.rows, found.without_arm) == (300, 100)
    assert "Warning, 100 rows hold no arm and are left out; find out why." in told(found)
    assert as_values(found)["without_arm"] == 100
    assert read(a_table()).without_arm == 0


def test_an_arm_that_loses_its_outcomes_is_said_before_its_numbers() -> None:
    """A quarter of the called is unknown, and nobody of the control: who is left is not alike.

    Chi-squared of a table of four: n (ad − bc)² / (the four sums).
    """
    known = np.where(PLACE % 8 == 1, np.nan, PLACE % 3 == 0)
    alike = np.where(PLACE % 8 < 2, np.nan, PLACE % 3 == 0)

    found = read(a_table(renewed=known))
    lines = told(found)

    assert "  The outcome is known of: control 100%, call 75%." in lines
    warned = [place for place, line in enumerate(lines) if "lose outcomes more unevenly" in line]
    told_of = next(place for place, line in enumerate(lines) if "“call”" in line)
    assert warned
    assert warned[0] < told_of
    values = as_values(found)["metrics"][0]
    assert values["known"] == {"control": 1.0, "call": 0.75}
    statistic = 400 * (200 * 50 - 0 * 150) ** 2 / (200 * 200 * 350 * 50)
    assert values["loss_p"] == pytest.approx(erfc(sqrt(statistic / 2)))
    assert not any("unevenly" in line for line in told(read(a_table(renewed=alike))))
    assert as_values(read(a_table()))["metrics"][0]["known"] is None


def test_without_a_registered_day_nobody_claims_that_outcomes_are_ripe() -> None:
    plan = Plan("arm", ("renewed",), unit="unit")
    found = analyse(a_table(), plan, file="table.csv", on=ON)

    maturity = [one.say("en") for one in registered(found, plan, on=ON)][1]

    assert maturity.startswith("Maturity: no day was registered")
    assert "is known of 100%" in maturity


def test_a_guardrail_is_no_looser_for_being_looked_at_early() -> None:
    """L3, TOP-04: what one look on the planned day rules out may not be ruled out at any look."""
    level = a_table(4000, renewed=np.arange(4000) % 4 < 2)
    early: dict[str, Any] = {"planned_on": date(2027, 1, 1)}

    def held(margin: float, **plan: Any) -> bool | None:
        return read(level, guardrails={"renewed": margin}, **plan).metrics[0].compared[0].held

    assert (held(0.03), held(0.03, **early)) == (True, False)
    assert (held(0.06), held(0.06, **early)) == (True, True)
    assert (held(0.01), held(0.01, **early)) == (False, False)
