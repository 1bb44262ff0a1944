"""What a customer can be renewed for today: each cycle at its list price, and the offers held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tenure.decide.decisions.standing import standing_prices
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.catalog import queries as catalog
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import NextTerm, Purchase, next_term
from tenure.strategy.sections import Strategy


class PriceChanged(Refusal):
    """The price on the page is no longer the price."""

    code = "price_changed"
    said = Sentence(
        zh="价格在此期间变了，什么都没有收取；请核对新价格后再确认。",
        en="The price changed meanwhile, and nothing was charged; look at the new one and "
        "confirm again.",
    )


class NotForSale(Refusal):
    """A choice that is not, or no longer, among those that can be bought."""

    code = "not_for_sale"
    said = Sentence(
        zh="这个续费方案已不可选，什么都没有收取；请从页面上的方案中选择。",
        en="This choice can no longer be bought, and nothing was charged; choose one of those "
        "on the page.",
    )


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go on: a key for the form, the price, and the days it pays for."""

    key: str
    cycle_months: int
    price: Money
    list_price: Money
    comes: NextTerm
    offer: Sentence | None
    price_minor: int | None  # None: the list price, as it stands when it is bought

    def purchase(self, term_id: int, *, on: date) -> Purchase:
        """What is bought by choosing it, without saying how it was paid."""
        return Purchase(
            term_id, on=on, cycle_months=self.cycle_months, price_minor=self.price_minor
        )


def options(term: Term, *, strategy: Strategy, today: date) -> tuple[Option, ...]:
    """Every way to renew a term, the cycle that it has first."""
    found = [*_listed(term, strategy, today=today)]
    found += _held(term, strategy, today=today, listed={one.cycle_months: one for one in found})
    return tuple(sorted(found, key=lambda one: (one.cycle_months != term.cycle_months, one.key)))


def chosen(known: tuple[Option, ...], *, key: str, shown_minor: str) -> Option:
    """The option of a form, at the price that the person saw.

    Raises:
        NotForSale: there is no such option.
        PriceChanged: it costs something else now.
    """
    found = next((one for one in known if one.key == key), None)
    if found is None:
        raise NotForSale()
    if shown_minor != str(found.price.amount_minor):
        raise PriceChanged()
    return found


def _listed(term: Term, strategy: Strategy, *, today: date) -> Iterator[Option]:
    version = catalog.version_in_force(term.plan_version.plan_id, on=today)
    for months, unit in catalog.prices(version.pk, currency=term.currency).items():
        price = unit * term.subscription.quantity
        comes = _comes(term, strategy, months=months, today=today)
        yield Option(f"list-{months}", months, price, price, comes, None, price_minor=None)


def _held(
    term: Term, strategy: Strategy, *, today: date, listed: dict[int, Option]
) -> Iterator[Option]:
    """Offers that were made for this term and still hold."""
    made = standing_prices(today).filter(term=term, price_minor__gt=0).order_by("pk")
    for one in made:
        if one.months not in listed:
            continue
        plain, offer = listed[one.months], strategy.offers.get(one.action)
        yield Option(
            key=f"offer-{one.pk}",
            cycle_months=one.months,
            price=Money(one.price_minor or 0, one.currency),
            list_price=plain.list_price,
            comes=_comes(term, strategy, months=one.months, today=today),
            offer=offer.name if offer else None,
            price_minor=one.price_minor,
        )


def _comes(term: Term, strategy: Strategy, *, months: int, today: date) -> NextTerm:
    return next_term(
        term.ends_on,
        today,
        anchor_on=term.subscription.anchor_on,
        cycle_months=months,
        grace_days=strategy.business.grace_days,
    )
