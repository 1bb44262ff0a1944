"""OFR-03, OFR-04, OFR-10, OFR-11, OFR-17, OFR-18, WIN-01, WIN-02 as data: read, and refused."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from tenure.kernel.failures import Sentence
from tenure.strategy.content import document_of
from tenure.strategy.loading import PRESETS, build, preset
from tenure.strategy.reading import StrategyError


def test_the_ready_strategies_declare_them() -> None:
    found = {name: preset(name).benefits for name in ("broadband", "saas", "membership")}

    for one in found.values():
        assert one.anniversary is not None
        assert one.streak is not None
        assert (one.streak.years, one.streak.off) == (3, Decimal("0.5"))
        assert one.comeback is not None
        assert (one.comeback.off, one.comeback.months) == (Decimal("0.3"), 12)
        assert one.newcomers is not None
        assert one.bundles
        assert one.trials
        assert one.gifts
        assert one.comeback.data
    assert not preset("small_business").benefits.bundles


def with_change(path: str, value: Any) -> dict[str, Any]:
    """The broadband strategy with one value of benefits.toml changed, or with None removed."""
    document: dict[str, Any] = deepcopy(dict(document_of(PRESETS / "broadband")))
    table = document["files"]["benefits.toml"]
    *way, last = path.split(".")
    for step in way:
        table = table[int(step)] if step.isdigit() else table[step]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("bundle.0.plans", ["home_301"], "the nearest is “home_300”"),
        ("trial.0.becomes_plans", ["home_2000"], "is not known here"),
        ("trial.1.becomes_add_ons", ["mesh"], "the nearest is “mesh_wifi”"),
        ("trial.0.becomes_plans", None, "say in becomes_plans or becomes_add_ons"),
        ("trial.0.remind_days", 14, "the reminder must lie within the 14 days of the trial"),
        ("bundle.0.entitlement", [], "it gives nothing"),
        ("bundle.0.monthly_cost", "2.00 USD", "must be in CNY"),
        ("gift.1.cost", "60.00 USD", "must be in CNY"),
        ("newcomers.cycles", [1, 6], "“6” is not known here"),
        ("newcomers.step.1.off", "20 %", "20 % is more than the 15 % before it"),
        ("newcomers.step.0.off", "60 %", "below their cost of"),
        ("streak.may_sell_below_cost", False, "or write may_sell_below_cost = true"),
        ("comeback.off", "60 %", "below their cost of"),
        ("comeback.within_days", 10, "10 days end before after_days, 30"),
        ("gift.0.kind", "parcel", "is not known here"),
        ("streak.half", True, "“half” is not known here"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(path: str, value: Any, said: str) -> None:
    """Each sentence names the file and the place."""
    with pytest.raises(StrategyError) as refused:
        build(with_change(path, value))

    told = refused.value.sentence("en")
    assert said in told
    assert "benefits.toml" in told
    assert isinstance(refused.value.told, Sentence)


def test_a_strategy_may_do_without_them() -> None:
    document: dict[str, Any] = deepcopy(dict(document_of(PRESETS / "broadband")))
    del document["files"]["benefits.toml"]

    found = build(document).benefits

    assert (found.streak, found.anniversary, dict(found.gifts)) == (None, None, {})
