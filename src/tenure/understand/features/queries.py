"""The features of a day in two readings: as they were known then, and as corrected since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tenure.kernel.periods import day_number
from tenure.records.jobs.models import Fill
from tenure.records.journal.models import Entry
from tenure.understand.features.registry import CORRECTIONS, FEATURES
from tenure.warehouse.store import Store

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame

CORRECTED = "features.corrected"


class Reading(StrEnum):
    """Which knowledge of a past day is wanted."""

    KNOWN_THEN = "known_then"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Correction:
    """A filled day whose features late events have changed since.

    `features` says of how many terms each feature is another one now.
    """

    day: date
    known_at: datetime
    corrected_at: datetime
    terms: int
    features: Mapping[str, int]


def features_as(reading: Reading, day: int, *, store: Store, engine: Engine) -> Frame:
    """The features of a filled day (DAT-03): what was decided on, or what is known by now.

    Args:
        day: days since 1970.
    """
    then = store.read(FEATURES, engine=engine, from_day=day, to_day=day)
    if reading is Reading.KNOWN_THEN or not store.paths(CORRECTIONS, from_day=day, to_day=day):
        return then
    import narwhals.stable.v2 as nw

    changed = store.read(CORRECTIONS, engine=engine, from_day=day, to_day=day)
    same = then.join(changed.select("term_id"), on="term_id", how="anti")
    return nw.concat([same, changed])


def corrections(*, since: date, until: date) -> list[Correction]:
    """The corrected days between two days, both counted, the last one first."""
    entries = Entry.objects.filter(kind=CORRECTED, on__gte=since, on__lte=until).order_by("pk")
    newest = {entry.on: entry for entry in entries}
    days = [day_number(on) for on in newest]
    filled = Fill.objects.filter(entry=FEATURES.name, day__in=days)
    known = dict(filled.values_list("day", "filled_at"))
    return [
        Correction(
            day=on,
            known_at=known[day_number(on)],
            corrected_at=entry.at,
            terms=entry.content["terms"],
            features=entry.content["features"],
        )
        for on, entry in sorted(newest.items(), reverse=True)
        if entry.content["terms"] and day_number(on) in known
    ]
