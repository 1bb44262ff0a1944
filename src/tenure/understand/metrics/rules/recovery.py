"""What became of failed payments: golden example G13."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median_low

from tenure.understand.metrics.rules.rates import Rate


class DunningEnd(StrEnum):
    """How the pursuit of one failed invoice ended, if it did."""

    RECOVERED = "recovered"
    INVOLUNTARY = "involuntary_churn"
    VOLUNTARY = "voluntary_cancel_in_dunning"
    OPEN = "in_dunning"
    RECOVERED_LATE = "recovered_after_churn"  # a win-back, not a recovery


@dataclass(frozen=True, slots=True)
class Dunning:
    """One invoice whose payment failed."""

    amount_minor: int
    first_failed_on: date
    end: DunningEnd
    recovered_on: date | None = None
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """Recovered ÷ ended, by count and by value; what is still open is in neither."""

    open: int
    count: Rate
    value: Rate
    involuntary: int
    involuntary_share: Rate
    median_days: int | None
    by_channel: dict[str, int]


def recovery_of(cases: Iterable[Dunning], *, other_churners: int) -> Recovery:
    """Rates over the invoices whose pursuit has ended (G13).

    Args:
        other_churners: customers who left in the period without a failed payment.
    """
    every = list(cases)
    closed = [one for one in every if one.end is not DunningEnd.OPEN]
    back = [one for one in closed if one.end is DunningEnd.RECOVERED]
    lost = sum(one.end in {DunningEnd.INVOLUNTARY, DunningEnd.RECOVERED_LATE} for one in closed)
    left = sum(one.end is DunningEnd.VOLUNTARY for one in closed)
    days = [(one.recovered_on - one.first_failed_on).days for one in back if one.recovered_on]
    return Recovery(
        open=len(every) - len(closed),
        count=Rate(len(back), len(closed)),
        value=Rate(sum(one.amount_minor for one in back), sum(one.amount_minor for one in closed)),
        involuntary=lost,
        involuntary_share=Rate(lost, lost + left + other_churners),
        median_days=median_low(days) if days else None,
        by_channel=dict(Counter(one.channel for one in back)),
    )
