"""The catalogue of the applied strategy, as the market needs it: plans, prices, modules."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.catalog.models import Entitlement, PlanVersion, Price
from tenure.strategy.catalog import EntitlementKind
from tenure.world.chance import Floats, Wholes


class NothingToSell(Refusal):
    """A business without a price list cannot have customers."""

    code = "nothing_to_sell"
    said = Sentence(
        zh="当前策略里没有任何带价格的套餐；请先应用一套含 catalog.toml 的策略。",
        en="The applied strategy sells no plan with a price; apply one that has a catalog.toml.",
    )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The plan versions on sale, cheapest tier first; a version is named by its place here."""

    version_ids: Wholes
    plan_codes: tuple[str, ...]
    modules: tuple[tuple[str, ...], ...]  # what can be used: first the core, then what is added
    cycles: tuple[int, ...]  # months
    price_minor: Wholes  # versions × cycles; −1: not sold
    currency: str

    def price(self, version: Wholes, cycle: Wholes) -> Wholes:
        """The list price of a version for the cycle at a place of `cycles`."""
        price: Wholes = self.price_minor[version, cycle]
        return price

    def yearly_fee(self, version: Wholes, cycle: Wholes) -> Floats:
        """What a year costs, in minor units."""
        months = np.array(self.cycles)[cycle]
        fee: Floats = self.price(version, cycle) / months * 12.0
        return fee


def on_sale() -> Catalogue:
    """The newest version of each plan with its prices in the commonest currency."""
    versions = list(
        PlanVersion.objects.select_related("plan").order_by(
            "plan__tier_rank", "plan__code", "version"
        )
    )
    newest = {version.plan_id: version for version in versions}
    prices = Price.objects.filter(plan_version__in=newest.values()).order_by("cycle_months")
    by_version: defaultdict[int, dict[int, int]] = defaultdict(dict)
    currencies: defaultdict[str, int] = defaultdict(int)
    for price in prices:
        by_version[price.plan_version_id][price.cycle_months] = price.amount_minor
        currencies[price.currency] += 1
    sold = [version for version in newest.values() if version.id in by_version]
    if not sold:
        raise NothingToSell()
    cycles = sorted({months for one in by_version.values() for months in one})
    return Catalogue(
        version_ids=np.array([version.id for version in sold]),
        plan_codes=tuple(version.plan.code for version in sold),
        modules=tuple(_modules(version.id) for version in sold),
        cycles=tuple(cycles),
        price_minor=np.array(
            [[by_version[version.id].get(months, -1) for months in cycles] for version in sold]
        ),
        currency=max(currencies, key=lambda code: (currencies[code], code)),
    )


def _modules(version_id: int) -> tuple[str, ...]:
    given = list(Entitlement.objects.filter(plan_version_id=version_id).order_by("id"))
    core = [one.code for one in given if one.kind == EntitlementKind.CORE][:1] or ["core"]
    return (*core, *(one.code for one in given if one.kind != EntitlementKind.CORE))
