"""Tell the business's own people what the journal holds: the rooms that listen, who asked."""

from datetime import datetime

from tenure.act.alerts.actions import note, speak, waits
from tenure.act.alerts.rules import WORTH
from tenure.act.channels.registry import staff_mouths
from tenure.act.messages.post import Post, open_post
from tenure.loop.followers import follow
from tenure.loop.leases import held
from tenure.records.jobs.actions import follow_to
from tenure.records.jobs.models import Follower
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.journal.queries import newest
from tenure.records.views.queries import has_mail_readers

FOLLOWER = "alerts"


def raise_alarms(*, at: datetime, post: Post | None = None, by: str = "worker") -> int:
    """Write down what is new and say what is due; with nobody who listens it costs nothing.

    Whoever begins to listen is not told what was before.
    """
    if not staff_mouths() and not has_mail_readers():
        return 0
    try:
        if not Follower.objects.filter(name=FOLLOWER).exists():
            with held(FOLLOWER, by=by):
                follow_to(FOLLOWER, newest(), at=at)
        follow(FOLLOWER, lambda entries, then: note(entries, at=then), at=at, by=by, kinds=WORTH)
        if not waits(at=at):
            return 0
        with held("speaker", by=by):
            if post is not None:
                return speak(at=at, post=post)
            with open_post() as opened:
                return speak(at=at, post=opened)
    except AlreadyRunning:
        return 0
