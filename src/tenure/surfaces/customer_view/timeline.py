"""What happened to a customer, out of six sources in one order, a page at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tenure.records.rows import select_rows
from tenure.strategy.sections import Strategy
from tenure.surfaces.customer_view.happenings import Happening, told
from tenure.surfaces.customer_view.shapes import Timeline, TimelineEntry

QUERY: Final = Path(__file__).with_name("timeline.sql")
PAGE_ROWS: Final = 20
MOST_ROWS: Final = 200
SOURCES: Final = ("changes", "messages", "tickets", "payments", "answers")
_DATED: Final = frozenset({"payments", "answers"})
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a timeline: one source or all, after a mark or from the newest on."""

    account_id: int
    until: datetime
    source: str = ""
    mark: str = ""
    rows: int = PAGE_ROWS


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of one entry in the order."""

    at: datetime
    source: str
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{self.source}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Mark | None":
        """The mark that `str` wrote; None for anything else."""
        when, _, rest = text.partition("-")
        source, _, number = rest.partition("-")
        try:
            at = datetime.strptime(when, "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
            return cls(at, source, int(number))
        except ValueError:
            return None


def timeline(asked: Asked, *, strategy: Strategy) -> Timeline:
    """One page, newest first: one query."""
    rows = _rows(asked)
    shown = rows[: asked.rows]
    entries = tuple(_entry(row, strategy=strategy) for row in shown)
    return Timeline(entries, entries[-1].mark if len(rows) > asked.rows else "")


def _rows(asked: Asked) -> list[tuple[Any, ...]]:
    mark = Mark.parse(asked.mark)
    return select_rows(
        QUERY,
        {
            "account": asked.account_id,
            "until": asked.until,
            "source": asked.source if asked.source in SOURCES else "",
            "has_mark": int(mark is not None),
            "mark_at": mark.at if mark else _LONG_AGO,
            "mark_source": mark.source if mark else "",
            "mark_id": mark.id if mark else 0,
            "rows": min(asked.rows, MOST_ROWS) + 1,
        },
    )


def _entry(row: tuple[Any, ...], *, strategy: Strategy) -> TimelineEntry:
    at, source, number, kind, *words, value = row
    when = instant_of(at)
    happening = Happening(source, kind, tuple(word or "" for word in words), value, when)
    said = told(happening, strategy=strategy)
    return TimelineEntry(
        mark=str(Mark(when, source, number)),
        at=when,
        has_time=source not in _DATED,
        group=source,
        icon=said.icon,
        tone=said.tone,
        title=said.title,
        detail=said.detail,
        bare_title=said.bare_title or said.title,
        bare_detail=said.detail if said.bare_detail is None else said.bare_detail,
        origin=said.origin,
    )


def instant_of(stored: Any) -> datetime:
    """An instant as a database hands it over: SQLite as text, in UTC."""
    found = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
