"""A journey changed in the console is checked as files are, and keeps what it did not say."""

import pytest

from tenure.kernel.failures import Sentence
from tenure.strategy.journey_writing import (
    JourneyChange,
    NoSuchJourney,
    Wording,
    steps_of,
    with_change,
)
from tenure.strategy.loading import preset
from tenure.strategy.messages import Channel
from tenure.strategy.reading import StrategyError

NAME = Sentence(zh="年付", en="Yearly")
KEY = ("plan_check", Channel.EMAIL, "en")


def test_a_changed_journey_is_a_new_version_and_keeps_its_rules() -> None:
    before = preset("broadband")
    steps = [{**step} for step in steps_of(before, "annual_renewal") if step["id"] != "t90"]
    steps[1]["days_before"] = 35
    text = Wording("Does {{ plan_name }} fit?", "Dear {{ customer_name }}, does it fit?")

    after = with_change(before, JourneyChange("annual_renewal", NAME, steps, {KEY: text}))

    journey, old = after.journeys["annual_renewal"], before.journeys["annual_renewal"]
    assert journey.version != old.version
    assert [step.days_before for step in journey.steps] == [180, 35, 7, 3]
    assert journey.step("t7").condition == old.step("t7").condition
    assert journey.applies == old.applies
    rendering = after.messages["plan_check"].renderings[Channel.EMAIL]
    assert rendering.subject.en == "Does {{ plan_name }} fit?"
    assert rendering.body.en == "Dear {{ customer_name }}, does it fit?"
    assert rendering.body.zh == before.messages["plan_check"].renderings[Channel.EMAIL].body.zh
    assert before.journeys["annual_renewal"].version == old.version


def test_an_unknown_slot_is_refused_with_the_nearest() -> None:
    strategy = preset("broadband")
    steps = steps_of(strategy, "annual_renewal")
    text = Wording("Fits?", "Dear {{ custmer_name }}")

    with pytest.raises(StrategyError, match="customer_name"):
        with_change(strategy, JourneyChange("annual_renewal", NAME, steps, {KEY: text}))


def test_words_that_cannot_be_refused_are_refused() -> None:
    strategy = preset("broadband")
    steps = steps_of(strategy, "annual_renewal")
    text = {("preview", Channel.EMAIL, "en"): Wording("New", "Buy!")}

    with pytest.raises(StrategyError, match="unsubscribe_url"):
        with_change(strategy, JourneyChange("annual_renewal", NAME, steps, text))


def test_a_journey_without_steps_or_of_no_name_is_refused() -> None:
    strategy = preset("broadband")

    with pytest.raises(StrategyError, match="no step"):
        with_change(strategy, JourneyChange("annual_renewal", NAME, []))
    with pytest.raises(NoSuchJourney, match="none"):
        with_change(strategy, JourneyChange("none", NAME, []))
