"""The child: takes one order a line, answers one line, ends when its parent does.

Orders are JSON: `{"address", "vendor", "connections"}` opens a moment, `{"paths", "bases", "zone"}`
copies tables as of that moment, `{}` closes it. Answers are `{"rows"}` by table and, of a moment
that was opened, how far it sees (`SEEN`); or `{"error", "errno"}`.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import adbc_driver_manager.dbapi as dbapi

from tenure.warehouse.readers import adbc
from tenure.warehouse.tables.facts import FACTS_BY_NAME

SEEN = "seen"


class Moment:
    """Some connections that all see the same moment."""

    def __init__(self, address: str, *, vendor: str, connections: int) -> None:
        self.vendor = vendor
        self.connections = [adbc.connect(address, vendor=vendor) for _ in range(connections)]
        self.free: SimpleQueue[Any] = SimpleQueue()
        for connection in self.connections:
            self.free.put(connection)

    def copy_all(
        self, paths: dict[str, str], *, bases: dict[str, str], zone: str
    ) -> dict[str, int]:
        """Copy the tables, as many at once as there are connections."""

        def copied(table: str) -> int:
            base = Path(bases[table]) if table in bases else None
            reading = adbc.Reading(self.vendor, zone, base)
            return self.copy(table, Path(paths[table]), reading=reading)

        with ThreadPoolExecutor(len(self.connections)) as pool:
            return dict(zip(paths, pool.map(copied, paths), strict=True))

    def seen(self) -> int:
        """Up to which number of changes the moment holds all of them."""
        return adbc.seen(self.connections[0], vendor=self.vendor)

    def copy(self, table: str, path: Path, *, reading: adbc.Reading) -> int:
        """Copy one table over whichever connection is free."""
        connection = self.free.get()
        try:
            return adbc.copy(connection, path, table=FACTS_BY_NAME[table], reading=reading)
        finally:
            self.free.put(connection)

    def close(self) -> None:
        """Leave the database alone."""
        for connection in self.connections:
            connection.close()


class Child:
    """At most one open moment."""

    def __init__(self) -> None:
        self.moment: Moment | None = None

    def obey(self, order: dict[str, Any]) -> dict[str, int]:
        """Carry out one order; how many rows it copied of each table, or how far a moment sees."""
        if "paths" in order:
            assert self.moment is not None, "a moment was opened"
            return self.moment.copy_all(**order)
        if self.moment is not None:
            self.moment.close()
            self.moment = None
        if "address" in order:
            self.moment = Moment(**order)
            return {SEEN: self.moment.seen()}
        return {}


def main() -> None:
    """Obey until the parent closes the pipe."""
    child = Child()
    with suppress(KeyboardInterrupt):
        for line in sys.stdin:
            try:
                answer: dict[str, object] = {"rows": child.obey(json.loads(line))}
            except (OSError, dbapi.Error) as error:
                answer = {"error": str(error), "errno": getattr(error, "errno", None)}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
    child.obey({})


if __name__ == "__main__":
    main()
