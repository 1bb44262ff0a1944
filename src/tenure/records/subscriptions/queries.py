"""Chains of terms, and who is live on a day."""

from datetime import date

from django.db.models import Q, QuerySet, Sum

from tenure.kernel.money import Money
from tenure.kernel.periods import GRACE_DAYS_DEFAULT, Period, late_start
from tenure.records.billing.credits.models import CreditEntry
from tenure.records.strategies.queries import NoStrategy, current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import NextTerm, is_within_grace, term_from
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.strategy.catalog import Catalog


def grace_days(as_of: date) -> int:
    """Days after an end in which a payment still renews, by the strategy of that day."""
    try:
        return current().at(as_of).business.grace_days
    except NoStrategy:
        return GRACE_DAYS_DEFAULT


def catalog_of(on: date) -> Catalog | None:
    """The strategy's catalogue of a day, None where no strategy was applied."""
    try:
        return current().at(on).catalog
    except NoStrategy:
        return None


def renews(term: Term, on: date, *, grace_days: int) -> bool:
    """Whether a purchase on that day renews the term; otherwise it begins anew."""
    if term.state == TermState.CANCELLED:
        return False
    # Whoever asked to stop has no grace: after the end it is over, also where no night closed it.
    if term.state == TermState.CANCELLING and on > term.ends_on:
        return False
    return is_within_grace(term.ends_on, on, grace_days=grace_days)


def comes_after(term: Term, *, on: date, cycle_months: int, grace_days: int) -> NextTerm:
    """The days that a purchase on a day pays for after a term (R-Y-061)."""
    starts_on = begins_after(term, on=on, grace_days=grace_days)
    return term_from(starts_on, anchor_on=term.subscription.anchor_on, cycle_months=cycle_months)


def begins_after(term: Term, *, on: date, grace_days: int) -> date:
    """The first of the days that a purchase on a day pays for after a term."""
    if renews(term, on, grace_days=grace_days):
        return late_start(term.ends_on, on, grace_days=grace_days)
    # Never before the end of what was bought: the term may have been cancelled before it began.
    return max(on, term.closed_on or on, term.starts_on)


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


def serving_term(subscription_id: int, *, on: date) -> Term | None:
    """The term whose paid days hold a day, unless it was ended before."""
    return serving_terms(subscription_id, on=on).order_by("-number").first()


def serving_terms(subscription_id: int, *, on: date) -> QuerySet[Term]:
    """The terms of a subscription whose paid days hold a day and that were not ended before."""
    return Term.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=on),
        subscription_id=subscription_id,
        starts_on__lte=on,
        ends_on__gt=on,
    )


def bought_on(term: Term) -> date:
    """The day on which a term was bought: with the term before it, or as it began."""
    before = preceding(term)
    renewed_on = before.renewed_on if before else None
    return term.sold_before_on or renewed_on or term.starts_on


def chain(subscription_id: int) -> list[Term]:
    """Every term of a subscription, the first one first."""
    return list(Term.objects.filter(subscription_id=subscription_id).order_by("number"))


def following(term: Term) -> Term | None:
    """The term after this one in its chain."""
    return _numbered(term, term.number + 1)


def preceding(term: Term) -> Term | None:
    """The term before this one in its chain."""
    return _numbered(term, term.number - 1)


def _numbered(term: Term, number: int) -> Term | None:
    """What has a number in the chain of a term; a renewal that was undone has none any more."""
    return Term.objects.filter(
        subscription_id=term.subscription_id, number=number, reversed_on=None
    ).first()


def newest_term(subscription_id: int) -> Term | None:
    """The last term of a contract; a renewal that was undone is none of its terms any more."""
    terms = Term.objects.filter(subscription_id=subscription_id, reversed_on=None)
    return terms.order_by("-number").first()


def balance_used(term: Term) -> Money:
    """What the customer's balance paid of a term; a renewal that was undone has given it back."""
    reasons = ("bill.paid", "renewal.undone")
    moved = CreditEntry.objects.filter(term_id=term.pk, reason__in=reasons)
    return Money(-(moved.aggregate(total=Sum("amount_minor"))["total"] or 0), term.currency)


def contract_terms() -> QuerySet[Term]:
    """Terms with all that the pages of a contract show, each contract's newest one last.

    Renewals that were undone are among them, with their day in `reversed_on`.
    """
    terms = Term.objects.select_related(
        "subscription__account", "subscription__plan_version__plan", "plan_version__plan"
    )
    return terms.order_by("number", "pk")


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
