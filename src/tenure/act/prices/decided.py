"""The offers that were decided for the terms of a batch, as their texts tell them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from tenure.decide.decisions.models import Decision
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.among import among
from tenure.records.strategies.queries import by_hash
from tenure.strategy.sections import Strategy


@dataclass(frozen=True, slots=True)
class Given:
    """One offer to one term: what it comes to, and until when it stands."""

    name: Sentence
    list_price: Money | None
    price: Money | None
    months: int
    extension_days: int = 0
    valid_until: date | None = None
    coupon_code: str = ""

    @property
    def saves(self) -> Money | None:
        """What it takes off the list price; None where it takes off nothing."""
        if self.list_price is None or self.price is None or self.price >= self.list_price:
            return None
        return self.list_price - self.price


def givens(decision_ids: Iterable[int | None], *, strategy: Strategy) -> Mapping[int, Given]:
    """Decision → the offer that it gives, in the words of the strategy that decided it."""
    wanted = {one for one in decision_ids if one is not None}
    found = chosen().filter(among("pk", wanted))
    return {decision.pk: given_by(decision, strategy=strategy) for decision in found}


def chosen() -> QuerySet[Decision]:
    """The decisions that give something."""
    return Decision.objects.filter(outcome=Decision.Outcome.CHOSEN)


def given_by(decision: Decision, *, strategy: Strategy) -> Given:
    """What one decision gives, in the words of the strategy that decided it."""
    offers = strategy.offers
    if decision.action not in offers:
        offers = by_hash(decision.strategy_hash).at(decision.as_of).offers
    return Given(
        name=offers[decision.action].name,
        list_price=_amount(decision.list_price_minor, decision.currency),
        price=_amount(decision.price_minor, decision.currency),
        months=decision.months,
        extension_days=decision.extension_days,
        valid_until=decision.valid_until,
        coupon_code=decision.coupon_code or "",
    )


def _amount(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
