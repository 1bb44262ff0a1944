"""What a market is made from: the same recipe and catalogue always make the same market."""

from dataclasses import dataclass
from datetime import date, timedelta

from tenure.kernel.periods import add_months, day_number
from tenure.world.chance import Chance
from tenure.world.market.business import Business

HISTORY_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Recipe:
    """A business, its size, its seed, the last day of its history and the last day it lives."""

    business: Business
    customers: int  # who are customers on the last day of the history
    seed: int
    until: date  # the last day that can be lived
    rehearsed_days: int  # so many days up to `until` are lived day by day, not written as history
    zone: str
    currency: str
    country: str
    grace_days: int
    event_days: int | None = None  # write no events older than so many days; None: all of them

    def __post_init__(self) -> None:
        assert self.customers > 0, "a business has a customer"
        assert self.rehearsed_days >= 0, "days are counted up"

    @property
    def history_until(self) -> date:
        """The last day of the history."""
        return self.until - timedelta(days=self.rehearsed_days)

    @property
    def history_from(self) -> date:
        """The first day of the history."""
        return add_months(self.until + timedelta(days=1), -HISTORY_MONTHS)

    @property
    def first_day(self) -> int:
        return day_number(self.history_from)

    @property
    def first_event_day(self) -> int:
        """The first day whose events are written."""
        if self.event_days is None:
            return self.first_day
        return max(self.first_day, self.history_day - self.event_days + 1)

    @property
    def history_day(self) -> int:
        return day_number(self.history_until)

    @property
    def last_day(self) -> int:
        return day_number(self.until)

    @property
    def chance(self) -> Chance:
        return Chance(self.seed)
