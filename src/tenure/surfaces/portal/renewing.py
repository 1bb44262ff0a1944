"""Ways to renew a term, each with its bill: the bill shown is the bill that is ordered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from tenure.act.prices.queries import Charges, charges_for
from tenure.decide.obligations.reductions import percent_off
from tenure.kernel.money import Money
from tenure.records.billing.orders.actions import place
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import NewOrder
from tenure.records.billing.orders.states import Purpose
from tenure.records.billing.pricing.bill import Bill
from tenure.records.catalog.history import lowest_prices
from tenure.records.stores.queries import check_ours
from tenure.records.subscriptions.rules import NextTerm
from tenure.surfaces.portal.contracts import Contract
from tenure.surfaces.portal.visitors import Moment, Visitor

TIME_TO_DECIDE: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to renew: for how long, until when, for how much."""

    cycle_months: int
    comes: NextTerm
    bill: Bill
    #: The lowest price of the days before, where the law says that a reduction counts from it.
    prior: Money | None = None

    @property
    def percent_off(self) -> int:
        """What the page may call the plan reduced by (R-A-055)."""
        line = self.bill.lines[0]
        before = line.list_price if self.prior is None else min(line.list_price, self.prior)
        return percent_off(line.amount, before=before)

    @property
    def last_day_on(self) -> date:
        """The last day that it pays for."""
        return self.comes.period.ends_on - timedelta(days=1)

    @property
    def per_month(self) -> Money:
        """What a month of it costs, cut down to whole minor units, for comparing only."""
        total = self.bill.subtotal
        return Money(total.amount_minor // self.cycle_months, total.currency)

    @property
    def has_saving(self) -> bool:
        return self.bill.discount_total.amount_minor > 0


def ways_of(contract: Contract, *, now: Moment) -> tuple[Way, ...]:
    """Every cycle in which a contract can be renewed today, the usual one first, then by length.

    An offer that was decided for this term and still stands, and the price that was promised to
    somebody who stayed, are taken off where they fit: the better of them counts.
    """
    return ways_by(charges_for(contract.term, on=now.on, strategy=now.strategy))


def ways_by(found: Charges) -> tuple[Way, ...]:
    """The same from charges that were read already."""
    return tuple(Way(one.cycle_months, one.comes, one.bill) for one in found.every())


def with_priors(
    ways: Sequence[Way], contract: Contract, *, days: int | None, on: date
) -> tuple[Way, ...]:
    """The same ways with the price that a reduction counts from, where a law names its days."""
    if days is None:
        return tuple(ways)
    term, units = contract.term, contract.subscription.quantity
    plan_id = term.plan_version.plan_id
    lowest = lowest_prices(plan_id, currency=term.currency, on=on, days=days)
    return tuple(
        replace(one, prior=lowest[one.cycle_months] * units) if one.cycle_months in lowest else one
        for one in ways
    )


def way_in(ways: Sequence[Way], asked: str) -> Way:
    """The way that a form names, or the first."""
    return next((one for one in ways if str(one.cycle_months) == asked), ways[0])


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor confirmed: the contract, the way, the bill that was seen, and the click."""

    contract: Contract
    way: Way
    seen_digest: str
    key: str


def order_of(asked: Asked, visitor: Visitor, *, at: datetime) -> Order:
    """Place the order for a renewal; a second click is the same order.

    Raises:
        SoldByStore: a store sold it and renews it.
        PriceChanged: the bill that was seen is not today's.
        AlreadyPaid: this term was renewed and paid already.
    """
    term, way = asked.contract.term, asked.way
    check_ours(term.subscription_id)
    total = way.bill.to_pay
    new = NewOrder(
        account_id=term.account_id,
        purpose=Purpose.RENEWAL,
        subject={
            "term_id": term.pk,
            "cycle_months": way.cycle_months,
            "price_minor": total.amount_minor,
        },
        total=total,
        digest=way.bill.digest,
        once_key=f"portal:renewal:{term.pk}:{asked.key}",
        placed_on=asked.contract.on,
        expires_at=at + TIME_TO_DECIDE,
        bill=way.bill.as_document(),
        seen_digest=asked.seen_digest,
        subject_key=renewal_key(term.pk),
    )
    return place(new, at=at, by=visitor.by)


def renewal_key(term_id: int) -> str:
    """The name of what can be bought only once: the renewal of a term."""
    return f"renewal:term:{term_id}"
