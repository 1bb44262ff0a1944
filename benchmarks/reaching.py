"""Sending to nobody, reacting to what is entered, and a worker with nothing to do."""

import smtplib
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event, Timer
from typing import Final

from django.conf import settings

from benchmarks import ground
from tenure.act.channels.channel import Limits, Outcome, Parcel, Result
from tenure.act.channels.registry import carried, standing_in
from tenure.act.messages.actions import claim, dispatch
from tenure.act.messages.batches import Round, email_of, judge
from tenure.act.messages.carrying import carry
from tenure.act.messages.marks import Claims
from tenure.act.messages.rules import Fate
from tenure.act.messages.smtp import send_letter
from tenure.act.messages.wire import bytes_of, plain_address
from tenure.loop.reactions import react
from tenure.loop.worker import Worker, work
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import ContactPoint
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current, one_reading
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tenure.strategy.messages import Channel, MessageClass
from tenure.strategy.rules import ALWAYS
from tenure.warehouse.tables.understanding import TAG_MASKS

ZONE: Final = "Asia/Shanghai"
AT: Final = ground.now(ZONE)
IDLE_SECONDS: Final = 20
ENTRIES: Final = 5_000
SINGLY: Final = 200
PLAINLY: Final = 2_000
_MANY: Final = 1_000_000_000
_DAY: Final = timedelta(days=1)
_COLUMNS: Final = (
    "send_key", "account_id", "person_id", "term_id", "journey", "journey_version", "step",
    "template", "message_class", "channel", "language", "address", "state", "planned_at",
    "send_after", "expires_at",
)  # fmt: skip


class Nobody:
    """A provider of text messages that takes everything at once and tells no one."""

    name = "nobody"
    way = Channel.SMS
    scheme = ""
    limits = Limits(_MANY, _MANY, _MANY, at_once=500)
    takes_keys = False

    def __init__(self) -> None:
        self.keys: list[str] = []

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        for parcel in batch:
            self.keys.append(parcel.key)
            yield Result(Outcome.ACCEPTED, "OK", str(parcel.message_id))


def messages_wait() -> Mapping[str, object]:
    """Prepare: a text message about the service to everybody who has a telephone."""
    return _wait(Channel.SMS)


def letters_wait() -> Mapping[str, object]:
    """Prepare: an e-mail about the service to everybody who has an address."""
    return _wait(Channel.EMAIL)


def _wait(channel: Channel) -> Mapping[str, object]:
    strategy = current().at(ground.UNTIL)
    template = next(
        one
        for one in strategy.messages.values()
        if channel in one.renderings and one.message_class is MessageClass.TRANSACTIONAL
    )
    numbers = dict(ContactPoint.objects.filter(channel=channel).values_list("person_id", "address"))
    terms = Term.objects.filter(state=TermState.RUNNING).values_list("pk", "account_id")
    # A household of the benchmarks is its own only person, under the same number.
    rows = [
        (
            f"bench:null:{term}", account, account, term, "bench", "1", "null", template.id,
            template.message_class, channel, "zh-Hans", numbers[account],
            MessageState.PLANNED, AT, AT, AT + _DAY,
        )
        for term, account in terms
        if account in numbers
    ]  # fmt: skip
    return {"messages": insert_rows(Message, rows, columns=_COLUMNS)}


def dispatched() -> Mapping[str, object]:
    """One of several senders: everything that it can claim, until nothing is left."""
    channel, begun, used = Nobody(), time.perf_counter(), time.process_time()
    # As the loop sends: one strategy is read for the whole round.
    with standing_in(channel), one_reading():
        done = dispatch(at=AT, by="benchmark")
    return {
        "began": begun,
        "ended": time.perf_counter(),
        "processor_seconds": time.process_time() - used,
        "handed_over": len(channel.keys),
        "once": len(set(channel.keys)) == len(channel.keys),
        "sent": done.sent,
        "reasons": dict(done.reasons),
    }


def dispatched_singly() -> Mapping[str, object]:
    """The alternative: some of them, each claimed, judged, handed over and marked by itself."""
    channel, used, sent = Nobody(), time.process_time(), 0
    with standing_in(channel), one_reading():
        strategy = current().at(ground.UNTIL)
        round_ = Round(strategy, AT, ground.UNTIL, carried=carried())
        while sent < SINGLY and (ids := claim(AT, size=1)):
            leaving = [one for one in judge(ids, round_=round_) if one.verdict.fate is Fate.SEND]
            sent += sum(map(len, carry(leaving, claims=Claims(leaving, round_), by="benchmark")))
    assert len(set(channel.keys)) == sent, "each is handed over once"
    return {"sent": sent, "processor_seconds": time.process_time() - used}


def mailed() -> Mapping[str, object]:
    """Every e-mail, over one connection to the configured server, each marked as it is taken."""
    begun, used = time.perf_counter(), time.process_time()
    with one_reading():
        done = dispatch(at=AT, by="benchmark")
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    return {"seconds": seconds, "processor_seconds": used, "sent": done.sent}


def mailed_plainly() -> Mapping[str, object]:
    """The alternative: the same letters, written before, over one connection and nothing else."""
    waiting = Message.objects.filter(state=MessageState.PLANNED, channel=Channel.EMAIL)
    with one_reading():
        round_ = Round(current().at(ground.UNTIL), AT, ground.UNTIL)
        judged = judge(list(waiting.values_list("pk", flat=True)[:PLAINLY]), round_=round_)
        emails = [email_of(one, round_=round_) for one in judged]
    letters = [(bytes_of(one), one.from_email, one.to[0]) for one in emails]
    boxes = [(content, plain_address(by), plain_address(to)) for content, by, to in letters]
    options = settings.MAILERS["default"]["OPTIONS"]
    with smtplib.SMTP(options["host"], options["port"]) as connection:
        begun, used = time.perf_counter(), time.process_time()
        for content, sender, reader in boxes:
            assert sender, "the business has a plain address"
            assert reader, "a household of the benchmarks has a plain address"
            send_letter(connection, content, sender=sender, reader=reader)
        seconds, used = time.perf_counter() - begun, time.process_time() - used
    return {"seconds": seconds, "processor_seconds": used, "sent": len(boxes)}


def reacted() -> Mapping[str, object]:
    """Five seconds of a thousand entries each: every one starts the play of its tag."""
    strategy = current().at(ground.UNTIL)
    play = next(one for one in strategy.plays.values() if one.applies == ALWAYS)
    # On the first day on which tags are read nobody enters one.
    Fill.objects.create(entry=TAG_MASKS.name, day=0, version="1", filled_at=AT)
    react(at=AT, by="benchmark")
    terms = Term.objects.filter(state=TermState.RUNNING).order_by("ends_on")
    facts = [
        Fact("tag.entered", ground.UNTIL, account, term, {"tag": play.tag, "rule_version": "1"})
        for term, account in terms.values_list("pk", "account_id")[:ENTRIES]
    ]
    append_many(facts, at=AT, by="benchmark")
    begun, used = time.perf_counter(), time.process_time()
    react(at=AT, by="benchmark")
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    planned = Message.objects.filter(journey=play.id).count()
    calls = ToDo.objects.filter(once_key__contains=f":{play.id}:").count()
    return {
        "entries": len(facts),
        "seconds": seconds,
        "processor_seconds": used,
        "planned": planned + calls,
    }


def idle() -> Mapping[str, object]:
    """A worker that looks every second and finds nothing."""
    worker, stop = Worker(by="benchmark"), Event()
    worker.look(AT)
    Timer(IDLE_SECONDS, stop.set).start()
    used = time.process_time()
    work(stop, worker=worker, now=lambda: AT)
    return {"share": (time.process_time() - used) / IDLE_SECONDS}
