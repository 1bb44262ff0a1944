"""The worker: reacts within seconds, sends what has become due, and runs the day once a night."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import structlog

from tenure.act.messages.post import Post
from tenure.kernel import clock
from tenure.kernel.failures import Outage, Refusal
from tenure.loop.nightly import catch_up
from tenure.loop.outreach import deliver
from tenure.loop.reactions import react
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.jobs.queries import last_finished
from tenure.records.strategies.queries import NoStrategy, current

POLL_SECONDS = 1.0
# The business's own hour after which yesterday is run.
RUNS_AFTER = time(2)
FAILED_PAUSE = timedelta(minutes=10)
_log = structlog.get_logger("tenure.worker")


@dataclass(slots=True)
class Worker:
    """What it remembers between two looks: until when it leaves a failed day alone."""

    post: Post | None = None
    by: str = "worker"
    paused_until: datetime | None = None

    def look(self, at: datetime) -> None:
        """Do what is due at this moment; with nothing due it costs three small reads."""
        react(at=at, by=self.by)
        if _has_due(at):
            deliver(at=at, post=self.post, by=self.by)
        if self._should_run(at):
            catch_up(at=at, by=self.by, post=self.post)

    def _should_run(self, at: datetime) -> bool:
        if self.paused_until is not None and at < self.paused_until:
            return False
        local = at.astimezone(ZoneInfo(current().business.zone))
        if local.time() < RUNS_AFTER:
            return False
        last = last_finished()
        return last is not None and last.as_of < local.date() - timedelta(days=1)


def work(stop: Event, *, worker: Worker, now: Callable[[], datetime] = clock.now) -> None:
    """Look again and again until told to stop; one failed look does not end it."""
    while not stop.is_set():
        at = now()
        try:
            worker.look(at)
        except NoStrategy:
            stop.wait(POLL_SECONDS * 9)
        except (Refusal, Outage) as failure:
            _log.warning("look_failed", code=failure.code, told=str(failure))
            worker.paused_until = at + FAILED_PAUSE
        stop.wait(POLL_SECONDS)


def _has_due(at: datetime) -> bool:
    waiting = Message.objects.filter(state=MessageState.PLANNED, send_after__lte=at)
    return waiting.exists()
