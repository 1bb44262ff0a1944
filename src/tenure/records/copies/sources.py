"""Which change of which table of the database touches which rows of which table of facts."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

EVENTS: Final = ("INSERT", "UPDATE", "DELETE")
_FILE: Final = Path(__file__).with_suffix(".sql")
_SOURCE: Final = re.compile(
    r"^-- table (?P<name>\w+)\n(?P<rows>.+?'(?P<fact>\w+)'.+)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Source:
    """A table that a table of facts is read from, and the query for what a change touches."""

    name: str
    fact: str
    query: str

    def rows(self, seen: str) -> str:
        """The fact and the keys, for the row as it is (`NEW`) or as it was (`OLD`)."""
        return self.query.format(seen=seen)


@cache
def sources() -> tuple[Source, ...]:
    """Every table that is watched."""
    text = _FILE.read_text(encoding="utf-8")
    return tuple(Source(one["name"], one["fact"], one["rows"]) for one in _SOURCE.finditer(text))
