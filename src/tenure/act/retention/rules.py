"""From which day and instant on each kind of record is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tenure.kernel.periods import add_months, day_number
from tenure.strategy.obligations import Evidence
from tenure.strategy.retention import Kept, Retention, Span


@dataclass(frozen=True, slots=True)
class Horizon:
    """The table of one day: `on` is the day, `zone` the business's.

    `sellers` maps the id of a seller to its country; `here` is the country of the business.
    """

    on: date
    zone: str
    retention: Retention
    evidence: Evidence
    sellers: Mapping[str, str]
    here: str

    def first_kept(self, kept: Kept) -> date:
        """The first day of which everything of a kind is still kept."""
        return self.retention.spans[kept].before(self.on)

    def instant(self, kept: Kept) -> datetime:
        """The beginning of that day."""
        return self.begins(self.first_kept(kept))

    def day(self, kept: Kept) -> int:
        """That day in days since 1970."""
        return day_number(self.first_kept(kept))

    def begins(self, on: date) -> datetime:
        """The first instant of a day of the business."""
        return datetime.combine(on, time(), tzinfo=ZoneInfo(self.zone))

    @property
    def notices(self) -> datetime:
        """From when on the texts of notices are kept for themselves (R-A-005)."""
        return self.begins(add_months(self.on, -12 * self.evidence.keep_years))

    @property
    def ended(self) -> date:
        """Whoever left before this day needs no proof of notices any more."""
        return add_months(self.on, -12 * self.evidence.after_end_years)

    def books_of(self, entity: str) -> date:
        """The first day of the books of a seller that is kept; of an unknown one the longest."""
        country = self.sellers.get(entity)
        if country is None:
            return self.books
        return self.books_in(country)

    def books_in(self, country: str) -> date:
        """The first day of the books of a country that is kept."""
        return year_kept(self.retention.books_of(country), self.on)

    @property
    def span_of_books(self) -> Span:
        """How long the ledger is kept: the longest time of all sellers."""
        countries = {self.here, *self.sellers.values()}
        spans = [self.retention.books_of(country) for country in countries]
        return max(spans, key=lambda one: one.months)

    @property
    def books(self) -> date:
        """The first day of the ledger that is kept."""
        return year_kept(self.span_of_books, self.on)


def year_kept(span: Span, on: date) -> date:
    """The first day of the books that is kept: they go by whole years, each from its end."""
    return date(span.before(on).year, 1, 1)
