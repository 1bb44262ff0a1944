"""Signals that a customer looks elsewhere: a ticket that names a competitor opens work (INT-02)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.care.rules import SUBSTITUTION
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.service.models import Ticket
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.strategy.journeys import ToDoKind
from tenure.understand.voice.taxonomy import Taxonomy

_WHY: Final = Sentence(
    zh="工单提到了竞争对手：可先请对方体验新功能，再谈续费",
    en="a ticket names a competitor: offer early access to what comes next, then talk of renewing",
)


@transaction.atomic
def warn_of_competitor(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Open work on whoever named a competitor in a ticket, once a ticket; how many pieces.

    The permanent holdout is left alone, and so is whoever has no term that could be renewed.
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    strategy = strategy.at(on)
    taxonomy = Taxonomy(strategy.topics)
    ids = [entry.content["ticket"] for entry in entries if "ticket" in entry.content]
    naming = {
        ticket.account_id: ticket
        for ticket in Ticket.objects.filter(pk__in=ids).order_by("pk")
        if taxonomy.names_competitor(ticket.subject)
    }
    terms = Term.objects.filter(
        account_id__in=naming,
        state__in=LIVE,
        account__holdout_bucket__gte=strategy.experiments.holdout_below,
    ).order_by("-ends_on", "-pk")
    nearest = dict(terms.values_list("account_id", "pk"))
    wanted = []
    for account, term in sorted(nearest.items()):
        key = f"{SUBSTITUTION}{naming[account].pk}"
        content = {"ticket": naming[account].pk}
        fact = Fact("substitution.signalled", on=on, account_id=account, term_id=term,
                    content=content, once_key=key)  # fmt: skip
        append(fact, at=at, by=by)
        wanted.append(Wanted(ToDoKind.CALL, account, term, key, why=_WHY))
    return open_todos(wanted, desk=Desk(strategy, on, at, by))
