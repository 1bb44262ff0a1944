"""Several senders on PostgreSQL share the messages; on SQLite one sends and the others leave it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connections

from tenure.act.channels.channel import Limits, Outcome, Parcel, Result
from tenure.act.channels.pacing import Pace
from tenure.act.channels.registry import mouths, standing_in
from tenure.act.messages import actions
from tenure.loop.outreach import deliver
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.jobs.together import Work, parties, taking_part
from tenure.records.strategies.actions import apply_strategy
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import preset
from tenure.strategy.messages import Channel
from tests.builders import AS_OF, a_message, a_term, at_on

MORNING = at_on(AS_OF, 9)
MANY = 1_000_000


@dataclass(slots=True)
class Doorway:
    """A provider that takes everything; something happens while it takes its first message."""

    meanwhile: Callable[[], None]
    name: str = "doorway"
    way: Channel = Channel.SMS
    scheme: str = ""
    limits: Limits = field(default_factory=lambda: Limits(MANY, MANY, MANY, at_once=10))
    takes_keys: bool = False
    taken: list[int] = field(default_factory=list)

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        for parcel in batch:
            self.taken.append(parcel.message_id)
            if len(self.taken) == 1:
                self.meanwhile()
            yield Result(Outcome.ACCEPTED, "OK", str(parcel.message_id))


def in_another(work: Callable[[], None]) -> None:
    """Run it to its end as another process would: with a connection of its own."""

    def alone() -> None:
        try:
            work()
        finally:
            connections["default"].close()

    thread = Thread(target=alone)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def a_text(number: int, *, term: Term | None = None) -> Message:
    return a_message(
        term=term or a_term(days_left=7),
        send_key=f"text:{number}",
        template="ends_soon",
        journey="annual_renewal",
        step="t7",
        message_class=Message.Class.TRANSACTIONAL,
        channel="sms",
        address=f"1380000{number:04}",
        planned_at=MORNING,
        expires_at=MORNING + timedelta(days=3),
    )


def test_who_comes_while_another_sends_shares_the_work_or_leaves_it(
    shared_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each message leaves once; what else waits for a person in hand waits for its sender."""
    apply_strategy(preset("broadband"), by="test", at=MORNING.replace(year=2020))
    monkeypatch.setattr(actions, "BATCH_SIZE", 2)
    texts = [a_text(number) for number in range(5)]
    second = a_text(5, term=texts[0].term)
    by_another, seen = [], []

    def another() -> None:
        done = deliver(at=MORNING, by="another")
        by_another.append(done.sent)
        seen.append(Message.objects.get(pk=second.pk).state)

    door = Doorway(lambda: in_another(another))
    with standing_in(door) as mouth:
        done = deliver(at=MORNING, by="first")
        paces = mouth.pace.senders

    assert len(door.taken) == len(set(door.taken)) == done.sent + by_another[0]
    assert by_another == ([3] if shared_database == "postgres" else [0])
    assert seen == [MessageState.PLANNED]
    assert not Message.objects.filter(state=MessageState.SENDING).exists()
    assert set(door.taken) >= {one.pk for one in texts}
    assert paces == 1
    assert mouths().keys() == {"banner", "letter"}


@pytest.mark.parametrize("shared_database", ["postgres"], indirect=True)
@pytest.mark.postgres
def test_only_who_comes_while_nobody_sends_tidies_up(shared_database: str) -> None:
    """A killed process is nobody: its place ends with its connection."""
    tidied: list[str] = []
    inside, killed = Event(), Event()

    def sends_until_killed() -> None:
        place = taking_part(Work.SENDING, when_alone=lambda: tidied.append("first"))
        place.__enter__()
        inside.set()
        killed.wait(60)
        connections["default"].close()

    victim = Thread(target=sends_until_killed)
    victim.start()
    assert inside.wait(60)
    with taking_part(Work.SENDING, when_alone=lambda: tidied.append("second")):
        together = parties(Work.SENDING)
    killed.set()
    victim.join(60)
    with taking_part(Work.SENDING, when_alone=lambda: tidied.append("third")):
        alone = parties(Work.SENDING)

    assert (together, alone) == (2, 1)
    assert tidied == ["first", "third"]


def test_two_senders_ask_a_provider_as_often_as_one_may() -> None:
    """Of ten a second each of two takes five."""
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(Limits(10, 1, 1_000), now_s=lambda: now[0], sleep=sleep, senders=2)
    for _ in range(11):
        assert pace.ask("a") == 0.0

    assert sum(slept) == pytest.approx(10 * 2 / 10)
