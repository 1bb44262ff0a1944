"""What a payment earns: points of loyalty, and how long they can be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.money import Money
from tenure.kernel.periods import add_months
from tenure.strategy.reading import Reader

_MOST_PER_UNIT = 1_000
_LONGEST_MONTHS = 120


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
class Loyalty:
    """How points are earned; None where there are none."""

    earning: Earning | None


def read(reader: Reader) -> Loyalty:
    """Read loyalty.toml."""
    if not reader.has("earning"):
        return Loyalty(None)
    below = reader.below("earning")
    earning = Earning(
        points_per_unit=below.whole("points_per_unit", least=1, most=_MOST_PER_UNIT),
        valid_months=below.whole("valid_months", least=1, most=_LONGEST_MONTHS),
    )
    below.done()
    return Loyalty(earning)
