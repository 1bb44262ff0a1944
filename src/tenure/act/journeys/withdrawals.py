"""Take back what was planned and is no longer true: the end moved, or the term is over."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import batched
from pathlib import Path

from django.db import transaction

from tenure.act.consequences.ends.queries import JOURNEY as AFTER_END
from tenure.act.journeys.rules import withdrawn_key
from tenure.act.messages.own import OWN
from tenure.act.messages.works import JOURNEY as MAINTENANCE
from tenure.kernel.clock import today
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.feedback.rules import SURVEY
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import run_statement, select_rows, update_rows
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.states import TermState
from tenure.strategy.journeys import Clock

_SQL = Path(__file__).parent / "sql"
_OVER = (TermState.RENEWED, TermState.LAPSED, TermState.CANCELLED)
_BATCH_SIZE = 500


def withdraw_moved(*, at: datetime, by: str = "loop") -> int:
    """Messages of terms whose end is no longer the one that they were planned for (JRN-01).

    They keep a key of their own, so that the step can be planned again for the new end. What was
    sent stays sent: no step reaches a term twice.
    """
    moved = [pk for (pk,) in select_rows(_SQL / "moved_messages.sql", {})]
    with transaction.atomic():
        count = withdraw(moved, reason="moved", at=at, by=by)
        run_statement(_SQL / "follow_moved.sql", {})
    return count


def withdraw_over(
    *, at: datetime, by: str = "loop", term_ids: Collection[int] | None = None
) -> int:
    """Waiting messages of terms that were renewed or are otherwise over; all, or these terms'."""
    waiting = Message.objects.filter(state=MessageState.PLANNED, term__state__in=_OVER)
    # What somebody asked for a moment ago, such as the receipt of leaving today, still goes out.
    # A question about the service is asked whatever became of the term.
    # Planned work is told to whoever is served, also where they renewed early.
    # What follows the end is told of because of it; the sender asks whether they came back.
    waiting = waiting.exclude(template__in=OWN)
    waiting = waiting.exclude(journey__in=(SURVEY, MAINTENANCE, AFTER_END))
    # Whom a journey wins back is lapsed by its nature; the sender asks whether they came back.
    after = [one.id for one in current().journeys.values() if one.clock is Clock.LAPSE]
    waiting = waiting.exclude(journey__in=after, term__state=TermState.LAPSED)
    if term_ids is not None:
        waiting = waiting.filter(term__in=term_ids)
    found = list(waiting.values_list("term__state", "pk"))
    return sum(
        withdraw([pk for state, pk in found if state == over], reason=str(over), at=at, by=by)
        for over in _OVER
    )


def withdraw(ids: Sequence[int], *, reason: str, at: datetime, by: str) -> int:
    """Expire them batch by batch, each with its journal entry; a claimed one is the sender's."""
    return sum(
        _withdraw_batch(batch, reason=reason, at=at, by=by) for batch in batched(ids, _BATCH_SIZE)
    )


@transaction.atomic
def _withdraw_batch(ids: Sequence[int], *, reason: str, at: datetime, by: str) -> int:
    waiting = Message.objects.select_for_update(skip_locked=True).filter(
        pk__in=ids, state=MessageState.PLANNED
    )
    rows = list(waiting.values_list("pk", "send_key", "account_id", "term_id", "step"))
    is_moved = reason == "moved"
    update_rows(
        Message,
        [
            (MessageState.EXPIRED, reason, withdrawn_key(key, pk) if is_moved else key, at, pk)
            for pk, key, _, _, _ in rows
        ],
        columns=("state", "reason", "send_key", "settled_at"),
    )
    on = today(current().business.zone, at)
    facts = [
        Fact(
            "message.expired",
            on=on,
            account_id=account,
            term_id=term,
            content={"message": pk, "step": step, "reason": reason},
        )
        for pk, _, account, term, step in rows
    ]
    append_many(facts, at=at, by=by)
    return len(rows)
