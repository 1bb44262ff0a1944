"""Chains of terms, and who is live on a day."""

from datetime import date

from django.db.models import Q, QuerySet

from tenure.kernel.periods import Period
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE


def live_terms(*, as_of: date) -> QuerySet[Term]:
    """Terms that had begun on a day and were neither renewed nor closed then, grace included."""
    return Term.objects.filter(
        Q(renewed_on=None) | Q(renewed_on__gt=as_of),
        Q(closed_on=None) | Q(closed_on__gt=as_of),
        starts_on__lte=as_of,
    )


def live_term(subscription_id: int) -> Term | None:
    """The one term of a subscription that is neither renewed nor closed now."""
    return Term.objects.filter(subscription_id=subscription_id, state__in=LIVE).first()


def chain(subscription_id: int) -> list[Term]:
    """Every term of a subscription, the first one first."""
    return list(Term.objects.filter(subscription_id=subscription_id).order_by("number"))


def following(term: Term) -> Term | None:
    """The term after this one in its chain."""
    return Term.objects.filter(subscription_id=term.subscription_id, number=term.number + 1).first()


def terms_of_account(account_id: int) -> list[Term]:
    """Every term of an account, the one that ends last first."""
    terms = Term.objects.filter(account_id=account_id).select_related(
        "subscription", "plan_version__plan"
    )
    return list(terms.order_by("-ends_on", "-pk"))


def served_periods(subscription_id: int) -> list[Period]:
    """The days of each term, cut where it was cancelled before its end."""
    ends = Term.objects.filter(subscription_id=subscription_id).values_list(
        "starts_on", "ends_on", "closed_on"
    )
    return [
        Period(starts_on, min(ends_on, closed_on or ends_on))
        for starts_on, ends_on, closed_on in ends
        if closed_on is None or closed_on > starts_on
    ]
