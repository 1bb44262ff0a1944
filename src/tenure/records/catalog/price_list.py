"""Every version and price at once, for whoever sells to many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.catalog.models import Plan, PlanVersion
from tenure.records.catalog.rules import NoPrice


@dataclass(frozen=True, slots=True)
class PriceList:
    """The whole catalogue in memory: some dozens of plans, never customers."""

    versions: Mapping[int, PlanVersion]  # version id → version
    of_plan: Mapping[int, Sequence[PlanVersion]]  # plan id → its versions, oldest first
    prices: Mapping[tuple[int, int, str], int]  # version, months, currency → minor units
    # What was looked up before: the same few are asked for by thousands of customers.
    _newest: dict[tuple[int, date], PlanVersion | None] = field(default_factory=dict, repr=False)
    _units: dict[tuple[int, int, str], Money] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls) -> Self:
        """The catalogue as it stands in the records, in one query."""
        named = ("cycle_months", "currency", "amount_minor")
        own = [one.attname for one in PlanVersion._meta.concrete_fields]
        plans = [one.attname for one in Plan._meta.concrete_fields]
        each = PlanVersion.objects.order_by("effective_on", "version", "pk").values_list(
            *(f"prices__{name}" for name in named), *(f"plan__{name}" for name in plans), *own
        )
        first, second = len(named), len(named) + len(plans)
        versions: dict[int, PlanVersion] = {}
        known: dict[int, Plan] = {}
        prices = {}
        # A version stands once for each of its prices, and once where it has none: an object is
        # made of it once.
        for row in each:
            (months, currency, minor), pk = row[:first], row[second + own.index("id")]
            if pk not in versions:
                plan = Plan.from_db(None, plans, row[first:second])
                versions[pk] = PlanVersion.from_db(None, own, row[second:])
                versions[pk].plan = known.setdefault(plan.pk, plan)
            if months is not None:
                prices[pk, months, currency] = minor
        of_plan: dict[int, list[PlanVersion]] = {}
        for one in versions.values():
            of_plan.setdefault(one.plan_id, []).append(one)
        return cls(versions, of_plan, prices)

    def version_in_force(self, sold_version_id: int, *, on: date) -> int:
        """The version of the same plan that is sold on a day; before its first, the one sold."""
        newest = self.newest(self.versions[sold_version_id].plan_id, on=on)
        return sold_version_id if newest is None else newest.id

    def newest(self, plan_id: int, *, on: date) -> PlanVersion | None:
        """The version of a plan that is sold on a day."""
        key = plan_id, on
        if key not in self._newest:
            versions = reversed(self.of_plan.get(plan_id, ()))
            self._newest[key] = next((one for one in versions if one.effective_on <= on), None)
        return self._newest[key]

    def cycles(self, version_id: int, *, currency: str) -> Mapping[int, int]:
        """Months → minor units of every cycle in which a version is sold, shortest first."""
        found = {
            months: minor
            for (one, months, of), minor in self.prices.items()
            if (one, of) == (version_id, currency)
        }
        return dict(sorted(found.items()))

    def unit(self, key: tuple[int, int, str]) -> Money:
        """The list price of one unit as money.

        Raises:
            NoPrice: the version is not sold in that cycle and currency.
        """
        found = self._units.get(key)
        if found is None:
            found = self._units[key] = Money(self.price(key), key[2])
        return found

    def price(self, key: tuple[int, int, str]) -> int:
        """The list price of one unit: version id, months, currency → minor units.

        Raises:
            NoPrice: the version is not sold in that cycle and currency.
        """
        version_id, months, currency = key
        if key not in self.prices:
            version = self.versions[version_id]
            known = sorted(
                cycle for one, cycle, of in self.prices if (one, of) == (version_id, currency)
            )
            raise NoPrice(
                plan=version.plan.code,
                version=version.version,
                months=months,
                currency=currency,
                known=known or Sentence(zh="无", en="none"),
            )
        return self.prices[key]
