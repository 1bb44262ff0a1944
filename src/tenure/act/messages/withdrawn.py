"""Messages about an offer that was withdrawn before they left."""

from __future__ import annotations

from collections.abc import Iterable

from tenure.decide.decisions.models import Decision
from tenure.records.stock.models import Promise
from tenure.records.stock.queries import withdrawn
from tenure.records.stock.states import OPEN


def called_back(decision_ids: Iterable[int | None]) -> frozenset[int]:
    """The choices that nobody is to be told of any more.

    What is still promised to the customer is kept, and told; a price that nobody heard of, and a
    thing that another one replaced, are not.
    """
    gone = withdrawn()
    ids = {one for one in decision_ids if one is not None}
    if not gone or not ids:
        return frozenset()
    chosen = Decision.objects.filter(pk__in=ids, action__in=list(gone)).values_list("pk", "action")
    kept = Promise.objects.filter(decision_id__in=ids, offer_id__in=list(gone), state__in=OPEN)
    still = frozenset(kept.values_list("decision_id", "offer_id"))
    return frozenset(pk for pk, action in chosen if (pk, action) not in still)
