"""Journeys relative to the end of a term, with a failure edge on every step (JRN-01 to JRN-04)."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.strategy.journeys import OnFailure, ToDoKind
from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.messages import Channel, MessageClass
from tenure.strategy.rules import holds
from tests.strategy.documents import a_document, at

JOURNEYS = {name: preset(name).journeys for name in preset_names()}
ANNUAL = JOURNEYS["broadband"]["annual_renewal"]


def test_annual_journey_starts_half_a_year_before_the_end() -> None:
    """JRN-01: T−180 and T−90 are value reviews, the rest follows."""
    assert [step.days_before for step in ANNUAL.steps] == [180, 90, 30, 7, 3]
    assert [step.message for step in ANNUAL.steps[:2]] == ["value_review", "plan_check"]


def test_t30_decides_and_opens_the_options_for_a_person() -> None:
    """JRN-02: options generated, and a to-do for the owner."""
    step = ANNUAL.step("t30")

    assert (step.decides, step.todo) == (True, ToDoKind.OPTIONS)
    assert holds(step.todo_when, {"is_business": 0, "tier_rank": 3, "p_lapse": 0.1})
    assert not holds(step.todo_when, {"is_business": 0, "tier_rank": 1, "p_lapse": None})


def test_reminders_have_an_order_of_channels_and_end_in_a_call() -> None:
    """JRN-03: SMS, e-mail, and a telephone call when neither arrives."""
    step = ANNUAL.step("t7")

    assert step.channels == (Channel.SMS, Channel.EMAIL)
    assert step.on_failure is OnFailure.CALL
    assert step.message_class is MessageClass.TRANSACTIONAL


def test_t3_is_an_offer_for_those_who_have_not_renewed() -> None:
    """JRN-04: exclusive offer and preview, only if still unrenewed."""
    step = ANNUAL.step("t3")

    assert (step.decides, step.only_if_unrenewed) == (True, True)
    assert step.message_class is MessageClass.MARKETING


@pytest.mark.parametrize("name", preset_names())
def test_every_step_of_every_preset_has_a_channel_and_a_failure_edge(name: str) -> None:
    for journey in preset(name).journeys.values():
        for step in journey.steps:
            assert step.channels
            assert isinstance(step.on_failure, OnFailure)


def test_step_is_due_for_its_catch_up_window() -> None:
    step = ANNUAL.step("t30")

    assert [left for left in range(60) if step.is_due(left)] == list(range(24, 31))


@given(days_left=st.integers(-60, 400), name=st.sampled_from(preset_names()))
def test_at_most_one_step_of_a_journey_is_due(days_left: int, name: str) -> None:
    for journey in JOURNEYS[name].values():
        assert len(journey.due(days_left)) <= 1


@given(outage_days=st.integers(1, 6), first=st.integers(24, 30))
def test_outage_shorter_than_the_window_loses_no_step(outage_days: int, first: int) -> None:
    """Whatever day the outage of less than `valid_days` starts, T−30 is due on a day outside."""
    down = range(first - outage_days + 1, first + 1)

    assert any(ANNUAL.step("t30").is_due(left) for left in range(60) if left not in down)


def test_version_changes_with_what_a_step_says_and_with_nothing_else() -> None:
    document = a_document()
    renamed, moved = copy.deepcopy(document), copy.deepcopy(document)
    at(renamed, ("journeys.toml", "journey", 0, "name"))["en"] = "Yearly renewal"
    at(moved, ("journeys.toml", "journey", 0, "step", 0))["days_before"] = 179

    versions = [build(one).journeys["annual_renewal"].version for one in (document, renamed, moved)]

    assert versions[0] == versions[1] != versions[2]
    assert len(versions[0]) == 16


def test_notice_of_a_deduction_is_a_legal_notice_five_days_before_at_the_latest() -> None:
    """R-A-011 and R-A-012: time, amount and how to stop; latest T−5, first at T−7."""
    strategy = preset("broadband")
    (step,) = strategy.journeys["deduction_notice"].steps
    rendering = strategy.messages[step.message].renderings[Channel.SMS]

    assert step.message_class is MessageClass.LEGAL_NOTICE
    assert [left for left in range(30) if step.is_due(left)] == [5, 6, 7]
    for slot in ("deduct_on", "price", "cancel_url", "plan_name", "payment_method"):
        assert slot in rendering.body.zh
        assert slot in rendering.body.en
