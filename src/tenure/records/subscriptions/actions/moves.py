"""The only writers of the state of terms and subscriptions, and the locks before them."""

from typing import Any

from django.db.models import QuerySet

from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import SUBSCRIPTION, TERM, SubscriptionVerb, TermVerb


def move_terms(terms: QuerySet[Term], verb: TermVerb, **changes: Any) -> int:
    """Move those terms that the table lets do `verb`; how many moved."""
    moves = {start: to for (start, one), to in TERM.moves.items() if one == verb}
    (end,) = set(moves.values())  # Each verb leads to one state, so one statement moves them all.
    return terms.filter(state__in=list(moves)).update(state=end, **changes)


def move_subscriptions(
    subscriptions: QuerySet[Subscription], verb: SubscriptionVerb, **changes: Any
) -> int:
    """Move those subscriptions that the table lets do `verb`; how many moved."""
    moves = {start: to for (start, one), to in SUBSCRIPTION.moves.items() if one == verb}
    (end,) = set(moves.values())
    return subscriptions.filter(state__in=list(moves)).update(state=end, **changes)


def locked(term_id: int) -> Term:
    """The term, with its subscription's row locked until the transaction ends.

    Every verb about a term locks its subscription first, so two of them cannot build the chain
    at the same time.
    """
    subscription_id = Term.objects.values_list("subscription_id", flat=True).get(pk=term_id)
    Subscription.objects.select_for_update().get(pk=subscription_id)
    return Term.objects.select_related("subscription").get(pk=term_id)
