"""The tables of one day that a choice is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import date_of
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.store import Store
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.facts import CONTACTS, INCIDENTS, TERMS, TICKETS
from tenure.warehouse.tables.understanding import HEALTH, RISKS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame


_COMPUTED = (FEATURES, RISKS, HEALTH)
_FACTS = (TERMS, TICKETS, INCIDENTS, CONTACTS)


class NotComputed(Refusal):
    """Nobody can choose for a day of which nothing was computed."""

    code = "not_computed"
    said = Sentence(
        zh="{as_of} 的特征还没有算出来；请先运行 `tenure run --as-of {as_of}`。",
        en="The features of {as_of} are not computed; run `tenure run --as-of {as_of}` first.",
    )


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
        """What was computed for a day (days since 1970), with the newest facts of or before it.

        Raises:
            NotComputed: the day has no features.
        """
        known = store.newest((*_COMPUTED, *_FACTS), on_or_before=day)
        if FEATURES.name not in known or known[FEATURES.name][0] != day:
            raise NotComputed(as_of=date_of(day))

        def read(table: Table, *, is_of_day: bool) -> Frame:
            found = known.get(table.name)
            if found is None or (is_of_day and found[0] != day):
                return engine.scan([], table)
            return engine.scan([found[1]], table)

        computed = [read(table, is_of_day=True) for table in _COMPUTED]
        facts = [read(table, is_of_day=False) for table in _FACTS]
        return cls(*computed, *facts)
