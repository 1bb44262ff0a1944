"""How the runs went, and who holds what."""

from datetime import date

from tenure.records.jobs.models import Run


def run_of(as_of: date) -> Run | None:
    """The run of a day, finished or not."""
    return Run.objects.filter(as_of=as_of).first()


def last_finished() -> Run | None:
    """The newest day whose run is finished."""
    return Run.objects.filter(finished_at__isnull=False).order_by("-as_of").first()
