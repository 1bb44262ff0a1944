"""Take a list of contracts in: nothing is looked at yet."""

from datetime import datetime

from django.db import transaction

from tenure.kernel.identifiers import new_id
from tenure.records.customers.models import Account
from tenure.records.journal.actions import append
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.batches.actions.moving import about
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.rules import BATCH, NewBatch, Wish
from tenure.records.subscriptions.batches.states import LIVE, LineState

_COLUMNS = ("account_id", "batch_id", "place", "state", "contract", "given", "wish", "fault")


@transaction.atomic
def begin(new: NewBatch, *, at: datetime, by: str) -> Batch:
    """Take a list in; while a batch of the same list is alive, it is that one.

    Raises:
        NoLines, TooManyLines.
    """
    new.check_size()
    account = Account.objects.select_for_update(no_key=True).get(pk=new.account_id)
    key = new.content_key
    known = Batch.objects.filter(account=account, content_key=key, state__in=LIVE).first()
    if known is not None:
        return known
    batch = Batch.objects.create(
        public_id=new_id("bat", at),
        account=account,
        state=BATCH.start,
        name=new.name[:200],
        content_key=key,
        until=new.until,
        currency=account.currency,
        made_at=at,
        made_by=by,
    )
    insert_rows(BatchLine, (_row(batch, one) for one in new.wishes), columns=_COLUMNS)
    fact = about(batch, "batch.begun", on=business_day(at), lines=len(new.wishes), name=batch.name)
    append(fact, at=at, by=by)
    return batch


def _row(batch: Batch, wish: Wish) -> tuple[object, ...]:
    state = LineState.FAULTY if wish.fault else LineState.WAITING
    named = (batch.account_id, batch.pk, wish.place, state, wish.contract[:120])
    return (*named, dict(wish.given), wish.as_document, dict(wish.fault))
