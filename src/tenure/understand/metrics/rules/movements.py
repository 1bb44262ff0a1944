"""What moved recurring revenue: golden examples G03 to G06 and G29."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tenure.kernel.money import rounded
from tenure.understand.metrics.rules.rates import Rate

MONTHS = {
    "month": Fraction(1),
    "year": Fraction(12),
    "week": Fraction(12, 52),
    "day": Fraction(12, 365),
}


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


def quick_ratio(moved: Movements, *, pause_counts_as_loss: bool = True) -> Rate:
    """Gains ÷ losses of a month; without losses it has no value (G04)."""
    paused = moved.paused if pause_counts_as_loss else 0
    return Rate(
        moved.new + moved.reactivation + moved.expansion,
        moved.contraction + moved.churn + paused,
    )


def point_to_point(series: Iterable[Sequence[int]]) -> tuple[Rate, Rate]:
    """GRR and NRR between the first and the last month; who came back in between counts (G05)."""
    customers = [Recurring(one[0], one[-1]) for one in series]
    return gross_retention(customers), net_retention(customers)


def movement_sum(series: Iterable[Sequence[int]]) -> Rate:
    """Strict GRR: every loss of the cohort within the window counts, what came back does not (G05).

    A customer who had more than at the start cannot lose more than the start.
    """
    cohort = [one for one in series if one[0] > 0]
    start = sum(one[0] for one in cohort)
    return Rate(start - sum(_lost(one) for one in cohort), start)


def _lost(months: Sequence[int]) -> int:
    lost = sum(max(0, before - after) for before, after in pairwise(months))
    return min(months[0], lost)


def compounded(monthly: Fraction, *, months: int = 12) -> Fraction:
    """A monthly retention over months; a third variant, never mixed with the others (G05)."""
    return monthly**months


@dataclass(frozen=True, slots=True)
class Billing:
    """How one subscription is billed; percentages are whole."""

    interval: str
    interval_count: int
    amount_minor: int
    quantity: int = 1
    discount_percent: int = 0
    tax_percent: int = 0
    is_recurring: bool = True


def monthly_revenue(billing: Billing) -> Fraction:
    """Recurring revenue a month, net of tax and recurring discounts; exact minor units (G06)."""
    if not billing.is_recurring:
        return Fraction(0)
    gross = billing.amount_minor * billing.quantity * Fraction(100 - billing.discount_percent, 100)
    net = gross * Fraction(100, 100 + billing.tax_percent)
    return net / (MONTHS[billing.interval] * billing.interval_count)


def bridge_of(start: Fraction, steps: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole minor units of a start and its signed steps that add up to the whole end.

    Each running total is rounded once, and a step is what lies between two of them.
    """
    total, shown = start, {"start": rounded(start)}
    for name, step in steps.items():
        before, total = rounded(total), total + step
        shown[name] = rounded(total) - before
    return shown | {"end": rounded(total)}


@dataclass(frozen=True, slots=True)
class InCurrency:
    """One subscription's revenue at two instants in whole units of its own currency."""

    currency: str
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class ConstantBridge:
    """A bridge at the rates of its start, and what rates alone changed, in minor units (G29)."""

    start: int
    end_constant: int
    fx: int
    end_spot: int
    net_retention: Fraction


def at_constant_rates(
    held: Iterable[InCurrency],
    *,
    start_rates: Mapping[str, Fraction],
    end_rates: Mapping[str, Fraction],
) -> ConstantBridge:
    """Movements at start rates; the rest is a line of its own, so that the bridge closes (G29)."""
    every = list(held)
    start = sum((one.start * start_rates[one.currency] for one in every), Fraction())
    constant = sum((one.end * start_rates[one.currency] for one in every), Fraction())
    spot = sum((one.end * end_rates[one.currency] for one in every), Fraction())
    whole, end = rounded(constant * 100), rounded(spot * 100)
    return ConstantBridge(rounded(start * 100), whole, end - whole, end, constant / start)
