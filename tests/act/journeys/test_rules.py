"""JRN-01, R-C-003: windows, keys and ways, as laws."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.journeys.rules import (
    attempt_of,
    channels_of,
    ends_between,
    expiry,
    next_channels,
    send_key,
    ways,
    withdrawn_key,
)
from tenure.strategy.journeys import Step
from tenure.strategy.loading import preset
from tenure.strategy.messages import Channel

BROADBAND = preset("broadband")
STEPS = [step for journey in BROADBAND.journeys.values() for step in journey.steps]


@given(step=st.sampled_from(STEPS), days=st.integers(0, 400))
def test_a_term_lies_between_the_ends_exactly_when_its_step_is_due(step: Step, days: int) -> None:
    as_of = date(2026, 6, 15)
    ends_on = as_of + timedelta(days=days)

    first, last = ends_between(step, as_of=as_of)

    assert (first <= ends_on <= last) == step.is_due(days)


@given(step=st.sampled_from(STEPS), late=st.integers(0, 89))
def test_a_step_found_on_any_day_of_its_window_can_still_be_sent_the_next_morning(
    step: Step, late: int
) -> None:
    """Nothing due is planned too late to be sent, except on the very day of the end."""
    ends_on = date(2026, 12, 12)
    found_on = ends_on - timedelta(days=step.days_before) + timedelta(days=late % step.valid_days)
    next_morning = datetime.combine(found_on + timedelta(days=1), datetime.min.time(), UTC)

    expires_at = expiry(step, ends_on=ends_on, zone="UTC")

    is_last = found_on + timedelta(days=1) == ends_on
    assert (next_morning < expires_at) == (not is_last)
    assert expires_at <= datetime(2026, 12, 12, tzinfo=UTC)


def test_expiry_is_counted_in_the_zone_of_the_business() -> None:
    step = BROADBAND.journeys["annual_renewal"].step("t30")

    expires_at = expiry(step, ends_on=date(2026, 7, 15), zone="Asia/Shanghai")

    assert expires_at == datetime(2026, 6, 22, 16, tzinfo=UTC)  # the end of the 22nd, T−23


@given(term=st.integers(1, 10**12), attempt=st.integers(0, 9), message=st.integers(1, 10**12))
def test_a_key_says_which_attempt_it_is(term: int, attempt: int, message: int) -> None:
    key = send_key("annual_renewal", step="t30", term_id=term, attempt=attempt)

    assert attempt_of(key) == attempt
    assert attempt_of(withdrawn_key(key, message)) == attempt
    assert key.startswith(f"annual_renewal:t30:{term}")


def test_a_call_comes_last_where_the_step_allows_one() -> None:
    journey, messages = BROADBAND.journeys["annual_renewal"], BROADBAND.messages

    reminder, review = journey.step("t7"), journey.step("t180")

    assert channels_of(reminder, messages[reminder.message]) == [Channel.EMAIL, Channel.PHONE]
    assert channels_of(review, messages[review.message]) == [Channel.EMAIL]


def test_each_choice_is_told_by_its_own_message() -> None:
    step = BROADBAND.journeys["annual_renewal"].step("t3")

    found = ways(step, offers=BROADBAND.offers, messages=BROADBAND.messages)

    told = {(way.action, way.template, way.channel) for way in found}
    assert ("term_1y", "offer_term", "email") in told
    assert ("reminder", "preview", "email") in told
    assert ("care_call", "call_script", "phone") in told
    assert not {way.action for way in found} & {"nothing", "~withheld"}


@pytest.mark.parametrize(
    ("preferred", "order"),
    [([], ["email", "phone"]), (["phone"], ["phone", "email"]), (["push"], ["email", "phone"])],
)
def test_a_person_orders_the_channels_of_a_step(preferred: list[str], order: list[str]) -> None:
    usable = [Channel.EMAIL, Channel.PHONE]

    assert next_channels(usable, preferred=preferred) == order
