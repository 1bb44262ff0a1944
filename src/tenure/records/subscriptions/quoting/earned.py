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
from tenure.kernel.periods import add_months
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
from tenure.records.subscriptions.quoting.standing import PLAN_LINES, Standing
from tenure.records.subscriptions.quoting.values import TERM_GROUP
from tenure.records.subscriptions.rules import NextTerm

PREFIX: Final = "benefit:"


def kind_of(discount_id: str) -> BenefitKind | None:
    """Which benefit a reduction on a bill is; None where it is none."""
    if not discount_id.startswith(PREFIX):
        return None
    return BenefitKind(discount_id.removeprefix(PREFIX).partition(":")[0])


type Share = tuple[BenefitKind, Sentence, Decimal]


def shares_earned(
    stands: Standing, comes: NextTerm, *, cycle_months: int, is_renewal: bool
) -> tuple[Share, ...]:
    """What the calendar of a customer takes off the next term; not a renewal, they come back."""
    found = _coming_back(stands, comes, cycle_months=cycle_months)
    if is_renewal:
        found = _staying(stands, comes, cycle_months=cycle_months)
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


def _staying(stands: Standing, comes: NextTerm, *, cycle_months: int) -> Iterator[Share]:
    rights, starts_on = stands.rights, comes.period.starts_on
    if stands.chain:
        yield from _streak(stands, starts_on, cycle_months=cycle_months)
    if (newcomers := rights.newcomers) is not None:
        started_on = stands.term.subscription.started_on
        one = Renewing(stands.term.number, started_on, starts_on, cycle_months)
        yield BenefitKind.NEWCOMER, newcomers.name, newcomer_share(newcomers, one)
    if (back := rights.comeback) is None:
        return
    for held in stands.periods:
        if held.kind == PeriodKind.COMEBACK and held.starts_on <= starts_on < held.ends_on:
            until, off = held.ends_on, Decimal(held.content["off"])
            share = share_until(off, comes.period, until=until, months=cycle_months)
            yield BenefitKind.COMEBACK, back.name, share


def _coming_back(stands: Standing, comes: NextTerm, *, cycle_months: int) -> Iterator[Share]:
    starts_on, back = comes.period.starts_on, stands.rights.comeback
    if stands.chain:
        yield from _streak(stands, starts_on, cycle_months=cycle_months)
    if back is not None and stands.comes_back:
        until = add_months(starts_on, back.months)
        share = share_until(back.off, comes.period, until=until, months=cycle_months)
        yield BenefitKind.COMEBACK, back.name, share


def _streak(stands: Standing, starts_on: date, *, cycle_months: int) -> Iterator[Share]:
    rules = stands.rights.streak
    assert rules is not None, "only for a streak is a whole chain read"
    position = unbroken_months(
        stands.chain,
        starts_on,
        grace_days=rules.payment_grace_days,
        make_up_days=rules.make_up_days,
    )
    share = streak_share(rules, position, cycle_months=cycle_months)
    yield BenefitKind.STREAK, rules.name, share
