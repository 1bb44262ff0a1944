"""B4: economics.toml says how far a save is counted; without it the term alone counts."""

from decimal import Decimal
from typing import Any

import pytest

from tenure.strategy.economics import Economics, Horizon, read
from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.reading import Reader, StrategyError


def economics(**given: Any) -> Economics:
    reader = Reader(given, file="economics.toml")
    found = read(reader)
    reader.done()
    return found


@pytest.mark.parametrize("name", preset_names())
def test_ready_strategies_count_the_lifetime_within_bounds(name: str) -> None:
    found = preset(name).economics

    assert found.value_of_a_save is Horizon.LIFETIME
    assert found.discount_per_year > 0
    assert (found.most_years, found.least_decided) == (5, 200)


def test_a_strategy_of_before_counts_the_term_as_it_did() -> None:
    """What was decided under it is chosen again alike."""
    document = preset("broadband").document
    files = {name: one for name, one in document["files"].items() if name != "economics.toml"}

    stored = build({**document, "files": files})

    assert stored.economics.value_of_a_save is Horizon.TERM
    assert stored.economics == economics()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value_of_a_save": "lifetimes"}, "the nearest is “lifetime”"),
        ({"discount_per_year": "80 %"}, "above the most, 50 %"),
        ({"discount_per_year": 0.08}, "is not a share"),
        ({"most_years": 0}, "below the least, 1"),
        ({"least_decided": 5}, "below the least, 30"),
        ({"discount": "8 %"}, "“discount” is not known here"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(given: dict[str, Any], said: str) -> None:
    with pytest.raises(StrategyError) as refused:
        economics(**given)

    assert said in refused.value.sentence("en")


def test_a_discount_is_an_exact_share() -> None:
    assert economics(discount_per_year="12.5 %").discount_per_year == Decimal("0.125")
