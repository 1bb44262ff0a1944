"""How use grows, from the months that are over."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from statistics import median

from tenure.kernel.money import rounded


def growth_per_month(months: Sequence[int]) -> Fraction:
    """Units that each month adds: the median of the slopes between all pairs (Theil and Sen).

    One outlier among the months moves it little. Fewer than two months grow by nothing.

    References:
        P. K. Sen, Journal of the American Statistical Association 63 (1968), 1379-1389.
    """
    slopes = [
        Fraction(later - earlier, right - left)
        for (left, earlier), (right, later) in combinations(enumerate(months), 2)
    ]
    return median(slopes) if slopes else Fraction(0)


def projected(months: Sequence[int], *, ahead: int) -> tuple[int, ...]:
    """Units of each of the next months; never below zero. An estimate, never charged."""
    if not months:
        return (0,) * ahead
    slope, level = growth_per_month(months), median(Fraction(one) for one in months)
    middle = Fraction(len(months) - 1, 2)
    places = range(len(months), len(months) + ahead)
    return tuple(max(rounded(level + slope * (place - middle)), 0) for place in places)
