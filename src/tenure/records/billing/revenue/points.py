"""What points promise of a sale: revenue that is earned when they are redeemed (IFRS 15, IE52)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tenure.kernel.money import rounded


@dataclass(frozen=True, slots=True)
class Year:
    """Points redeemed up to its end, and how many are expected to be redeemed in all by then."""

    redeemed: int
    expected: int


def allocated_to_points(*, cash_minor: int, goods_minor: int, points_minor: int) -> int:
    """The part of a price that the points stand for, by the prices of each sold alone.

    Args:
        goods_minor: the goods or the service alone.
        points_minor: points × value × probability of redemption.
    """
    return rounded(Fraction(cash_minor * points_minor, goods_minor + points_minor))


def revenue_by_year(allocated_minor: int, years: Sequence[Year]) -> list[int]:
    """What each year earns: the share redeemed of what is expected, less what was earned before.

    A new expectation is caught up at once, in the year in which it changes.
    """
    earned: list[int] = []
    for year in years:
        total = rounded(Fraction(allocated_minor * year.redeemed, year.expected))
        earned.append(total - sum(earned))
    return earned
