"""What payments and friends earn: points of loyalty, and how long they can be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import add_months
from tenure.strategy.reading import Reader

_MOST_PER_UNIT = 1_000
_LONGEST_MONTHS = 120
_MOST_REFERRED = 1_000_000
_LONGEST_DAYS = 366
_MOST_IN_GROUP = 50
_MOST_OFF = 90
_LONGEST_HOURS = 336
GROUP_PRICE = Sentence(zh="拼团价", en="group price")


@dataclass(frozen=True, slots=True)
class Earning:
    """Points for each whole unit of money that is paid, and the months in which they are good."""

    points_per_unit: int
    valid_months: int

    def points_of(self, paid: Money) -> int:
        """Whole points of a payment; what is less than a point earns none."""
        unit = 10 ** EXPONENTS[paid.currency]
        return int(Fraction(paid.amount_minor * self.points_per_unit, unit))

    def expires_on(self, earned_on: date) -> date:
        """The first day on which they cannot be used."""
        return add_months(earned_on, self.valid_months)


@dataclass(frozen=True, slots=True)
class Referral:
    """Points for who brought a newcomer and for the newcomer, once the money cannot go back.

    They wait until `after_days` have passed since a payment of the newcomer: the time in which it
    may be asked back.
    """

    sharer_points: int
    newcomer_points: int
    after_days: int
    valid_months: int

    def last_paid_on(self, on: date) -> date:
        """The last day of a payment that is out of its time on a day."""
        return on - timedelta(days=self.after_days)

    def expires_on(self, earned_on: date) -> date:
        """The first day on which the points cannot be used."""
        return add_months(earned_on, self.valid_months)


@dataclass(frozen=True, slots=True)
class Together:
    """Renewing in a group: so many must have paid within so many hours, for so much off."""

    size: int
    percent_off: int
    hours: int


@dataclass(frozen=True, slots=True)
class Loyalty:
    """How points are earned, and what a group saves; None where there is none."""

    earning: Earning | None
    referral: Referral | None = None
    together: Together | None = None


def read(reader: Reader) -> Loyalty:
    """Read loyalty.toml."""
    return Loyalty(_earning(reader), _referral(reader), _together(reader))


def _together(reader: Reader) -> Together | None:
    """`[group]`: a group purchase (REF-03); without it nobody can open one."""
    if not reader.has("group"):
        return None
    below = reader.below("group")
    found = Together(
        size=below.whole("size", least=2, most=_MOST_IN_GROUP),
        percent_off=below.whole("percent_off", least=1, most=_MOST_OFF),
        hours=below.whole("hours", least=1, most=_LONGEST_HOURS),
    )
    below.done()
    return found


def _earning(reader: Reader) -> Earning | None:
    if not reader.has("earning"):
        return None
    below = reader.below("earning")
    earning = Earning(
        points_per_unit=below.whole("points_per_unit", least=1, most=_MOST_PER_UNIT),
        valid_months=below.whole("valid_months", least=1, most=_LONGEST_MONTHS),
    )
    below.done()
    return earning


def _referral(reader: Reader) -> Referral | None:
    if not reader.has("referral"):
        return None
    below = reader.below("referral")
    referral = Referral(
        sharer_points=below.whole("sharer_points", least=1, most=_MOST_REFERRED),
        newcomer_points=below.whole("newcomer_points", least=1, most=_MOST_REFERRED),
        after_days=below.whole("after_days", least=1, most=_LONGEST_DAYS),
        valid_months=below.whole("valid_months", least=1, most=_LONGEST_MONTHS),
    )
    below.done()
    return referral
