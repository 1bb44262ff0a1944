"""How far each entry (a table, a metric, an estimator) is filled, day by day.

An entry is complete for a day from the moment its row here is committed, after its rows are
stored. Whoever is killed before that fills the day again, to the same result.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenure.records.jobs.models import Fill


@dataclass(frozen=True, slots=True)
class Filled:
    """One entry on one day, under one version of whatever it was computed from."""

    entry: str
    day: int
    version: str = ""


def is_complete(filled: Filled) -> bool:
    """Whether the entry was filled for that day under that very version."""
    found = Fill.objects.filter(entry=filled.entry, day=filled.day, version=filled.version)
    return found.exists()


def complete(filled: Filled, *, row_count: int, at: datetime) -> Fill:
    """Say that the entry is filled for the day; said again it only takes the new version."""
    row, _ = Fill.objects.update_or_create(
        entry=filled.entry,
        day=filled.day,
        defaults={"version": filled.version, "row_count": row_count, "filled_at": at},
    )
    return row


def reopen(entry: str, *, from_day: int) -> int:
    """Make the days from `from_day` on incomplete again, because what they read was corrected.

    Returns:
        How many days were complete before.
    """
    deleted, _ = Fill.objects.filter(entry=entry, day__gte=from_day).delete()
    return deleted


def latest_complete(entry: str, *, on_or_before: int) -> int | None:
    """The last complete day on or before a day: how far screens may say "complete to"."""
    days = Fill.objects.filter(entry=entry, day__lte=on_or_before).order_by("-day")
    return days.values_list("day", flat=True).first()
