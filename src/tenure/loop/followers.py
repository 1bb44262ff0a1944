"""Follow the journal: what was entered is read once more, in order, at one's own pace."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from tenure.loop.leases import Held, held
from tenure.records.jobs.actions import follow_to
from tenure.records.jobs.queries import place_of
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.journal.models import Entry
from tenure.records.journal.queries import Place, after, newest

type Follower = Callable[[Sequence[Entry], datetime], int]


def follow(
    name: str, do: Follower, *, at: datetime, by: str, kinds: Collection[str] | None = None
) -> int:
    """Give a follower the journal from its place to the end; the sum of what it answered.

    The place reached is stored after each batch: whoever is killed in between gets that batch
    again, so what a follower does must bear being done twice. With nothing to read it costs one
    read; where another process follows already, it is left to it.

    Args:
        kinds: the kinds of entries that it wants; all of them when not given.
    """
    if newest() <= place_of(name):
        return 0
    try:
        with held(name, by=by) as lease:
            return _to_the_end(name, do, lease=lease, at=at, kinds=kinds)
    except AlreadyRunning:
        return 0


def _to_the_end(
    name: str, do: Follower, *, lease: Held, at: datetime, kinds: Collection[str] | None
) -> int:
    done, place = 0, place_of(name)
    # What a follower does may enter more that it wants, so the end is asked for again.
    while place < (end := newest()):
        while entries := after(place, until=end, kinds=kinds):
            done += do(entries, at)
            place = Place.of(entries[-1])
            follow_to(name, place, at=at)
            lease.beat()
        if place < end:
            place = end
            follow_to(name, place, at=at)
    return done
