"""Comparisons whose arms were drawn in strata are weighed by them, and it is said."""

from typing import Any

import pytest

from tenure.prove.readouts.queries import told
from tenure.prove.statistics.groups import yes_or_no
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.statistics.strata import Stratified
from tests.prove.readouts.test_metrics import KEY, NAME, broadband, compare, read
from tests.prove.readouts.worlds import terms_of
from tests.understand.warehouses import Warehouse

__all__ = ["broadband"]
LONG, SHORT = "home_300/24", "home_300/12"


def a_world(**changes: Any) -> None:
    """Who pays for two years stays; the call reached four of five of them, and one of five."""
    compare(changes.pop("metric", "renewal"), strata=["plan", "cycle_months"], **changes)
    for arm, stratum, count, renewed in (
        ("call", LONG, 400, 372), ("plain", LONG, 100, 88),
        ("call", SHORT, 100, 35), ("plain", SHORT, 400, 120),
    ):  # fmt: skip
        terms_of(arm, count=count, renewed=renewed, key=KEY, stratum=stratum)


def test_the_difference_is_the_weighed_one_and_the_page_says_so(broadband: Warehouse) -> None:
    """TOP-04, EXP-01: plainly 81.4 % against 41.6 %; within the strata 5 points each."""
    a_world()

    found = read()

    pairs = [(yes_or_no(400, yes=372), yes_or_no(100, yes=88)),
             (yes_or_no(100, yes=35), yes_or_no(400, yes=120))]  # fmt: skip
    plain = Stratified.of(pairs).difference()
    assert found.diff == pytest.approx(0.05)
    shown = always_valid(plain, accounts=1_000, tuning=found.needs or 0)
    assert found.low == pytest.approx(shown.low)
    assert found.has == 1_000
    assert found.renewals == pytest.approx(0.05 * 500)
    assert found.revenue_minor == pytest.approx(0.05 * 500 * 82_800, abs=1)
    assert found.strata["by"] == ["plan", "cycle_months"]
    level = found.strata["levels"][LONG]
    assert level["share"] == 0.5
    assert level["arms"]["call"] == {"accounts": 400, "terms": 400, "mean": 0.93}
    assert found.arms["call"]["rate"] == pytest.approx(0.814)


def test_what_is_shown_to_help_is_told_with_its_strata(broadband: Warehouse) -> None:
    """In both languages, with the share of the variance that is left."""
    compare("renewal", strata=["plan"])
    for stratum, yes in (("loyal", (390, 360)), ("new", (140, 100))):
        terms_of("call", count=400, renewed=yes[0], key=KEY, stratum=stratum)
        terms_of("plain", count=400, renewed=yes[1], key=KEY, stratum=stratum)

    found = read()

    assert found.verdict == "helps"
    left = found.strata["left"]
    assert 0.4 < left < 0.8
    said = told(found, name=NAME)
    assert said.en.endswith(
        f" Compared within 2 strata (plan) and weighed: {left:.0%} of the variance is left."
    )
    assert said.zh.endswith(f"（按套餐分 2 层，在每层内比较后加权，方差为原来的 {left:.0%}。）")


def test_small_strata_and_those_of_before_are_weighed_too(broadband: Warehouse) -> None:
    """Whoever was drawn before strata were kept is one level; what is too small goes together."""
    compare("margin", strata=["plan"])
    for stratum, many in (("", 40), ("a", 30), ("b", 6), ("c", 5)):
        terms_of("call", count=many, renewed=many // 2, key=KEY, stratum=stratum)
        terms_of("plain", count=many, renewed=many // 3, key=KEY, stratum=stratum)

    found = read()

    assert set(found.strata["levels"]) == {"", "a", "*"}
    assert found.strata["levels"]["*"]["arms"]["plain"]["accounts"] == 11
    assert found.strata["levels"]["a"]["arms"]["call"]["mean"] == pytest.approx(0.5 * 43_200)
    assert found.metric == "margin"


@pytest.mark.parametrize("metric", ["renewal", "stay"])
def test_where_nothing_is_weighed_nothing_is_said_of_it(broadband: Warehouse, metric: str) -> None:
    """One stratum is the plain comparison, and a stay is compared as drawn."""
    compare(metric, strata=["plan"])
    strata = ("a", "a") if metric == "renewal" else ("a", "b")
    for stratum, yes in zip(strata, (350, 300), strict=True):
        terms_of("call", count=400, renewed=yes, key=KEY, stratum=stratum)
        terms_of("plain", count=400, renewed=yes - 100, key=KEY, stratum=stratum)

    found = read()

    assert found.strata == {}
    assert found.diff is not None
    assert "strata" not in told(found, name=NAME).en


def test_nobody_known_yet_is_too_early(broadband: Warehouse) -> None:
    compare("renewal", strata=["plan"])
    terms_of("call", count=40, renewed=30, key=KEY, stratum="a")

    found = read()

    assert (found.verdict, found.diff, found.strata) == ("too_early", None, {})
