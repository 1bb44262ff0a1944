"""The tables of one day that a choice is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import date_of
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.store import Store
from tenure.warehouse.tables.facts import CONTACTS, INCIDENTS, TERMS, TICKETS
from tenure.warehouse.tables.understanding import HEALTH, RISKS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame


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
        if not store.paths(FEATURES, from_day=day, to_day=day):
            raise NotComputed(as_of=date_of(day))
        computed = [
            store.read(table, engine=engine, from_day=day, to_day=day)
            for table in (FEATURES, RISKS, HEALTH)
        ]
        facts = [
            store.read_latest(table, on_or_before=day, engine=engine)
            for table in (TERMS, TICKETS, INCIDENTS, CONTACTS)
        ]
        return cls(*computed, *facts)
