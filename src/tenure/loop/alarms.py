"""Tell the business's own people what the journal holds, where a room of theirs listens."""

from datetime import datetime

from tenure.act.alerts.actions import note, speak, waits
from tenure.act.alerts.rules import WORTH
from tenure.act.channels.registry import staff_mouths
from tenure.loop.followers import follow
from tenure.loop.leases import held
from tenure.records.jobs.actions import follow_to
from tenure.records.jobs.models import Follower
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.journal.queries import newest

FOLLOWER = "alerts"


def raise_alarms(*, at: datetime, by: str = "worker") -> int:
    """Write down what is new and say what is due; with nobody who listens it costs nothing.

    Whoever begins to listen is not told what was before.
    """
    if not staff_mouths():
        return 0
    try:
        if not Follower.objects.filter(name=FOLLOWER).exists():
            with held(FOLLOWER, by=by):
                follow_to(FOLLOWER, newest(), at=at)
        follow(FOLLOWER, lambda entries, then: note(entries, at=then), at=at, by=by, kinds=WORTH)
        if not waits(at=at):
            return 0
        with held("speaker", by=by):
            return speak(at=at)
    except AlreadyRunning:
        return 0
