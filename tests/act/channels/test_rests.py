"""A provider that one sender found down is left alone by all, and tried again by one."""

from datetime import datetime, timedelta

import pytest

from tenure.act.channels import rests
from tenure.act.channels.breaker import RESTS
from tenure.act.channels.models import Rest
from tenure.act.channels.registry import Mouth, standing_in
from tenure.act.messages.actions import dispatch
from tenure.records.contacts.states import MessageState
from tests.act.channels.test_carrying import MORNING, Telegraph, a_text, fate_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]
AFTER = MORNING + RESTS


class Worker:
    """A process of its own: what it knows of the provider, and what it asks of it."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.telegraph = Telegraph(is_away=is_away)
        with standing_in(self.telegraph) as mouth:
            self.mouth: Mouth = mouth

    def dispatches(self, at: datetime) -> int:
        """One round of this process; how many messages it asked the provider to take."""
        before = len(self.telegraph.asked)
        with standing_in(self.telegraph) as mouth:
            mouth.breaker = self.mouth.breaker
            dispatch(at=at)
        return len(self.telegraph.asked) - before


def test_two_workers_what_one_finds_down_the_other_does_not_ask() -> None:
    one, other = Worker(is_away=True), Worker()
    first = a_text(address="13800000001")

    one.dispatches(MORNING)
    second = a_text(address="13800000002")
    asked = other.dispatches(MORNING + timedelta(minutes=1))

    assert asked == 0
    assert {fate_of(message) for message in (first, second)} == {
        (MessageState.PLANNED, "channel_down")
    }
    assert other.mouth.breaker.open_until == Rest.objects.get().until == AFTER


def test_two_workers_after_a_rest_one_tries_and_all_go_on_when_it_works() -> None:
    one, other = Worker(is_away=True), Worker()
    a_text(address="13800000001")
    one.dispatches(MORNING)
    with standing_in(other.telegraph) as mouth:
        mouth.breaker = other.mouth.breaker
        rests.take_over(at=AFTER)  # this process is the one that tries
        is_trying = not mouth.breaker.is_open(AFTER)
    one.telegraph.is_away = False
    a_text(address="13800000003", planned_at=AFTER)

    waits = one.dispatches(AFTER + timedelta(seconds=1))
    tried = other.dispatches(AFTER + timedelta(minutes=30))
    a_text(address="13800000004", planned_at=AFTER)
    goes_on = one.dispatches(AFTER + timedelta(minutes=31))

    assert (is_trying, waits) == (True, 0)
    assert tried == 2
    assert goes_on == 1
    assert not Rest.objects.exists()


def test_a_trial_whose_worker_was_killed_is_taken_up_by_another() -> None:
    one, killed, third = Worker(is_away=True), Worker(), Worker()
    a_text()
    one.dispatches(MORNING)
    with standing_in(killed.telegraph) as mouth:
        mouth.breaker = killed.mouth.breaker
        rests.take_over(at=AFTER)

    at = AFTER + timedelta(minutes=30)
    assert third.dispatches(at) == 1
    assert not Rest.objects.exists()


def test_a_trial_that_fails_rests_longer_for_everybody() -> None:
    one, other = Worker(is_away=True), Worker(is_away=True)
    a_text()
    one.dispatches(MORNING)

    at = AFTER + timedelta(minutes=30)
    other.dispatches(at)

    assert Rest.objects.get().until == at + 2 * RESTS
