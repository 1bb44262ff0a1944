"""Note what somebody thinks of a renewal."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.opinions.models import Opinion
from tenure.records.opinions.rules import TermDecided
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE


@dataclass(frozen=True, slots=True)
class Said:
    """What is thought of one term, and what the model said on the day, where it said anything."""

    renews_share: Decimal
    model_share: Decimal | None = None
    estimator_id: int | None = None
    note: str = ""


@transaction.atomic
def give_opinion(term_id: int, said: Said, *, on: date, at: datetime, by: str) -> Opinion:
    """Keep an opinion beside the model's (TOP-08); another one of the same day replaces the first.

    Raises:
        TermDecided: the term was renewed or is over.
    """
    term = Term.objects.select_for_update().get(pk=term_id)
    if term.state not in LIVE:
        raise TermDecided
    known = Opinion.objects.filter(term=term, said_by=by, said_on=on).first()
    told = {
        "renews_share": said.renews_share,
        "model_share": said.model_share,
        "estimator_id": said.estimator_id,
        "note": said.note[:300],
    }
    if known is not None and all(getattr(known, name) == value for name, value in told.items()):
        return known
    row, _ = Opinion.objects.update_or_create(
        term=term,
        said_by=by,
        said_on=on,
        defaults={**told, "said_at": at, "account_id": term.account_id},
    )
    content = {
        "renews": str(said.renews_share),
        "model": None if said.model_share is None else str(said.model_share),
    }
    append(
        Fact("opinion.given", on=on, account_id=term.account_id, term_id=term.pk, content=content),
        at=at,
        by=by,
    )
    return row
