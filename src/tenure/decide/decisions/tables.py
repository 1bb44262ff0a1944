"""The tables of one day that a choice is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tenure.understand.features.registry import FEATURES
from tenure.warehouse.store import Store
from tenure.warehouse.tables.facts import CONTACTS, INCIDENTS, TERMS, TICKETS
from tenure.warehouse.tables.understanding import HEALTH, RISKS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame


@dataclass(frozen=True)
class Tables:
    """Frames of one engine, all of one day."""

    features: Frame
    risks: Frame
    health: Frame
    terms: Frame
    tickets: Frame
    incidents: Frame
    contacts: Frame

    @classmethod
    def of_day(cls, day: int, *, store: Store, engine: Engine) -> Self:
        """What was computed for a day (days since 1970), with the newest facts of or before it."""
        computed = [
            store.read(table, engine=engine, from_day=day, to_day=day)
            for table in (FEATURES, RISKS, HEALTH)
        ]
        facts = [
            store.read_latest(table, on_or_before=day, engine=engine)
            for table in (TERMS, TICKETS, INCIDENTS, CONTACTS)
        ]
        return cls(*computed, *facts)
