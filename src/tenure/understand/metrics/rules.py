"""The definitions of golden examples G01, G03, G04 and G31, on plain values."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that keeps its parts. A zero denominator has no value, never 0."""

    num: int
    den: int

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.num, self.den) if self.den else None

    @property
    def text(self) -> str | None:
        """Six decimals, half up."""
        if not self.den:
            return None
        millionths = (abs(self.num) * 2_000_000 + self.den) // (2 * self.den)
        sign = "-" if self.num < 0 else ""
        return f"{sign}{millionths // 1_000_000}.{millionths % 1_000_000:06d}"


class Renewal(StrEnum):
    """How the end of one term turned out."""

    EARLY = "early"
    ON_DUE_DATE = "on_due_date"
    LATE_IN_GRACE = "late_in_grace"
    WIN_BACK = "win_back"
    LOST = "lost"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class TermEnd:
    """One term that was due on `due_on`; amounts are minor units."""

    due_on: date
    old_value: int
    renewed_on: date | None = None
    new_value: int | None = None
    refunded_on: date | None = None


def outcome(end: TermEnd, *, grace_days: int) -> Renewal:
    """Early, on the day, late in grace, won back after it, refunded or lost (G01)."""
    if end.renewed_on is None:
        return Renewal.LOST
    if end.refunded_on is not None:
        return Renewal.REFUNDED
    if end.renewed_on < end.due_on:
        return Renewal.EARLY
    if end.renewed_on == end.due_on:
        return Renewal.ON_DUE_DATE
    if end.renewed_on <= end.due_on + timedelta(days=grace_days):
        return Renewal.LATE_IN_GRACE
    return Renewal.WIN_BACK


RENEWED = frozenset({Renewal.EARLY, Renewal.ON_DUE_DATE, Renewal.LATE_IN_GRACE})
ON_TIME = frozenset({Renewal.EARLY, Renewal.ON_DUE_DATE})


@dataclass(frozen=True, slots=True)
class RenewalRates:
    """The renewal rates of one period, by count and by value."""

    on_time: Rate
    late_in_grace: Rate
    count: Rate
    value_gross: Rate
    value_net: Rate


def renewal_rates(ends: Iterable[TermEnd], *, grace_days: int) -> RenewalRates:
    """Renewed ÷ due, by count and by value. Terms not yet due must not be among `ends`."""
    turned = [(end, outcome(end, grace_days=grace_days)) for end in ends]
    due_value = sum(end.old_value for end, _ in turned)
    renewed = [end for end, how in turned if how in RENEWED]
    kept = sum(min(end.old_value, end.new_value or 0) for end in renewed)
    now = sum(end.new_value or 0 for end in renewed)
    on_time = sum(how in ON_TIME for _, how in turned)
    return RenewalRates(
        on_time=Rate(on_time, len(turned)),
        late_in_grace=Rate(len(renewed) - on_time, len(turned)),
        count=Rate(len(renewed), len(turned)),
        value_gross=Rate(kept, due_value),
        value_net=Rate(now, due_value),
    )


def churn_rate(*, at_start: int, lost_of_them: int) -> Rate:
    """Lost ÷ customers at the start of the period; who joined inside it is in neither (MET-01)."""
    return Rate(lost_of_them, at_start)


@dataclass(frozen=True, slots=True)
class Recurring:
    """The recurring revenue of one customer at two instants, subscriptions netted (G03)."""

    start: int
    end: int
    all_stopped_are_paused: bool = False
    paid_before: bool = True


def gross_retention(customers: Iterable[Recurring], *, pause_counts_as_loss: bool = True) -> Rate:
    """GRR: Σ min(end, start) ÷ Σ start over customers with revenue at the start (G04)."""
    cohort = _cohort(customers, pause_counts_as_loss=pause_counts_as_loss)
    return Rate(
        sum(min(customer.end, customer.start) for customer in cohort),
        sum(customer.start for customer in cohort),
    )


def net_retention(customers: Iterable[Recurring], *, pause_counts_as_loss: bool = True) -> Rate:
    """NRR: Σ end ÷ Σ start of the same customers; new and returned ones are in neither (G04)."""
    cohort = _cohort(customers, pause_counts_as_loss=pause_counts_as_loss)
    return Rate(
        sum(customer.end for customer in cohort), sum(customer.start for customer in cohort)
    )


def _cohort(customers: Iterable[Recurring], *, pause_counts_as_loss: bool) -> list[Recurring]:
    return [
        customer
        for customer in customers
        if customer.start > 0 and (pause_counts_as_loss or not customer.all_stopped_are_paused)
    ]


@dataclass(frozen=True, slots=True)
class Movements:
    """What moved recurring revenue in a period; start + gains − losses = end."""

    new: int = 0
    reactivation: int = 0
    expansion: int = 0
    contraction: int = 0
    churn: int = 0
    paused: int = 0


def movements(customers: Iterable[Recurring]) -> Movements:
    """Classify each customer's change once (G03)."""
    sums = dict.fromkeys(Movements.__slots__, 0)
    for customer in customers:
        kind = _movement(customer)
        sums[kind] += abs(customer.end - customer.start)
    return Movements(**sums)


def _movement(customer: Recurring) -> str:
    if customer.start == 0:
        return "reactivation" if customer.paid_before else "new"
    if customer.end == 0:
        return "paused" if customer.all_stopped_are_paused else "churn"
    return "expansion" if customer.end >= customer.start else "contraction"


def wilson(rate: Rate) -> tuple[float, float] | None:
    """The 95 % interval of a share of independent cases (Wilson 1927); none where n is 0."""
    if not rate.den:
        return None
    n, share = rate.den, rate.num / rate.den
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)
