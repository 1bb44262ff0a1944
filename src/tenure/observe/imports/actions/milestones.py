"""Steps from lead to renewal; a lead needs no account of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any, Final

from tenure.observe.imports.known import Known
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.dates import FIRST_DAY, believed
from tenure.observe.imports.rules.faults import ImplausibleDay
from tenure.records.milestones.models import Milestone
from tenure.records.rows import insert_rows, update_rows

_TOLD: Final = ("party_source", "party", "stage", "happened_on")


class MilestoneWriter:
    """Rows by (source, external id) that a source may correct (DAT-04)."""

    def __init__(self, known: Known) -> None:
        self.errand = known.errand
        self.stored: dict[str, dict[str, Any]] = {}

    def look_up(self, records: Sequence[Record]) -> None:
        """What was told of these steps before; they name nobody who must be known."""
        found = Milestone.objects.filter(
            source=self.errand.source, external_id__in=[one.values["id"] for one in records]
        )
        rows = found.values("pk", "external_id", *_TOLD)
        self.stored = {str(row["external_id"]): dict(row) for row in rows}

    def settle(self, record: Record) -> None:
        values = record.values
        happened_on = values["happened_on"]
        try:
            believed(happened_on, first=FIRST_DAY, last=self.errand.as_of + timedelta(days=1))
        except ImplausibleDay as refusal:
            raise FieldRefused("happened_on", refusal) from None
        record.key = values["id"]
        record.ready = {
            "party_source": self.errand.account_source,
            "party": values["account"],
            "stage": values["stage"],
            "happened_on": happened_on,
        }

    def write(self, records: Sequence[Record]) -> None:
        source = self.errand.source
        fresh: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        for one in records:
            told = tuple(one.ready[name] for name in _TOLD)
            before = self.stored.get(one.key)
            if before is None:
                at = self.errand.known_from(one.ready["happened_on"], time(12))
                fresh.append((source, one.key, *told, at))
            elif told != tuple(before[name] for name in _TOLD):
                changed.append((*told, before["pk"]))
        insert_rows(Milestone, fresh, columns=("source", "external_id", *_TOLD, "recorded_at"))
        update_rows(Milestone, changed, columns=_TOLD)
