"""Move a customer's balance."""

from datetime import datetime

from django.db import transaction

from tenure.records.billing.credits.models import CreditEntry
from tenure.records.billing.credits.queries import balance
from tenure.records.billing.credits.rules import Movement, after
from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append


@transaction.atomic
def move_balance(movement: Movement, *, at: datetime, by: str) -> CreditEntry:
    """Give to a balance or use it; told again, the entry that is there.

    Raises:
        BalanceTooSmall: more is used than there is.
    """
    Account.objects.select_for_update().get(pk=movement.account_id)
    known = CreditEntry.objects.filter(once_key=movement.once_key).first()
    if known is not None:
        return known
    amount = movement.amount
    after(balance(movement.account_id, currency=amount.currency), amount)
    entry = CreditEntry.objects.create(
        account_id=movement.account_id,
        currency=amount.currency,
        amount_minor=amount.amount_minor,
        reason=movement.reason,
        term_id=movement.term_id,
        on=movement.on,
        once_key=movement.once_key,
        recorded_at=at,
    )
    fact = Fact(
        "balance.moved",
        on=movement.on,
        account_id=movement.account_id,
        term_id=movement.term_id,
        content={"amount_minor": amount.amount_minor, "currency": amount.currency,
                 "reason": movement.reason},
        once_key=f"balance:{movement.once_key}",
    )  # fmt: skip
    append(fact, at=at, by=by)
    return entry
