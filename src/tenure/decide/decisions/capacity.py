"""How often each action may still be chosen: what people manage in a day, and what is in stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from django.db.models import Count

from tenure.decide.decisions.models import Decision
from tenure.decide.offers.prices import Floats
from tenure.strategy.offers import Offer


def capacity(offers: Sequence[Offer], left: Mapping[str, int], *, as_of: date) -> Floats:
    """For each action how often it may be chosen for a day, infinite without a limit.

    Args:
        offers: the actions.
        left: action → what is left of its stock; without an entry there is no stock.
        as_of: the day, over campaigns and journeys together.
    """
    made = (Decision.Outcome.CHOSEN, Decision.Outcome.WAITING)
    today = Decision.objects.filter(as_of=as_of, outcome__in=made)
    limited = [one.id for one in offers if one.capacity_per_day is not None]
    rows = today.filter(action__in=limited).values_list("action").annotate(Count("pk"))
    used = dict(rows) if limited else {}
    return np.array([_least(one, used.get(one.id, 0), left) for one in offers], dtype=float)


def _least(offer: Offer, used: int, left: Mapping[str, int]) -> float:
    per_day = np.inf if offer.capacity_per_day is None else float(offer.capacity_per_day - used)
    return min(per_day, float(left.get(offer.id, np.inf)))
