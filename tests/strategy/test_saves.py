"""R-A-086: who is offered what is published data, and must agree with the rest of the strategy."""

from decimal import Decimal
from typing import Any

import pytest

from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.reading import StrategyError
from tenure.strategy.saves import SaveKind
from tests.strategy.documents import a_document, at, files_of


def changed(save: int = 0, **keys: Any) -> dict[str, Any]:
    document = a_document()
    files_of(document)["saves.toml"]["save"][save].update(keys)
    return document


def test_the_ladder_is_twenty_percent_and_then_three_months_more() -> None:
    """CXL-01 as it ships."""
    saves = preset("broadband").saves
    ladder = {one.rung: one for one in saves.offers.values() if one.rung}

    assert (ladder[1].kind, ladder[1].discount_share) == (SaveKind.DISCOUNT, Decimal("0.2"))
    assert (ladder[2].buy_months, ladder[2].free_months) == (12, 3)
    assert (saves.top_rung, saves.holdout_share) == (2, Decimal("0.05"))
    assert "porting" in saves.bypass_reasons


@pytest.mark.parametrize("name", preset_names())
def test_each_ready_strategy_mends_before_it_offers_and_offers_less_over_price(name: str) -> None:
    """CXL-02: the smaller plan and the pause answer a reason, and stand before the ladder."""
    offers = list(preset(name).saves.offers.values())

    assert [one.kind for one in offers] == [
        SaveKind.REPAIR,
        SaveKind.DOWNGRADE,
        SaveKind.PAUSE,
        SaveKind.DISCOUNT,
        SaveKind.FREE_MONTHS,
    ]
    assert offers[1].reasons == ("price",)


def test_a_strategy_may_offer_nothing() -> None:
    document = a_document()
    del files_of(document)["saves.toml"]

    assert build(document).saves.offers == {}


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"discount": "20 %"}, "save[repair_first].discount"),
        ({"reasons": ["too_dear"]}, "save[repair_first].reasons"),
        ({"rung": 4}, "save"),
        ({"eligible": {"feature": "p_lapse", "op": ">=", "value": 0.5}}, ""),
    ],
)
def test_what_cannot_be_right_is_refused(keys: dict[str, Any], path: str) -> None:
    """A score is no published rule: no rule of this file can ask for one (R-A-054)."""
    with pytest.raises(StrategyError) as refused:
        build(changed(**keys))

    assert str(refused.value.data["path"]).startswith(path)
    assert refused.value.data["file"] == "saves.toml"


def test_months_that_are_not_sold_are_refused() -> None:
    with pytest.raises(StrategyError) as refused:
        build(changed(4, buy_months=7))

    assert refused.value.data["path"] == "save[later_visit].buy_months"


def test_a_lower_price_stands_behind_mending_and_pausing_unless_evidence_is_attached() -> None:
    """L4: the order of the ladder is kept, or the interval that says otherwise is written down."""
    document = a_document()
    offers = at(document, ("saves.toml", "save"))
    offers.insert(0, offers.pop(3))
    assert offers[0]["kind"] == "discount"

    with pytest.raises(StrategyError, match="lower the price last"):
        build(document)
    offers[0]["evidence"] = {"source": "save-order-2026", "low": "0 %", "high": "4 %"}
    with pytest.raises(StrategyError, match="evidence must lie above 0"):
        build(document)
    offers[0]["evidence"]["low"] = "0.5 %"

    first = next(iter(build(document).saves.offers.values()))
    assert first.evidence is not None
    assert (first.evidence.source, first.evidence.low) == ("save-order-2026", Decimal("0.005"))
