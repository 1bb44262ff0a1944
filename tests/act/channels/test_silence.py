"""R-C-004: what nobody reported as delivered goes on by the next channel."""

from datetime import timedelta

import pytest

from tenure.act.channels.channel import Outcome, Result
from tenure.act.channels.registry import standing_in
from tenure.act.journeys.failures import follow_failures
from tenure.act.messages.actions import dispatch
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.strategy.loading import preset
from tests.act.channels.test_carrying import MORNING, Telegraph, a_text, fate_of
from tests.builders import a_term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def test_a_text_without_a_receipt_is_followed_after_a_day_and_a_doubt_is_not() -> None:
    """R-C-004: the next channel after the hours that the strategy gives a silent one."""
    telegraph = Telegraph()
    version = preset("broadband").journeys["annual_renewal"].version
    terms = [a_term(days_left=7), a_term(days_left=7)]
    silent, doubtful = (
        a_text(term=one, send_key=f"annual_renewal:t7:{one.pk}", address=f"1380000000{place}")
        for place, one in enumerate(terms)
    )
    Message.objects.update(journey_version=version)
    telegraph.answers = [Result(Outcome.ACCEPTED, "OK", "T1"), Result(Outcome.IN_DOUBT, "x")]
    with standing_in(telegraph):
        dispatch(at=MORNING)

    later = MORNING + timedelta(hours=24)
    followed = [follow_failures(at=at) for at in (later - timedelta(seconds=1), later, later)]

    assert followed == [0, 1, 0]
    second = Message.objects.get(send_key=f"{silent.send_key}:1")
    assert (second.channel, second.state) == ("email", MessageState.PLANNED)
    assert fate_of(silent) == (MessageState.SENT, "")
    assert fate_of(doubtful) == (MessageState.SENT, "in_doubt")
