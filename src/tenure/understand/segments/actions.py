"""Fill the segments of a day: who is in which, and how many."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.records.jobs.models import Fill
from tenure.records.rows import insert_rows
from tenure.understand.segments.models import SegmentCount
from tenure.understand.segments.queries import Known, known
from tenure.understand.segments.reading import column, read_on_everyone
from tenure.warehouse.engines import open_engine
from tenure.warehouse.fills import Filled, complete, is_complete
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import SEGMENT_MASKS


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Read every segment's rule on every live term (SEG-05); a second call changes nothing.

    Returns:
        `rows`: live terms; `segments`: how many segments were read.
    """
    segments = known(as_of=as_of)
    day = day_number(as_of)
    filled = Filled(SEGMENT_MASKS.name, day, version=_version(segments))
    if is_complete(filled):
        rows = Fill.objects.get(entry=filled.entry, day=day).row_count
        return {"rows": rows, "segments": len(segments)}
    read = read_on_everyone({name: one.rule for name, one in segments.items()}, on=as_of)
    with open_engine(settings.TENURE_ENGINE) as engine:
        current_store().write(SEGMENT_MASKS, day=day, frame=read.table, at=at, engine=engine)
    mask = column(read.table, "mask")
    told = [
        (name, one.version, as_of, bit, read.people.count(bit), int(((mask >> bit) & 1).sum()))
        for bit, (name, one) in enumerate(segments.items())
    ]
    with transaction.atomic():
        SegmentCount.objects.filter(as_of=as_of).delete()
        columns = ("segment", "version", "as_of", "bit", "customers", "terms")
        insert_rows(SegmentCount, told, columns=columns)
        complete(filled, row_count=read.table.num_rows, at=at)
    return {"rows": read.table.num_rows, "segments": len(segments)}


def _version(segments: Mapping[str, Known]) -> str:
    """One name for the rules of all segments, in their order."""
    said = "|".join(f"{name}={one.version}" for name, one in segments.items())
    return hashlib.sha256(said.encode()).hexdigest()
