"""What a commitment costs and how well it is used (OFR-16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money, rounded
from tenure.kernel.periods import Period


class NotReservable(Refusal):
    """A meter or a length for which no commitment is offered."""

    code = "not_reservable"
    said = Sentence(
        zh="“{resource}”不能预留 {months} 个月；可选月数：{known}。",
        en="“{resource}” cannot be reserved for {months} months; offered are {known}.",
    )


@dataclass(frozen=True, slots=True)
class MonthUsed:
    """One month of a commitment. `saved` is against the list price; below zero it cost more."""

    month: Period
    committed: int
    used: int
    paid: Money
    saved: Money

    @property
    def share(self) -> Decimal:
        """How much of the commitment was used, 0 to 1, to 0.1 %."""
        within = min(self.used, self.committed)
        if self.committed == 0:
            return Decimal(0)
        return Decimal(rounded(Decimal(1000 * within) / self.committed)).scaleb(-3)

    @property
    def beyond(self) -> int:
        """Units used beyond the commitment, at the list price."""
        return max(self.used - self.committed, 0)


@dataclass(frozen=True, slots=True)
class Utilisation:
    """How a commitment was used, month by month."""

    months: tuple[MonthUsed, ...]

    @property
    def share(self) -> Decimal:
        """How much of everything committed so far was used, to 0.1 %."""
        committed = sum(one.committed for one in self.months)
        within = sum(min(one.used, one.committed) for one in self.months)
        if committed == 0:
            return Decimal(0)
        return Decimal(rounded(Decimal(1000 * within) / committed)).scaleb(-3)


def month_used(month: Period, *, committed: int, used: int, prices: Sequence[Money]) -> MonthUsed:
    """One row of the report.

    Args:
        prices: what the commitment costs for the month, and what the committed use would have
            cost by the list.
    """
    paid, listed = prices
    return MonthUsed(month, committed, used, paid, listed - paid)
