"""How the runs went, and who holds what."""

from datetime import date, datetime

from tenure.records.jobs.models import Follower, Lease, Run
from tenure.records.jobs.rules import LIVES, WORKER
from tenure.records.journal.queries import START, Place


def run_of(as_of: date) -> Run | None:
    """The run of a day, finished or not."""
    return Run.objects.filter(as_of=as_of).first()


def last_finished() -> Run | None:
    """The newest day whose run is finished."""
    return Run.objects.filter(finished_at__isnull=False).order_by("-as_of").first()


def workers(at: datetime) -> tuple[int, float | None]:
    """How many workers live, and for how many seconds the last of them has been silent."""
    held = Lease.objects.filter(name__startswith=WORKER).order_by("-expires_at")
    until = list(held.values_list("expires_at", flat=True))
    silent = (at - (until[0] - LIVES)).total_seconds() if until else None
    return sum(one > at for one in until), silent


def place_of(name: str) -> Place:
    """How far a follower of the journal has read; the start where it never did."""
    places = Follower.objects.filter(name=name).values_list("place", flat=True)
    found = places.first()
    return Place.parse(found) if found else START
