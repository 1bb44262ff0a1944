"""The price of a renewal with everything that was decided or promised: shown, told and charged."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Final

from tenure.act.prices.decided import Given, given_by
from tenure.decide.decisions.standing import standing_offers
from tenure.decide.saves.promises import discounts_of
from tenure.kernel.money import Money
from tenure.records.among import among
from tenure.records.billing.pricing.basket import Discount, DiscountKind
from tenure.records.cancellations.models import SaveOffer
from tenure.records.cancellations.queries import promised_to, promises_on
from tenure.records.catalog.price_list import PriceList
from tenure.records.catalog.rules import NoPrice
from tenure.records.strategies.queries import current, one_reading
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries.renewing import Costs, renewal_of
from tenure.records.subscriptions.quoting.standing import Standing
from tenure.records.subscriptions.quoting.values import (
    TERM_GROUP,
    Cost,
    RenewalChoice,
    RenewalQuote,
)
from tenure.records.subscriptions.rules import TERM, TermVerb
from tenure.records.subscriptions.states import TermState
from tenure.records.together import read_together
from tenure.strategy.sections import Strategy

# What `given_by` reads of a decision, beside its term.
_TOLD: Final = (
    "term", "as_of", "valid_until", "action", "strategy_hash", "list_price_minor", "price_minor",
    "currency", "months", "extension_days", "coupon_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """What a customer was told and may count on, beside the price list.

    `givens` are the offers that were decided for the term and still stand, the newest first:
    whatever is decided later, an earlier one is kept until its last day. `promise` is the price
    that was promised to somebody who stayed.
    """

    givens: Sequence[Given] = ()
    promise: SaveOffer | None = None

    @property
    def more_days(self) -> Given | None:
        """The offer of free days that stands, the longest; None without one."""
        free = [one for one in self.givens if one.extension_days]
        return max(free, key=lambda one: one.extension_days, default=None)

    def discounts(self, *, cycle_months: int) -> tuple[Discount, ...]:
        """As discounts of one cycle: the best of the offers, and the promise."""
        promised = discounts_of(self.promise, cycle_months=cycle_months)
        fitting = [
            (one.saves, one.name)
            for one in self.givens
            if one.saves is not None and one.months == cycle_months
        ]
        if not fitting:
            return promised
        saves, name = max(fitting, key=lambda one: one[0])
        kind = DiscountKind.AMOUNT
        return (Discount("offer", name, kind, amount=saves, group=TERM_GROUP), *promised)


_NOTHING: Final = Kept()


@dataclass
class Charges:
    """One term, and what each way to renew it costs on a day; priced when it is asked for.

    Of the reductions of the term itself the best one counts.
    """

    stands: Standing
    kept: Kept = _NOTHING
    # Shared by all that are read together, who mostly buy the same.
    costs: Costs = field(default_factory=Costs)

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
        with one_reading():
            return renewal_of(self.stands, self._choice(months))

    def every(self) -> tuple[RenewalQuote, ...]:
        """Each way to renew, the customer's own cycle first."""
        return tuple(self.quote(one) for one in self.cycles)

    def cost(self, months: int) -> Cost:
        """What one way to renew comes to: as `quote`, for whoever needs no bill.

        Raises:
            NoPrice: the plan is not sold in that cycle.
        """
        return self.costs.of(self.stands, self._choice(months))

    def _choice(self, months: int) -> RenewalChoice:
        if self.kept is _NOTHING:
            return _plainly(months)
        return RenewalChoice(months, discounts=self.kept.discounts(cycle_months=months))

    @property
    def more_days(self) -> Given | None:
        """Free days that were offered and can be taken: once a term (OFR-08)."""
        term = self.stands.term
        can_move = TERM.allows(TermState(term.state), TermVerb.EXTEND) and not term.extended_days
        return self.kept.more_days if can_move else None

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
            return self.cost(months).to_pay
        except NoPrice:
            return None


@lru_cache(maxsize=64)
def _plainly(months: int) -> RenewalChoice:
    """The choice of those to whom nothing was promised."""
    return RenewalChoice(months)


def charges_of(
    terms: Sequence[Term],
    *,
    on: date,
    strategy: Strategy,
    price_list: PriceList | None = None,
) -> Mapping[int, Charges]:
    """Term → what renewing it costs on a day; a handful of queries however many terms.

    Args:
        terms: as they were read, with their subscriptions.
        price_list: the catalogue, where it was read already.
    """
    costs, standing = Costs(), Standing.of_terms(terms, on=on, price_list=price_list)
    kept = _kept(terms, on=on, strategy=strategy)
    return {one.term.pk: Charges(one, kept.get(one.term.pk, _NOTHING), costs) for one in standing}


class Till:
    """What renewing several terms costs on a day; worked out when the first one is asked for.

    Args:
        terms: as they were read, with their subscriptions.
        expected: those whose price somebody is likely to ask for; any other is looked at alone.
    """

    def __init__(
        self,
        terms: Collection[Term],
        *,
        expected: Collection[int],
        on: date,
        strategy: Strategy,
        price_list: PriceList,
    ) -> None:
        self._terms = {one.pk: one for one in terms}
        self._expected = expected
        self._on = on
        self._strategy = strategy
        self._price_list = price_list

    def of(self, term_id: int) -> Charges:
        """One term's charges."""
        found = self._known.get(term_id)
        if found is None:
            self._known.update(self._charges([self._terms[term_id]]))
            found = self._known[term_id]
        return found

    @cached_property
    def _known(self) -> dict[int, Charges]:
        return dict(self._charges([self._terms[one] for one in sorted(self._expected)]))

    def _charges(self, terms: Sequence[Term]) -> Mapping[int, Charges]:
        return charges_of(terms, on=self._on, strategy=self._strategy, price_list=self._price_list)


def charges_for(term: Term, *, on: date, strategy: Strategy) -> Charges:
    """The same for one term that was read already."""
    kept = _kept([term], on=on, strategy=strategy)
    return Charges(Standing.of(term, on=on), kept.get(term.pk, _NOTHING))


def reductions_of(term: Term, *, cycle_months: int, on: date) -> tuple[Discount, ...]:
    """What was decided for a term and promised to its customer, as discounts of one cycle."""
    kept = _kept([term], on=on, strategy=current().at(on)).get(term.pk, _NOTHING)
    return kept.discounts(cycle_months=cycle_months)


def _kept(terms: Collection[Term], *, on: date, strategy: Strategy) -> Mapping[int, Kept]:
    """Term → what was decided for it and promised to its customer, and stands.

    Most have neither, which is one question.
    """
    chains = {one.subscription_id for one in terms}
    decided, held = read_together(
        standing_offers(on).filter(among("term_id", [one.pk for one in terms])).only(*_TOLD),
        promises_on(on).filter(among("subscription_id", chains)).only("subscription"),
    )
    givens: dict[int, list[Given]] = defaultdict(list)
    for one in reversed(decided):
        givens[one.term_id].append(given_by(one, strategy=strategy))
    promised = {one.subscription_id for one in held}
    promises = promised_to(promised, on=on) if promised else {}
    return {
        one.pk: Kept(givens.get(one.pk, ()), promises.get(one.subscription_id))
        for one in terms
        if one.pk in givens or one.subscription_id in promised
    }
