"""A warehouse of a test's own, written and read as literal rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset as ready
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.declaration import Table
from tests.builders import AT
from tests.remembered import as_before
from tests.understand.features.literal import TABLES, TODAY, frame


@dataclass(frozen=True)
class Warehouse:
    """Writes literal rows, and reads tables back as dictionaries."""

    store: Store

    def write(self, *, on: int = TODAY, **rows: list[dict[str, Any]]) -> None:
        """Facts of a day; events go to their own days."""
        events = rows.pop("events", [])
        with open_engine(threads=1) as engine:
            for name, table in TABLES.items():
                if name != "events":
                    made = frame(engine, table, *rows.get(name, []))
                    self.store.write(table, day=on, frame=made, at=AT, engine=engine)
        by_day: dict[int, list[dict[str, Any]]] = {}
        for event in events:
            by_day.setdefault(event["day"], []).append(event)
        self.put_events(by_day)

    def put_events(self, by_day: Mapping[int, list[dict[str, Any]]]) -> None:
        """Events, each day in its file."""
        with open_engine(threads=1) as engine:
            for happened, rows in sorted(by_day.items()):
                made = frame(engine, TABLES["events"], *rows)
                self.store.write(TABLES["events"], day=happened, frame=made, at=AT, engine=engine)

    def rows(self, table: Table, *, on: int = TODAY) -> list[dict[str, Any]]:
        with open_engine(threads=1) as engine:
            read = self.store.read(table, engine=engine, from_day=on, to_day=on)
            found: list[dict[str, Any]] = engine.collect(read).to_pylist()
        return sorted(found, key=lambda row: tuple(row[name] for name in table.key))

    def put(self, table: Table, *rows: Mapping[str, Any], on: int = TODAY) -> None:
        """Literal rows of any table on one day."""
        with open_engine(threads=1) as engine:
            made = frame(engine, table, *rows)
            self.store.write(table, day=on, frame=made, at=AT, engine=engine)


def with_strategy(preset: str = "broadband") -> Warehouse:
    """A preset's strategy as applied a year before the day of the tests, and an empty store."""
    applied = ready(preset)
    as_before(
        f"{applied.hash} in 2025",
        lambda: apply_strategy(applied, by="test", at=AT.replace(year=2025)),
    )
    return Warehouse(current_store())
