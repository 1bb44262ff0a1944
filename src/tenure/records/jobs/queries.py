"""How the runs went, and who holds what."""

from datetime import date, datetime, timedelta

from tenure.records.jobs.models import Beat, Follower, Run
from tenure.records.journal.queries import START, Place


def run_of(as_of: date) -> Run | None:
    """The run of a day, finished or not."""
    return Run.objects.filter(as_of=as_of).first()


def last_finished() -> Run | None:
    """The newest day whose run is finished."""
    return Run.objects.filter(finished_at__isnull=False).order_by("-as_of").first()


LIVES = timedelta(minutes=1)


def workers(at: datetime) -> tuple[int, float | None]:
    """How many workers live, and for how many seconds the last of them has been silent."""
    beats = list(Beat.objects.order_by("-beat_at").values_list("beat_at", flat=True))
    silent = (at - beats[0]).total_seconds() if beats else None
    return sum(one > at - LIVES for one in beats), silent


def place_of(name: str) -> Place:
    """How far a follower of the journal has read; the start where it never did."""
    places = Follower.objects.filter(name=name).values_list("place", flat=True)
    found = places.first()
    return Place.parse(found) if found else START
