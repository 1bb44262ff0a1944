"""What every kind of row can do: look up what it names, settle what it is, and be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tenure.observe.imports.lines import Record


class Writer(Protocol):
    """One kind of row."""

    def look_up(self, records: Sequence[Record]) -> None:
        """Read from the records whatever these rows name, all at once; a check begins."""
        ...

    def settle(self, record: Record) -> None:
        """Fill in the key of a row and what would be stored; raises FieldRefused."""
        ...

    def write(self, records: Sequence[Record]) -> None:
        """Store rows that are new or say something else than before."""
        ...


def differences(before: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What a source says differently now: name → [before, now]."""
    return {
        name: [_plain(before[name]), _plain(value)]
        for name, value in told.items()
        if before[name] != value
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | list | dict) else str(value)
