"""What a customer has earned on the next term: decided here, named on the bill, priced elsewhere.

Everything stands in the group of the term's own reductions, so a customer has the best of them and
never two, and never less than without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period, add_months
from tenure.records.billing.pricing.basket import Discount, DiscountKind
from tenure.records.subscriptions.benefits.rules import (
    BenefitKind,
    Renewing,
    newcomer_share,
    share_until,
    streak_share,
    unbroken_months,
)
from tenure.records.subscriptions.models import PeriodKind
from tenure.records.subscriptions.queries import begins_after, comes_after, renews
from tenure.records.subscriptions.quoting.standing import PLAN_LINES, Standing
from tenure.records.subscriptions.quoting.values import TERM_GROUP

PREFIX: Final = "benefit:"


def kind_of(discount_id: str) -> BenefitKind | None:
    """Which benefit a reduction on a bill is; None where it is none."""
    if not discount_id.startswith(PREFIX):
        return None
    return BenefitKind(discount_id.removeprefix(PREFIX).partition(":")[0])


type Share = tuple[BenefitKind, Sentence, Decimal]


def shares_earned(stands: Standing, cycle_months: int) -> tuple[Share, ...]:
    """What the calendar of a customer takes off the next term; not a renewal, they come back."""
    term, on, grace = stands.term, stands.on, stands.grace
    starts_on = begins_after(term, on=on, grace_days=grace)
    found: list[Share] = []
    if stands.chain:
        found.append(_streak(stands, starts_on, cycle_months=cycle_months))
    if renews(term, on, grace_days=grace):
        found += _staying(stands, starts_on, cycle_months=cycle_months)
    elif stands.comes_back:
        found += _coming_back(stands, starts_on, cycle_months=cycle_months)
    return tuple(one for one in found if one[2])


def as_discounts(stands: Standing, shares: Iterable[Share]) -> tuple[Discount, ...]:
    """The same as reductions of the line of the plan."""
    return tuple(
        Discount(
            id=f"{PREFIX}{kind}:{stands.ref}",
            said=said,
            kind=DiscountKind.PERCENT,
            share=share,
            group=f"{TERM_GROUP}:{stands.ref}",
            kinds=PLAN_LINES,
            refs=frozenset({stands.ref}),
        )
        for kind, said, share in shares
    )


def _staying(stands: Standing, starts_on: date, *, cycle_months: int) -> Iterator[Share]:
    rights = stands.rights
    newcomers, number = rights.newcomers, stands.term.number
    if newcomers is not None and number <= len(newcomers.steps):
        started_on = stands.term.subscription.started_on
        one = Renewing(number, started_on, starts_on, cycle_months)
        yield BenefitKind.NEWCOMER, newcomers.name, newcomer_share(newcomers, one)
    if (back := rights.comeback) is None:
        return
    for held in stands.periods:
        if held.kind == PeriodKind.COMEBACK and held.starts_on <= starts_on < held.ends_on:
            until, off = held.ends_on, Decimal(held.content["off"])
            period = _period(stands, cycle_months)
            share = share_until(off, period, until=until, months=cycle_months)
            yield BenefitKind.COMEBACK, back.name, share


def _coming_back(stands: Standing, starts_on: date, *, cycle_months: int) -> Iterator[Share]:
    back = stands.rights.comeback
    if back is not None:
        until = add_months(starts_on, back.months)
        period = _period(stands, cycle_months)
        share = share_until(back.off, period, until=until, months=cycle_months)
        yield BenefitKind.COMEBACK, back.name, share


def _period(stands: Standing, cycle_months: int) -> Period:
    """The days of the next term."""
    term, on, grace = stands.term, stands.on, stands.grace
    return comes_after(term, on=on, cycle_months=cycle_months, grace_days=grace).period


def _streak(stands: Standing, starts_on: date, *, cycle_months: int) -> Share:
    rules = stands.rights.streak
    assert rules is not None, "only for a streak is a whole chain read"
    position = unbroken_months(
        stands.chain,
        starts_on,
        grace_days=rules.payment_grace_days,
        make_up_days=rules.make_up_days,
    )
    share = streak_share(rules, position, cycle_months=cycle_months)
    return BenefitKind.STREAK, rules.name, share
