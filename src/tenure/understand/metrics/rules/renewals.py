"""How the ends of terms turned out: golden examples G01, G02 and G31."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from tenure.understand.metrics.rules.rates import Rate


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


@dataclass(frozen=True, slots=True)
class ContractEnd:
    """One contract of a due month (G02); values are annualised minor units, never a total."""

    due_in_month: bool  # a pause moves the due date, and with it the month
    old_value: int  # in force on the day before the end, changes in mid-term included
    new_value: int | None = None  # None: not renewed
    is_trial: bool = False
    ended_by_provider: bool = False
    term_months: int = 12


@dataclass(frozen=True, slots=True)
class ContractRates:
    """Long terms and terms of a month or less apart; provider terminations shown beside."""

    count: Rate
    value_gross: Rate
    short_count: Rate
    ended_by_provider: int
    count_with_provider: Rate


def annualised(total: int, *, months: int) -> Fraction:
    """What a term is worth a year: total ÷ months × 12; three years prepaid do not count thrice."""
    return Fraction(total * 12, months)


def contract_rates(ends: Iterable[ContractEnd]) -> ContractRates:
    """Renewal rates over the contracts of a due month, like with like (G02)."""
    due = [end for end in ends if end.due_in_month and not end.is_trial]
    ours = [end for end in due if not end.ended_by_provider]
    long = [end for end in ours if end.term_months > 1]
    short = [end for end in ours if end.term_months <= 1]
    every = [end for end in due if end.term_months > 1]
    return ContractRates(
        count=_renewed(long),
        value_gross=Rate(
            sum(min(end.old_value, end.new_value) for end in long if end.new_value is not None),
            sum(end.old_value for end in long),
        ),
        short_count=_renewed(short),
        ended_by_provider=len(due) - len(ours),
        count_with_provider=_renewed(every),
    )


def _renewed(ends: list[ContractEnd]) -> Rate:
    return Rate(sum(end.new_value is not None for end in ends), len(ends))
