"""Tell other programs what the journal holds, as far as they want to hear it."""

from datetime import datetime

from tenure.act.webhooks.actions import Courier, enqueue
from tenure.loop.followers import follow
from tenure.loop.leases import held
from tenure.records.jobs.actions import follow_to
from tenure.records.jobs.models import Follower
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.journal.models import Entry
from tenure.records.journal.queries import Place
from tenure.records.webhooks.queries import endpoints, has_due

FOLLOWER = "webhooks"


def tell(courier: Courier, *, at: datetime, by: str = "worker") -> int:
    """Queue what is new and send what is due; how many requests are under way.

    With no endpoint it costs one small read. Claims keep two senders apart.
    """
    open_now = endpoints(with_closed=False)
    if not open_now and not courier.is_busy:
        return 0
    if open_now:
        _begin(min(one.created_at for one in open_now), at=at)
        follow(FOLLOWER, lambda entries, then: enqueue(entries, at=then), at=at, by=by)
    return courier.look(at) if courier.is_busy or has_due(at) else 0


def _begin(created_at: datetime, *, at: datetime) -> None:
    """Begin to follow where the first endpoint was opened: nobody is told what was before."""
    if Follower.objects.filter(name=FOLLOWER).exists():
        return
    before = Entry.objects.filter(at__lt=created_at).order_by("written_in", "pk").last()
    if before is None:
        return
    try:
        with held(FOLLOWER, by="worker"):
            follow_to(FOLLOWER, Place.of(before), at=at)
    except AlreadyRunning:
        return
