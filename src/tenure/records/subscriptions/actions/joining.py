"""Bring several terms to one date (TOP-17, G02): each is renewed up to it, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from tenure.kernel.money import Money
from tenure.records.billing.pricing.bill import Bill
from tenure.records.subscriptions.actions.renewing import renew_many
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_co_term
from tenure.records.subscriptions.quoting.values import ref_of
from tenure.records.subscriptions.rules import Purchase


@dataclass(frozen=True, slots=True)
class CoTerm:
    """Terms to be brought to one date. A `bill` that was accepted is charged as it is."""

    term_ids: Sequence[int]
    until: date
    on: date
    bill: Bill | None = None


@transaction.atomic
def co_term(wanted: CoTerm, *, at: datetime, by: str) -> list[Term]:
    """Add to each term one that ends on the common date; those joined already stay.

    Raises:
        NotRunning, IsPaused, EndsLater, NothingToPrice: see `quote_co_term`.
    """
    terms = Term.objects.filter(pk__in=list(wanted.term_ids))
    joined = _joined(wanted)
    waiting = sorted(set(terms.values_list("pk", flat=True)) - joined.keys())
    if waiting:
        bill = wanted.bill or quote_co_term(waiting, until=wanted.until, on=wanted.on).bill
        purchases = [
            Purchase(one, wanted.on, bill=_part(bill, one))
            for one in waiting
            if bill.of(ref_of(one))
        ]
        renew_many(purchases, at=at, by=by)
    return [one for _, one in sorted(_joined(wanted).items())]


def _joined(wanted: CoTerm) -> dict[int, Term]:
    """Old term → the next one, where it ends on the common date already."""
    old = Term.objects.filter(pk__in=list(wanted.term_ids))
    numbers = {(one.subscription_id, one.number + 1): one.pk for one in old}
    chains = [subscription_id for subscription_id, _ in numbers]
    after = Term.objects.filter(subscription_id__in=chains, ends_on=wanted.until, reversed_on=None)
    return {
        numbers[key]: one for one in after if (key := (one.subscription_id, one.number)) in numbers
    }


def _part(bill: Bill, term_id: int) -> Bill:
    """The lines of one term, as a bill of its own."""
    return replace(bill, lines=bill.of(ref_of(term_id)), balance=Money.zero(bill.currency))
