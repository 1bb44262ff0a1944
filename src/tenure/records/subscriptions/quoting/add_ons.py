"""What an add-on costs on a day."""

from __future__ import annotations

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.catalog import queries as catalog
from tenure.records.catalog.models import AddOn, AddOnVersion
from tenure.records.catalog.rules import NoPrice
from tenure.records.subscriptions.quoting.standing import Standing


def price_of(add_on: AddOn, stands: Standing, *, cycle_months: int) -> tuple[AddOnVersion, Money]:
    """The version of an add-on that is sold today, and its price for a whole cycle.

    Raises:
        NoPrice: it is not sold in that cycle and currency.
    """
    version = catalog.add_on_in_force(add_on, on=stands.on)
    minor = version.prices.get(str(cycle_months))
    if minor is None or version.currency != stands.term.currency:
        known = sorted(int(one) for one in version.prices)
        raise NoPrice(
            plan=add_on.code,
            version=version.version,
            months=cycle_months,
            currency=stands.term.currency,
            known=known or Sentence(zh="无", en="none"),
        )
    return version, Money(int(minor), version.currency)
