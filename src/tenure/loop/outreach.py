"""Send what is due, then follow what failed, until nothing is left to do now."""

from collections.abc import Callable
from datetime import datetime

from tenure.act.journeys.failures import follow_failures
from tenure.act.messages.actions import Dispatched, dispatch, free_claims
from tenure.act.messages.looking import look
from tenure.act.messages.post import Post
from tenure.loop.leases import held
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.jobs.together import Work, can_share, taking_part
from tenure.records.strategies.queries import one_reading

# Each round uses up one channel of a person.
MOST_ROUNDS = 5


def deliver(*, at: datetime, post: Post | None = None, by: str = "loop") -> Dispatched:
    """Send every message whose time has come.

    On PostgreSQL several processes share the messages. SQLite has one writer: where another
    process is sending there, everything is left to it.
    """
    if can_share():
        with taking_part(Work.SENDING, when_alone=free_claims), one_reading():
            return _rounds(lambda: None, at=at, post=post, by=by)
    try:
        with held("sender", by=by) as lease, one_reading():
            free_claims()
            return _rounds(lease.beat, at=at, post=post, by=by)
    except AlreadyRunning:
        return Dispatched()


def _rounds(beat: Callable[[], None], *, at: datetime, post: Post | None, by: str) -> Dispatched:
    look(at=at)
    done = Dispatched()
    for _ in range(MOST_ROUNDS):
        done.add(dispatch(at=at, post=post, by=by))
        beat()
        if not follow_failures(at=at, by=by):
            break
    return done
