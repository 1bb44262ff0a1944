"""Plans: put on sale with their prices and with what they give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.observe.imports.errand import Errand
from tenure.observe.imports.known import Known
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.mapping.reading import FIRST_SALE
from tenure.observe.imports.rules.faults import Missing, TwoCurrencies, shown
from tenure.observe.imports.rules.numbers import Amount, minor_units
from tenure.records.catalog.actions import offer_plan
from tenure.records.catalog.rules import Gives, Holds, OfferedPlan

_YEAR = 12


def offer_plans(plans: Iterable[OfferedPlan], *, errand: Errand) -> int:
    """Sell the plans that stand in a mapping itself; how many there are."""
    count = 0
    for plan in plans:
        offer_plan(plan, today=errand.on, at=errand.at, by=errand.by)
        count += 1
    return count


class PlanWriter:
    """Writes plans, one by one: there are dozens of them, never thousands."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.forget_plans()

    def settle(self, record: Record) -> None:
        values, code = record.values, record.values["id"]
        currency = values.get("currency") or self.errand.currency
        prices = self._prices(record, currency)
        if not prices:
            raise FieldRefused("monthly_price", Missing())
        cost = self._minor(record, "monthly_cost", currency) or 0
        name = values.get("name_en") or values.get("name_zh") or code
        record.key = code
        record.ready = {
            "product": values.get("product") or code,
            "name": {"zh": values.get("name_zh") or name, "en": values.get("name_en") or name},
            "tier_rank": values.get("tier_rank") or 1,
            "currency": currency,
            "prices": {str(months): minor for months, minor in sorted(prices.items())},
            "cost_minor": cost,
            "speed_mbps": values.get("speed_mbps"),
            "from_on": values.get("from_on") or FIRST_SALE,
            "gives": {one.code: record.rest.get(one.code) for one in record.making.gives},
        }

    def _prices(self, record: Record, currency: str) -> dict[int, int]:
        named = {1: "monthly_price", _YEAR: "yearly_price"}
        named |= {months: f"price_{months}" for months in record.making.prices}
        found = {months: self._minor(record, name, currency) for months, name in named.items()}
        return {months: minor for months, minor in found.items() if minor is not None}

    def _minor(self, record: Record, name: str, currency: str) -> int | None:
        amount: Amount | None = record.values.get(name)
        if amount is None:
            return None
        told = amount.currencies
        if told is not None and currency not in told:
            refusal = TwoCurrencies(
                account=shown(record.values["id"]),
                known=currency,
                currency="/".join(sorted(told)),
            )
            raise FieldRefused(name, refusal)
        try:
            return minor_units(amount.value, currency=currency)
        except Refusal as refusal:
            raise FieldRefused(name, refusal) from None

    def write(self, records: Sequence[Record]) -> None:
        for record in records:
            plan = _offered(record)
            offer_plan(plan, today=self.errand.on, at=self.errand.at, by=self.errand.by)
        self.known.forget_plans()


def _offered(record: Record) -> OfferedPlan:
    told = record.ready
    return OfferedPlan(
        code=record.key,
        product_code=told["product"],
        name=Sentence(zh=told["name"]["zh"], en=told["name"]["en"]),
        tier_rank=told["tier_rank"],
        from_on=told["from_on"],
        holds=Holds(
            cost_minor_per_month=told["cost_minor"],
            speed_mbps=told["speed_mbps"],
            prices={
                int(months): Money(minor, told["currency"])
                for months, minor in told["prices"].items()
            },
            gives=tuple(
                Gives(one.code, one.name, one.kind, told["gives"][one.code], one.unit)
                for one in record.making.gives
            ),
        ),
    )
