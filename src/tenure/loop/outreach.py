"""Send what is due, then follow what failed, until nothing is left to do now."""

from datetime import datetime

from tenure.act.journeys.failures import follow_failures
from tenure.act.messages.actions import Dispatched, dispatch, free_claims
from tenure.act.messages.looking import look
from tenure.act.messages.post import Post
from tenure.loop.leases import Held, held
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.strategies.queries import one_reading

# Each round uses up one channel of a person.
MOST_ROUNDS = 5


def deliver(*, at: datetime, post: Post | None = None, by: str = "loop") -> Dispatched:
    """Send every message whose time has come; where another process is sending, leave it to it."""
    try:
        with held("sender", by=by) as lease, one_reading():
            free_claims()
            look(at=at)
            return _rounds(lease, at=at, post=post, by=by)
    except AlreadyRunning:
        return Dispatched()


def _rounds(lease: Held, *, at: datetime, post: Post | None, by: str) -> Dispatched:
    done = Dispatched()
    for _ in range(MOST_ROUNDS):
        done.add(dispatch(at=at, post=post, by=by))
        lease.beat()
        if not follow_failures(at=at, by=by):
            break
    return done
