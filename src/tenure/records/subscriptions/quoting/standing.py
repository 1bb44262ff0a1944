"""What a term stands on when something about it is quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.billing.pricing.basket import Discount, DiscountKind
from tenure.records.catalog import queries as catalog
from tenure.records.catalog.models import Plan, PlanVersion
from tenure.records.catalog.rules import NotOnSaleYet
from tenure.records.strategies.queries import NoStrategy, current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.values import LADDER, TERM_GROUP, NotRunning, ref_of
from tenure.records.subscriptions.states import TermState
from tenure.strategy.catalog import Catalog

_LADDER_SAID = Sentence(zh="预付 {months} 个月优惠", en="{months} months paid in advance")
_MONTHS = Sentence(zh="{months} 个月", en="{months} months")
_MONTH = Sentence(zh="1 个月", en="1 month")


@dataclass(frozen=True, slots=True)
class Standing:
    """A term with its plan, on a day, under the catalogue of that day."""

    term: Term
    on: date
    sold: Catalog | None

    @classmethod
    def of(cls, term_id: int, *, on: date) -> Standing:
        """How a term stands on a day."""
        return cls.all([term_id], on=on)[0]

    @classmethod
    def all(cls, term_ids: Sequence[int], *, on: date) -> list[Standing]:
        """How several terms stand, in the order asked for."""
        terms = Term.objects.select_related("subscription", "plan_version__plan")
        found = terms.in_bulk(list(term_ids))
        sold = catalog_of(on)
        return [cls(found[one], on, sold) for one in term_ids]

    @property
    def ref(self) -> str:
        return ref_of(self.term.pk)

    @property
    def plan(self) -> Plan:
        return self.term.plan_version.plan

    @property
    def quantity(self) -> int:
        return self.term.subscription.quantity

    def version(self, plan_code: str | None) -> PlanVersion:
        """The version that is sold today of a plan, or of the term's own.

        Before its first version the one that was sold to the customer counts.
        """
        plan = self.plan if plan_code is None else catalog.plan(plan_code)
        try:
            found = catalog.version_in_force(plan.pk, on=self.on)
        except NotOnSaleYet:
            if plan.pk != self.plan.pk:
                raise
            return self.term.plan_version
        found.plan = plan
        return found

    def unit(self, version: PlanVersion, *, cycle_months: int) -> Money:
        """The list price of one for a whole cycle."""
        return catalog.price(version, cycle_months=cycle_months, currency=self.term.currency)

    def ladder(self, ref: str, *, cycle_months: int) -> tuple[Discount, ...]:
        """What a whole term of this length is reduced by when paid in advance (OFR-01)."""
        share = self.sold.ladder.get(cycle_months, Decimal(0)) if self.sold else Decimal(0)
        if share == 0:
            return ()
        said = _LADDER_SAID.fill(months=cycle_months)
        return (
            Discount(
                id=f"{LADDER}:{ref}",
                said=said,
                kind=DiscountKind.PERCENT,
                share=share,
                group=f"{TERM_GROUP}:{ref}",
                refs=frozenset({ref}),
            ),
        )

    def cycle_name(self, months: int) -> Sentence:
        """How people call a cycle."""
        if self.sold is not None and months in self.sold.cycles:
            return self.sold.cycles[months].name
        return months_said(months)

    def check_running(self) -> None:
        """Refuse to change a term that is over.

        Raises:
            NotRunning: its end has come.
        """
        is_open = self.term.state in (TermState.RUNNING, TermState.CANCELLING)
        if not is_open or not self.term.starts_on <= self.on < self.term.ends_on:
            raise NotRunning(ends_on=self.term.ends_on)


def catalog_of(on: date) -> Catalog | None:
    """The strategy's catalogue of a day, None where no strategy was applied."""
    try:
        return current().at(on).catalog
    except NoStrategy:
        return None


def plan_said(version: PlanVersion) -> Sentence:
    """The name of a version's plan."""
    return Sentence(zh=version.plan.name_zh, en=version.plan.name_en)


def months_said(months: int) -> Sentence:
    """A number of months in words."""
    return _MONTH if months == 1 else _MONTHS.fill(months=months)
