"""A customer asks that a person looks at what a program chose for them (R-P-004; PIPL art. 24)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.customers.models import Account
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.success.models import ToDo
from tenure.strategy.journeys import ToDoKind

_WHY: Final = Sentence(
    zh="客户要求人工复核：请查看系统为其作出的选择与理由，并答复客户",
    en="the customer wants a person to look at what was chosen automatically, and an answer",
)


@transaction.atomic
def ask_review(account_id: int, *, at: datetime, by: str) -> bool:
    """Open the work for it; False while an earlier request waits, or where there is no contract.

    Everybody may ask, the holdout as well: it is a right and no offer.
    """
    Account.objects.select_for_update().get(pk=account_id)
    if open_review(account_id) is not None:
        return False
    terms = Term.objects.filter(account_id=account_id, reversed_on__isnull=True)
    newest = terms.order_by("-ends_on", "-pk").first()
    if newest is None:
        return False
    strategy = current()
    on = today(strategy.business.zone, at)
    before = ToDo.objects.filter(account_id=account_id, kind=ToDoKind.REVIEW).count()
    key = f"review:{account_id}:{before}"
    wanted = Wanted(ToDoKind.REVIEW, account_id, newest.pk, key, why=_WHY)
    return bool(open_todos([wanted], desk=Desk(strategy.at(on), on, at, by)))


def open_review(account_id: int) -> ToDo | None:
    """The request of a customer that still waits for its person."""
    return ToDo.objects.filter(
        account_id=account_id, kind=ToDoKind.REVIEW, state=ToDo.State.OPEN
    ).first()
