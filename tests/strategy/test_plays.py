"""TAG-02: which play a tag starts is data, and must agree with the rest of the strategy."""

from typing import Any

import pytest

from tenure.strategy.journeys import ToDoKind
from tenure.strategy.loading import build, preset
from tenure.strategy.messages import Channel
from tenure.strategy.reading import StrategyError
from tests.strategy.documents import a_document, files_of


def test_a_play_is_a_journey_of_one_step() -> None:
    play = preset("broadband").plays["repair_care"]

    assert play.tag == "frequent_faults"
    assert play.journey.id == "repair_care"
    assert [step.channels for step in play.journey.steps] == [(Channel.PHONE,)]
    assert play.step.todo is None


def test_a_strategy_may_have_no_plays() -> None:
    document = a_document()
    del files_of(document)["plays.toml"]

    assert build(document).plays == {}


def changed(**keys: Any) -> dict[str, Any]:
    document = a_document()
    files_of(document)["plays.toml"]["play"][0].update(keys)
    return document


def test_a_play_may_open_work_for_a_person() -> None:
    assert build(changed(todo="health")).plays["repair_care"].step.todo is ToDoKind.HEALTH


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"tag": "frequent_fault"}, "frequent_faults"),
        ({"message": "call_scrip"}, "call_script"),
        ({"class": "marketing"}, "the message “call_script” is “transactional”"),
        ({"channels": ["email"]}, "has no rendering for the channel “email”"),
        ({"channels": []}, "give at least one"),
        ({"id": "annual_renewal"}, "a journey already has this id"),
    ],
)
def test_a_play_that_contradicts_the_strategy_is_refused(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(StrategyError, match=told):
        build(changed(**keys))
