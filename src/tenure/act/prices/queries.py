"""The price of a renewal with everything that was decided or promised: shown, told and charged."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject

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

# What `given_by` reads of a decision; days come back as text.
_DAYS: Final = ("as_of", "valid_until")
_TOLD: Final = (
    *_DAYS, "action", "strategy_hash", "list_price_minor", "price_minor", "currency", "months",
    "extension_days", "coupon_code",
)  # fmt: skip
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


class Till:
    """What renewing several terms costs on a day; read together when the first one is asked for."""

    def __init__(self, term_ids: Collection[int], *, on: date, strategy: Strategy) -> None:
        self._expected = term_ids
        self._on = on
        self._strategy = strategy

    def of(self, term_id: int) -> Charges:
        """One term's charges; a term that nobody expected is read alone."""
        if term_id not in self._known:
            self._known.update(self._read([term_id]))
        return self._known[term_id]

    @cached_property
    def _known(self) -> dict[int, Charges]:
        return self._read(self._expected)

    def _read(self, term_ids: Collection[int]) -> dict[int, Charges]:
        return dict(charges_of(term_ids, on=self._on, strategy=self._strategy))


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
    told = JSONObject(**{name: name for name in _TOLD})
    held = promises_on(on).filter(subscription=OuterRef("subscription"))
    rows = Term.objects.filter(pk__in=term_ids).annotate(
        decision=Subquery(chosen.order_by("-pk").values(told=told)[:1]), is_promised=Exists(held)
    )
    found = [
        one
        for one in rows.values_list("pk", "subscription_id", "decision", "is_promised")
        if one[2] is not None or one[3]
    ]
    chains = {chain for _, chain, _, is_promised in found if is_promised}
    promises = promised_to(chains, on=on) if chains else {}
    return {
        pk: (_given(decision, on=on, strategy=strategy), promises.get(chain))
        for pk, chain, decision, _ in found
    }


def _given(told: dict[str, Any] | None, *, on: date, strategy: Strategy) -> Given | None:
    """What the newest decision of a term gives, while it stands."""
    if told is None:
        return None
    days = {name: told[name] and date.fromisoformat(told[name]) for name in _DAYS}
    decision = Decision(**{**told, **days})
    if decision.valid_until is not None and decision.valid_until < on:
        return None
    return given_by(decision, strategy=strategy)
