"""OFR-03, OFR-17: the bundle that fits somebody's own need, and who may try what, with the why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.benefits.rules import Trying, fitting_bundle, may_try
from tenure.strategy.loading import preset

BUNDLES = list(preset("broadband").benefits.bundles.values())
TRIALS = preset("broadband").benefits.trials


@pytest.mark.parametrize(
    ("use", "found"),
    [
        ({"slow_evenings_30": 3, "usage_gb_30": 400.0}, "evening_care"),
        ({"tickets_90": 2}, "evening_care"),
        ({"slow_evenings_30": 2, "tickets_90": 1, "usage_gb_30": 250.0}, "heavy_use"),
        ({"usage_gb_30": 249.0}, "family_space"),
        ({}, "family_space"),
    ],
)
def test_the_first_need_that_somebody_has_decides(use: dict[str, object], found: str) -> None:
    """OFR-03: from the customer's own use; what is not known fits no need."""
    bundle = fitting_bundle(BUNDLES, use, plan="home_300", cycle_months=12)

    assert bundle is not None
    assert bundle.id == found
    assert bundle.reason.zh


@given(st.integers(1, 11))
def test_a_term_that_is_too_short_brings_none(months: int) -> None:
    assert fitting_bundle(BUNDLES, {}, plan="home_300", cycle_months=months) is None


def stands(**more: object) -> Trying:
    usual = {"plan": "home_300", "add_ons": (), "had": (), "tries": "", "is_serving": True}
    return Trying(**{**usual, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({}, "free for 14 days, stops by itself"),
        ({"is_serving": False}, "no paid term runs now"),
        ({"plan": "home_1000"}, "it is in use already"),
        ({"had": ("game_lane",)}, "it was tried before, once for each contract"),
        ({"had": ("game_lane",), "tries": "game_lane"}, "it is being tried now"),
        ({"tries": "mesh_wifi"}, "something else is being tried; come back after its end"),
    ],
)
def test_each_no_has_its_reason(more: dict[str, object], reason: str) -> None:
    """OFR-17."""
    verdict = may_try(TRIALS["game_lane"], stands(**more))

    assert verdict.reason.en == reason
    assert verdict.is_given == (more == {})


def test_whoever_has_the_add_on_needs_no_trial_of_it() -> None:
    verdict = may_try(TRIALS["mesh_wifi"], stands(add_ons=("mesh_wifi",)))

    assert (verdict.is_given, verdict.reason.en) == (False, "it is in use already")
