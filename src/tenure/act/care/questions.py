"""Customers who ask about renewing are answered by a person, before anything else (TCK-01)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.journal.models import Entry
from tenure.records.service.models import Ticket
from tenure.records.service.rules import RENEWAL
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.strategy.journeys import ToDoKind

_WHY: Final = Sentence(
    zh="客户提了续费问题：先回答，答复前不再发送提醒",
    en="the customer asked about renewing: answer first, reminders wait until then",
)


@transaction.atomic
def answer_questions(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Open one piece of work for each open question about renewing; how many pieces.

    Answering is service, so the holdout is answered as everybody is.
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    ids = [entry.content["ticket"] for entry in entries if "ticket" in entry.content]
    asked = Ticket.objects.filter(pk__in=ids, kind=RENEWAL, resolved_at__isnull=True)
    tickets = {ticket.account_id: ticket.pk for ticket in asked.order_by("pk")}
    terms = Term.objects.filter(account_id__in=tickets, state__in=LIVE).order_by("-ends_on", "-pk")
    nearest = dict(terms.values_list("account_id", "pk"))
    wanted = [
        Wanted(ToDoKind.QUESTION, account, term, f"question:{tickets[account]}", why=_WHY)
        for account, term in sorted(nearest.items())
    ]
    return open_todos(wanted, desk=Desk(strategy.at(on), on, at, by))
