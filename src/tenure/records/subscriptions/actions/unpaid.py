"""End an agreement whose automatic payment failed for the last time: an end of its own kind."""

from datetime import date, datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.actions.moves import locked, move_subscriptions, move_terms
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import SubscriptionVerb, TermVerb, close_decision
from tenure.records.subscriptions.states import TermState


@transaction.atomic
def end_unpaid(term_id: int, *, on: date, at: datetime, by: str) -> Term:
    """Close a term in grace as an involuntary end, before its grace is over (R-Y-064, G07).

    The days that were paid are honoured: it is never over before its end. A term that is not in
    grace stays as it is.
    """
    term = locked(term_id)
    if term.state != TermState.GRACE:
        return term
    ending = close_decision(term.ends_on, grace_days=0, last_failure_on=on)
    rows = Term.objects.filter(pk=term.pk)
    move_terms(rows, TermVerb.LAPSE, closed_on=ending.on, end_kind=ending.kind)
    move_subscriptions(
        Subscription.objects.filter(pk=term.subscription_id),
        SubscriptionVerb.END,
        ended_on=ending.on,
        end_kind=ending.kind,
    )
    fact = Fact(
        "term.lapsed",
        on=on,
        account_id=term.account_id,
        term_id=term.pk,
        content={"end_kind": str(ending.kind)},
        once_key=f"term.lapsed:{term.pk}",
    )
    append(fact, at=at, by=by)
    return Term.objects.get(pk=term.pk)
