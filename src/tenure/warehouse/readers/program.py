"""The child: takes one order a line, answers one line, ends when its parent does.

Orders are JSON: `{"address", "vendor", "connections"}` opens a moment, `{"paths", "zone"}` copies
tables as of that moment, `{}` closes it. Answers are `{"rows"}` by table, or `{"error", "errno"}`.
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


class Moment:
    """Some connections that all see the same moment."""

    def __init__(self, address: str, *, vendor: str, connections: int) -> None:
        self.vendor = vendor
        self.connections = [adbc.connect(address, vendor=vendor) for _ in range(connections)]
        self.free: SimpleQueue[Any] = SimpleQueue()
        for connection in self.connections:
            self.free.put(connection)

    def copy_all(self, paths: dict[str, str], *, zone: str) -> dict[str, int]:
        """Copy the tables, as many at once as there are connections."""
        with ThreadPoolExecutor(len(self.connections)) as pool:
            counts = pool.map(lambda table: self.copy(table, paths[table], zone=zone), paths)
            return dict(zip(paths, counts, strict=True))

    def copy(self, table: str, path: str, *, zone: str) -> int:
        """Copy one table over whichever connection is free."""
        connection = self.free.get()
        try:
            return adbc.copy(
                connection,
                Path(path),
                table=FACTS_BY_NAME[table],
                vendor=self.vendor,
                zone=zone,
            )
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
        """Carry out one order; how many rows it copied of each table."""
        if "paths" in order:
            assert self.moment is not None, "a moment was opened"
            return self.moment.copy_all(order["paths"], zone=order["zone"])
        if self.moment is not None:
            self.moment.close()
            self.moment = None
        if "address" in order:
            self.moment = Moment(**order)
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
