"""The switch that stops everything: nothing leaves later than five seconds after it."""

from datetime import timedelta

import pytest

from tenure.act.messages import actions
from tenure.act.messages.actions import dispatch, resume_sending, stop_sending
from tests.act.messages.test_dispatch import MORNING, a_reminder
from tests.act.posts import Postbag

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
MOST_SECONDS = 5.0


@pytest.mark.parametrize("seconds_a_letter", [0.05, 0.7, 3.9])
def test_nothing_leaves_later_than_five_seconds_after_the_switch(
    monkeypatch: pytest.MonkeyPatch, seconds_a_letter: float
) -> None:
    """Whatever a letter takes, the switch is seen before the next one is begun in its time."""
    waiting = [a_reminder(send_key=f"k{n}") for n in range(40)]
    clock, left, bag = [0.0], [], Postbag()
    stopped: list[float] = []

    def before_each() -> None:
        clock[0] += seconds_a_letter
        left.append(clock[0])
        if len(left) == 3:
            stop_sending(at=MORNING, by="user:1")
            stopped.append(clock[0])

    bag.before_each = before_each
    monkeypatch.setattr(actions, "monotonic_seconds", lambda: clock[0])
    done = dispatch(at=MORNING, post=bag)

    assert done.sent == len(left) < len(waiting)
    assert left[-1] - stopped[0] <= MOST_SECONDS
    resume_sending(at=MORNING, by="user:1")
    bag.before_each = lambda: None
    again = dispatch(at=MORNING + timedelta(minutes=1), post=bag)
    assert done.sent + again.sent == len(waiting)
