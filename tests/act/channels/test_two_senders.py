"""Several senders of one database: what two find is settled once, what one lost is let go."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from tenure.act.channels.channel import Limits, Parcel, Result
from tenure.act.channels.models import Carriage
from tenure.act.channels.registry import standing_in
from tenure.act.messages import carrying
from tenure.act.messages.actions import dispatch
from tenure.records.contacts.states import MessageState
from tenure.records.journal.models import Entry
from tests.act.channels.test_carrying import MORNING, Telegraph, a_text, fate_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]


def test_what_two_senders_find_in_doubt_is_settled_once() -> None:
    """Both read it before either settles it."""
    message = a_text()
    with standing_in(Telegraph(dies=True)), pytest.raises(KeyboardInterrupt):
        dispatch(at=MORNING)
    read_by_both = list(Carriage.objects.select_related("message"))

    settled = [carrying._settle(read_by_both, at=MORNING, by="test") for _ in range(2)]

    assert settled == [1, 0]
    assert fate_of(message) == (MessageState.SENT, "in_doubt")
    assert Entry.objects.filter(kind="message.sent").count() == 1


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_sender_that_stood_still_leaves_what_another_took_over(at_once: int) -> None:
    """The other one wrote the attempt down first: nothing leaves twice, and nobody dies of it.

    Whoever was to leave together with it waits until the claim of the late sender runs out.
    """
    waiting = [a_text(address=f"1380000000{place}") for place in range(2 * at_once)]

    class Standing(Telegraph):
        def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
            about = {"message": waiting[-1], "attempt": 0, "opened_at": MORNING}
            Carriage.objects.get_or_create(**about, defaults={"provider": "other"})
            yield from Telegraph.deliver(self, batch, at=at)

    channel = Standing(limits=Limits(10_000, 10_000, 10_000, at_once=at_once))
    with standing_in(channel):
        done = dispatch(at=MORNING)

    assert done.sent == at_once
    assert [one.message_id for one in channel.asked] == [one.pk for one in waiting[:at_once]]
    assert Carriage.objects.get(outcome="open").provider == "other"
    assert Carriage.objects.count() == at_once + 1
    assert {fate_of(one) for one in waiting[at_once:]} == {(MessageState.SENDING, "")}


def test_a_sender_that_stood_still_while_it_asked_leaves_what_was_settled_meanwhile() -> None:
    """Another one took it for dead and marked the message as in doubt: so it stays, told once."""
    settled_by_other, own = a_text(address="13800000000"), a_text(address="13800000001")

    class Late(Telegraph):
        def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
            found = Carriage.objects.filter(message=settled_by_other).select_related("message")
            carrying._settle(list(found), at=MORNING, by="other")
            yield from Telegraph.deliver(self, batch, at=at)

    with standing_in(Late(limits=Limits(10_000, 10_000, 10_000, at_once=2))):
        dispatch(at=MORNING)

    assert fate_of(settled_by_other) == (MessageState.SENT, "in_doubt")
    assert fate_of(own) == (MessageState.SENT, "")
    outcomes = dict(Carriage.objects.values_list("message_id", "outcome"))
    assert outcomes == {settled_by_other.pk: "in_doubt", own.pk: "accepted"}
    assert Entry.objects.filter(kind="message.sent").count() == 2
