"""How long each kind of record is kept: a table of the operator's, dated like every section.

A strategy without the file keeps by the shipped table (R-P-036). How long the texts of notices
prove something is said by the law's own table: `obligations.toml`, `[evidence]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import add_months
from tenure.strategy.reading import Reader


class Kept(StrEnum):
    """What a nightly job lets go when its time is over."""

    RAW_EVENTS = "raw_events"
    MESSAGE_BODIES = "message_bodies"
    RECEIPTS = "delivery_receipts"
    SCORES = "scores"
    AUDIT = "audit_log"
    BOOKS = "books"
    SESSIONS = "sessions"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in whole months or whole days; the other is 0."""

    months: int = 0
    days: int = 0

    def before(self, on: date) -> date:
        """The first day that is still kept on a day."""
        return add_months(on, -self.months) - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class AfterEnd:
    """What follows the end of everything that a customer had, in days from that end (R-P-009).

    Data can be taken out through day `export_days`; it is told of on the day of the end and on
    `remind_days`; on `delete_days` it is deleted.
    """

    export_days: int = 30
    remind_days: tuple[int, ...] = (15, 27)
    delete_days: int = 90


@dataclass(frozen=True, slots=True)
class Retention:
    """Kind → how long; of books also country of the seller → how long; what follows an end."""

    spans: Mapping[Kept, Span]
    books_by_country: Mapping[str, Span]
    after_end: AfterEnd = AfterEnd()

    def books_of(self, country: str) -> Span:
        """How long the books of a seller in a country are kept."""
        return self.books_by_country.get(country, self.spans[Kept.BOOKS])


DEFAULTS: Final[Mapping[Kept, Span]] = {
    Kept.RAW_EVENTS: Span(months=25),
    Kept.MESSAGE_BODIES: Span(months=13),
    Kept.RECEIPTS: Span(months=25),
    Kept.SCORES: Span(months=25),
    Kept.AUDIT: Span(months=60),
    Kept.BOOKS: Span(months=120),
    Kept.SESSIONS: Span(days=90),
}
# Vouchers of accounting in China: 会计档案管理办法 (财政部 国家档案局令第 79 号), thirty years.
BOOKS_BY_COUNTRY: Final[Mapping[str, Span]] = {"CN": Span(months=360)}
# Metrics of the last 24 months are counted anew from events and segments when facts come late;
# a month of events before them is read, too. The books have a law of their own below.
_LEAST_MONTHS: Final[Mapping[Kept, int]] = {
    Kept.RAW_EVENTS: 25,
    Kept.SCORES: 25,
    Kept.RECEIPTS: 3,
    Kept.AUDIT: 36,
    Kept.BOOKS: 72,
}
_MOST_MONTHS: Final = 1_200
_MOST_DAYS: Final = 3_650
_BEFORE: Final = Sentence(
    zh="提醒日须从小到大、大于 0 且早于导出截止日（第 {export} 天）",
    en="days of reminders rise, are above 0 and before the last day of exporting, {export}",
)
_NO_COUNTRY: Final = Sentence(
    zh="“{found}”不是两个大写字母的国家代码",
    en="“{found}” is no country of two capital letters",
)


def read(reader: Reader) -> Retention:
    """Read retention.toml."""
    spans = {kept: _span(reader, kept) for kept in Kept}
    return Retention(spans, _countries(reader), _after_end(reader))


def _after_end(reader: Reader) -> AfterEnd:
    if not reader.has("after_end"):
        return AfterEnd()
    below, usual = reader.below("after_end"), AfterEnd()
    export_days = below.whole("export_days", usual.export_days, least=1, most=_MOST_DAYS)
    delete_days = below.whole(
        "delete_days", usual.delete_days, least=export_days + 1, most=_MOST_DAYS
    )
    reminds = below.wholes("remind_days", usual.remind_days) or ()
    if any(not 0 < day < export_days for day in reminds) or sorted(set(reminds)) != list(reminds):
        below.refuse("remind_days", _BEFORE.fill(export=export_days))
    below.done()
    return AfterEnd(export_days, tuple(reminds), delete_days)


def _span(reader: Reader, kept: Kept) -> Span:
    if not reader.has(kept.value):
        return DEFAULTS[kept]
    below = reader.below(kept.value)
    least = _LEAST_MONTHS.get(kept, 1)
    if kept is Kept.SESSIONS:
        span = Span(days=below.whole("days", least=1, most=_MOST_DAYS))
    else:
        span = Span(months=below.whole("months", least=least, most=_MOST_MONTHS))
    below.done()
    return span


def _countries(reader: Reader) -> Mapping[str, Span]:
    if not reader.has("books_by_country"):
        return BOOKS_BY_COUNTRY
    below, found = reader.below("books_by_country"), {}
    for country in below.table:
        if len(country) != 2 or not country.isascii() or not country.isupper():
            below.refuse(country, _NO_COUNTRY.fill(found=country))
        least = _LEAST_MONTHS[Kept.BOOKS]
        found[country] = Span(months=below.whole(country, least=least, most=_MOST_MONTHS))
    below.done()
    return found
