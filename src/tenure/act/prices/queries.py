"""The price of a renewal with everything that was decided or promised: shown, told and charged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from django.db.models import Exists, OuterRef, Subquery

from tenure.act.prices.decided import Given, given_by
from tenure.decide.decisions.models import Decision
from tenure.decide.saves.promises import discounts_of
from tenure.kernel.money import Money
from tenure.records.billing.pricing.basket import Discount, DiscountKind
from tenure.records.cancellations.models import SaveOffer
from tenure.records.cancellations.queries import promised_to, promises_on
from tenure.records.catalog.rules import NoPrice
from tenure.records.strategies.queries import current, one_reading
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries.renewing import renewal_of
from tenure.records.subscriptions.quoting.standing import Standing
from tenure.records.subscriptions.quoting.values import TERM_GROUP, RenewalChoice, RenewalQuote
from tenure.strategy.sections import Strategy

_NOTHING: Final[tuple[Given | None, SaveOffer | None]] = (None, None)


@dataclass
class Charges:
    """One term, and what each way to renew it costs on a day; priced when it is asked for.

    `given` is the offer that was decided for it and still stands, `promise` the price that was
    promised to somebody who stayed. Of the reductions of the term itself the best one counts.
    """

    stands: Standing
    given: Given | None = None
    promise: SaveOffer | None = None

    @property
    def cycles(self) -> tuple[int, ...]:
        """Every cycle in which the next plan is sold, the one that the customer has first."""
        version, term = self.stands.next_version(), self.stands.term
        found = self.stands.price_list.cycles(version.pk, currency=term.currency)
        return tuple(sorted(found, key=lambda one: (one != term.cycle_months, one)))

    def quote(self, months: int) -> RenewalQuote:
        """One way to renew.

        Raises:
            NoPrice: the plan is not sold in that cycle.
        """
        discounts = _reductions(self.given, self.promise, cycle_months=months)
        with one_reading():
            return renewal_of(self.stands, RenewalChoice(months, discounts=discounts))

    def every(self) -> tuple[RenewalQuote, ...]:
        """Each way to renew, the customer's own cycle first."""
        return tuple(self.quote(one) for one in self.cycles)

    @cached_property
    def price(self) -> Money:
        """What renewing for as long as now costs.

        A plan that is no longer on sale keeps the list price that it last had.
        """
        term = self.stands.term
        return self.price_for(term.cycle_months) or Money(term.list_price_minor, term.currency)

    def price_for(self, months: int) -> Money | None:
        """What one way costs; None where it is not sold."""
        try:
            return self.quote(months).bill.to_pay
        except NoPrice:
            return None


def charges_of(term_ids: Collection[int], *, on: date, strategy: Strategy) -> Mapping[int, Charges]:
    """Term → what renewing it costs on a day; a handful of queries however many terms."""
    ids = sorted(term_ids)
    standing = {one.term.pk: one for one in Standing.every(ids, on=on)}
    reduced = _reduced(ids, on=on, strategy=strategy)
    return {pk: Charges(one, *reduced.get(pk, _NOTHING)) for pk, one in standing.items()}


def charges_for(term: Term, *, on: date, strategy: Strategy) -> Charges:
    """The same for one term that was read already."""
    reduced = _reduced([term.pk], on=on, strategy=strategy)
    return Charges(Standing.of(term, on=on), *reduced.get(term.pk, _NOTHING))


def reductions_of(term: Term, *, cycle_months: int, on: date) -> tuple[Discount, ...]:
    """What was decided for a term and promised to its customer, as discounts of one cycle."""
    reduced = _reduced([term.pk], on=on, strategy=current().at(on))
    given, promise = reduced.get(term.pk, _NOTHING)
    return _reductions(given, promise, cycle_months=cycle_months)


def _reductions(
    given: Given | None, promise: SaveOffer | None, *, cycle_months: int
) -> tuple[Discount, ...]:
    kept = discounts_of(promise, cycle_months=cycle_months)
    if given is None or given.saves is None or given.months != cycle_months:
        return kept
    kind = DiscountKind.AMOUNT
    return (Discount("offer", given.name, kind, amount=given.saves, group=TERM_GROUP), *kept)


def _reduced(
    term_ids: Collection[int], *, on: date, strategy: Strategy
) -> Mapping[int, tuple[Given | None, SaveOffer | None]]:
    """Term → the newest offer that was chosen for it and stands, and the promise of its customer.

    Most have neither, which is one question.
    """
    chosen = Decision.objects.filter(term=OuterRef("pk"), outcome=Decision.Outcome.CHOSEN)
    held = promises_on(on).filter(subscription=OuterRef("subscription"))
    rows = Term.objects.filter(pk__in=term_ids).annotate(
        decision=Subquery(chosen.order_by("-pk").values("pk")[:1]), is_promised=Exists(held)
    )
    found = [
        one
        for one in rows.values_list("pk", "subscription_id", "decision", "is_promised")
        if one[2] is not None or one[3]
    ]
    if not found:
        return {}
    decisions = Decision.objects.in_bulk([one[2] for one in found if one[2] is not None])
    promises = promised_to({one[1] for one in found if one[3]}, on=on)
    given = {
        pk: given_by(one, strategy=strategy)
        for pk, one in decisions.items()
        if one.valid_until is None or one.valid_until >= on
    }
    return {pk: (given.get(decision or 0), promises.get(chain)) for pk, chain, decision, _ in found}
