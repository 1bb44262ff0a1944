"""Set aside what the choices of a moment promise beside a price: one promise a choice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tenure.decide.decisions.models import Decision
from tenure.records.stock.actions import NewPromise, promise
from tenure.strategy.offers import HANDED, Offer
from tenure.strategy.sections import Strategy

_KINDS: Final = tuple(str(one) for one in sorted(HANDED))


def promise_chosen(
    terms: Sequence[int], *, journeys: Sequence[str], strategy: Strategy, at: datetime
) -> int:
    """Promise what was just chosen for some terms; told again, nothing more. How many.

    What waits for a second person is set aside too, or nothing would be left of it. The stock was
    locked when it was counted, so there is one for each of them.
    """
    made = Decision.objects.filter(
        term_id__in=terms,
        journey__in=journeys,
        kind__in=_KINDS,
        outcome__in=(Decision.Outcome.CHOSEN, Decision.Outcome.WAITING),
        decided_at=at,
    )
    count = 0
    for one in made.order_by("pk"):
        promise(_of(one, strategy.offers[one.action]), on=one.as_of, at=at, by="loop")
        count += 1
    return count


def _of(one: Decision, offer: Offer) -> NewPromise:
    assert one.valid_until is not None, "what is given has a last day"
    return NewPromise(
        offer=offer,
        account_id=one.account_id,
        term_id=one.term_id,
        expires_on=one.valid_until,
        strategy_hash=one.strategy_hash,
        once_key=f"decision:{one.term_id}:{one.journey}:{one.step}",
        decision_id=one.pk,
    )
