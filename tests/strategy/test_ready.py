"""JRN-10, JRN-12, JRN-13, JRN-15, JRN-18, VAL-02: ready journeys fit every strategy."""

import pytest

from tenure.strategy.journeys import Clock
from tenure.strategy.loading import preset, preset_names
from tenure.strategy.ready import NoSuchReady, ThereAlready, every_ready, is_in, ready, with_ready


@pytest.mark.parametrize("name", preset_names())
def test_every_ready_journey_can_be_added_to_every_ready_strategy(name: str) -> None:
    before = preset(name)
    strategy = before

    for one in every_ready().values():
        assert not is_in(strategy, one)
        strategy = with_ready(strategy, one)
        assert is_in(strategy, one)

    assert set(before.journeys) < set(strategy.journeys)
    assert strategy.journeys["onboarding"].clock is Clock.START
    assert strategy.journeys["win_back"].clock is Clock.LAPSE
    assert strategy.journeys["festivals"].clock is Clock.FESTIVAL
    assert strategy.journeys["early_help"].clock is Clock.ENTRY  # JRN-18: by a tag, not a date
    assert {journey.version for journey in before.journeys.values()} <= {
        journey.version for journey in strategy.journeys.values()
    }


def test_a_ready_journey_is_added_once_and_by_its_name() -> None:
    strategy = with_ready(preset("broadband"), ready("win_back"))

    with pytest.raises(ThereAlready, match="win_back"):
        with_ready(strategy, ready("win_back"))
    with pytest.raises(NoSuchReady, match="onboarding"):
        ready("onbording")
