"""The worker: reacts within seconds, looks after money, sends, and runs the day once a night."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import structlog
from django.db import connection

from tenure.act.batches.actions import go_on_with_all, waits_to_go_on
from tenure.act.channels.registry import staff_mouths
from tenure.act.collecting.queries import has_money_due
from tenure.act.documents import carrying
from tenure.act.journeys.rules import PLANNED_FROM
from tenure.act.messages.post import Post
from tenure.act.messages.queries import is_stopped
from tenure.act.self_service.cancelling import abandon_due
from tenure.act.self_service.declaring import send_receipts
from tenure.act.self_service.queries import owes_receipts, waits_to_be_abandoned
from tenure.act.webhooks.actions import Courier
from tenure.kernel import clock
from tenure.kernel.failures import Outage, Refusal
from tenure.loop.alarms import raise_alarms
from tenure.loop.happening import EventWatch
from tenure.loop.leases import worker_name
from tenure.loop.money import collect_money
from tenure.loop.nightly import catch_up
from tenure.loop.outreach import deliver
from tenure.loop.reactions import react
from tenure.loop.takings import look_after_money, read_bills
from tenure.loop.telling import tell
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.jobs.actions import say_alive, say_ended
from tenure.records.jobs.models import Run
from tenure.records.jobs.queries import last_finished
from tenure.records.strategies.queries import NoStrategy, current

POLL_SECONDS = 1.0
# How long everything, or the night alone, is left in peace after it was refused.
REST = timedelta(minutes=1)
# How often deductions, their notices and ended mandates are looked at.
MONEY_EVERY = timedelta(minutes=1)
# How often receipts of declarations, visits left open and requests for invoices are looked for.
PAPERS_EVERY = timedelta(seconds=15)
BEAT_EVERY = timedelta(seconds=15)
# A clock that runs back by less was only put right.
SET_BACK = timedelta(minutes=1)
NIGHT_EVERY = timedelta(seconds=5)
NIGHT_REST = timedelta(minutes=10)
_log = structlog.get_logger("tenure.worker")


@dataclass(slots=True)
class Worker:
    """What it remembers between two looks: until when it leaves alone what was refused."""

    post: Post | None = None
    by: str = "worker"
    courier: Courier = field(default_factory=Courier.of_settings)
    events: EventWatch = field(default_factory=EventWatch)
    rests_until: datetime | None = None
    nights_from: datetime | None = None
    money_from: datetime | None = None
    papers_from: datetime | None = None
    bills_from: datetime | None = None
    beats_from: datetime | None = None
    seen_at: datetime | None = None
    name: str = field(default_factory=worker_name)

    def beat(self, at: datetime) -> None:
        """Say a few times a minute that this worker lives."""
        if self.beats_from is None or at >= self.beats_from:
            self.beats_from = at + BEAT_EVERY
            say_alive(self.name, at=at)

    def end(self) -> None:
        """End as asked: what is under way is noted, and nobody waits for this worker."""
        if self.seen_at is not None:
            self.courier.finish(self.seen_at)
        self.courier.close()
        say_ended(self.name)

    def _notice_clock(self, at: datetime) -> None:
        """A clock that was set back: what was put off by the hour that it showed is due again."""
        if self.seen_at is not None and at < self.seen_at - SET_BACK:
            _log.warning("clock_set_back", seen=self.seen_at.isoformat(), now=at.isoformat())
            self.rests_until = self.nights_from = self.money_from = None
            self.papers_from = self.bills_from = self.beats_from = None
        self.seen_at = at

    def look(self, at: datetime) -> None:
        """Do what is due at this moment; with nothing due it costs a few small reads."""
        self._notice_clock(at)
        self.beat(at)
        if self.rests_until is not None and at < self.rests_until:
            return
        try:
            react(at=at, by=self.by)
            self.events.look(at, by=self.by)
            if _has_due(at) and not is_stopped():
                deliver(at=at, post=self.post, by=self.by)
            tell(self.courier, at=at, by=self.by)
            if staff_mouths():
                raise_alarms(at=at, post=self.post, by=self.by)
            self._look_at_money(at)
            self._look_at_papers(at)
        except (Refusal, Outage) as failure:
            _log.warning("look_failed", code=failure.code, told=str(failure))
            self.rests_until = at + REST
            return
        self._look_at_night(at)

    def _look_at_papers(self, at: datetime) -> None:
        """What is promised within minutes is looked for a few times a minute, not every second."""
        if self.papers_from is not None and at < self.papers_from:
            return
        self.papers_from = at + PAPERS_EVERY
        # A room hears at once; who asked for mails is looked for here.
        raise_alarms(at=at, post=self.post, by=self.by)
        if owes_receipts(at):
            send_receipts(at=at, post=self.post, by=self.by)
        if waits_to_be_abandoned(at):
            abandon_due(at=at, by=self.by)
        if waits_to_go_on():
            go_on_with_all(at=at, by=self.by)
        if carrying.has_due(at):
            carrying.advance(at=at, by=self.by)

    def _look_at_money(self, at: datetime) -> None:
        look_after_money(at=at, by=self.by)
        if self.bills_from is None or at >= self.bills_from:
            self.bills_from = at + MONEY_EVERY
            read_bills(at=at, by=self.by)
        if self.money_from is not None and at < self.money_from:
            return
        self.money_from = at + MONEY_EVERY
        if has_money_due(at=at):
            collect_money(at=at, by=self.by)

    def _look_at_night(self, at: datetime) -> None:
        if self.nights_from is not None and at < self.nights_from:
            return
        try:
            self.nights_from = at + NIGHT_EVERY
            if _is_behind(at):
                catch_up(at=at, by=self.by, post=self.post)
        except NoStrategy:
            self.nights_from = at + REST
        except (Refusal, Outage) as failure:
            _log.warning("night_failed", code=failure.code, told=str(failure))
            self.nights_from = at + NIGHT_REST


def work(stop: Event, *, worker: Worker, now: Callable[[], datetime] = clock.now) -> None:
    """Look again and again until told to stop; one refused look does not end it."""
    is_ready = False
    while not stop.is_set():
        is_ready = is_ready or _is_ready()
        if is_ready:
            worker.look(now())
        stop.wait(POLL_SECONDS)
    if is_ready:
        worker.end()


def _is_ready() -> bool:
    """Whether the records database has its tables; before the first set-up there is no work."""
    return Run._meta.db_table in connection.introspection.table_names()


def _has_due(at: datetime) -> bool:
    waiting = Message.objects.filter(state=MessageState.PLANNED, send_after__lte=at)
    return waiting.exists()


def _is_behind(at: datetime) -> bool:
    """Whether a day is over, its night's hour has come, and it was not run yet."""
    local = at.astimezone(ZoneInfo(current().business.zone))
    last = last_finished()
    if last is None or local.time() < PLANNED_FROM:
        return False
    return last.as_of < local.date() - timedelta(days=1)
