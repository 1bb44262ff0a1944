"""Tell of a store's higher price ourselves too: what the store shows is easily tapped away."""

from collections.abc import Sequence
from datetime import datetime

from tenure.act.collecting.reminders import send_about
from tenure.kernel.clock import today
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.duties import Event


def tell_of_price_rises(entries: Sequence[Entry], *, at: datetime) -> int:
    """Write to each customer whose store announced a higher price (R-A-071); how many letters."""
    strategy = current()
    strategy = strategy.at(today(strategy.business.zone, at))
    terms = Term.objects.in_bulk([one.term_id for one in entries if one.term_id is not None])
    return sum(
        send_about(
            terms[one.term_id],
            Event.PRICE_RISE,
            step=f"store_price_{one.pk}",
            strategy=strategy,
            at=at,
        )
        for one in entries
        if one.term_id is not None
    )
