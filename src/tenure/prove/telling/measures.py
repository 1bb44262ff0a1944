"""What a comparison measures, and how a change of it is written for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.money import Money
from tenure.prove.statistics.groups import Difference


class Kind(StrEnum):
    """What is measured: the first four of our own customers, the others of any table."""

    RENEWAL = "renewal"
    REVENUE = "revenue"
    MARGIN = "margin"
    STAY = "stay"
    SHARE = "share"
    MEAN = "mean"
    RATIO = "ratio"
    DAYS = "days"

    @property
    def is_money(self) -> bool:
        """Whether it is an amount for each term, in minor units."""
        return self in (Kind.REVENUE, Kind.MARGIN)


@dataclass(frozen=True, slots=True)
class Measure:
    """A kind with its unit: `currency` of money, `horizon_days` up to which a stay is counted."""

    kind: Kind = Kind.RENEWAL
    currency: str = ""
    horizon_days: int = 0

    def change(self, value: float | None) -> str:
        """A difference with its sign: points, money, days, or the metric's own unit."""
        if value is None:
            return "–"
        if self.kind.is_money:
            amount = Money(round_half_up(value), self.currency)
            return f"+{amount}" if value >= 0 else str(amount)
        if self.kind is Kind.SHARE:
            return f"{value * 100:+.2f} pp"
        if self.kind is Kind.RENEWAL:
            return f"{value * 100:+.1f}"
        return f"{value:+.1f}" if self.kind is Kind.STAY else f"{value:+,.4g}"

    def value(self, value: float) -> str:
        """What one arm has."""
        return f"{value:.2%}" if self.kind is Kind.SHARE else f"{value:,.4g}"

    def bounds(self, one: Difference) -> dict[str, str]:
        """A difference and its interval, by the names of the slots of a sentence."""
        names = {"effect": one.effect, "low": one.low, "high": one.high}
        return {name: self.change(value) for name, value in names.items()}

    def least(self, share: float) -> str:
        """The least change worth finding: points, a share of the control's, or days."""
        if self.kind is Kind.STAY:
            return f"{share * self.horizon_days:.1f}"
        return f"{share * 100:g}"


RENEWALS: Final = Measure()


def round_half_up(value: float) -> int:
    """An estimate in whole minor units."""
    return int(value + 0.5) if value >= 0 else -int(-value + 0.5)
