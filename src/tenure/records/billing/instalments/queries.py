"""How a schedule stands."""

from dataclasses import dataclass
from datetime import date

from tenure.kernel.money import Money
from tenure.records.billing.instalments.models import Instalment, InstalmentPlan
from tenure.records.billing.instalments.rules import Due, InstalmentState, access, state
from tenure.records.strategies.queries import NoStrategy, current
from tenure.strategy.catalog import Access
from tenure.strategy.components import InstalmentRules


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as of a day."""

    plan: InstalmentPlan
    dues: tuple[Due, ...]
    state: InstalmentState
    access: Access

    @property
    def open(self) -> Money:
        """What is still owed in all."""
        return Money(sum(one.open_minor for one in self.dues), self.plan.currency)


def rules_of(on: date) -> InstalmentRules:
    """How prices may be split on a day."""
    try:
        return current().at(on).catalog.instalments
    except NoStrategy:
        return InstalmentRules()


def dues_of(plan_id: int) -> list[Due]:
    """The parts of a schedule, the first one first."""
    rows = Instalment.objects.filter(plan_id=plan_id).order_by("number")
    return [Due(one.number, one.due_on, one.amount_minor, one.paid_minor) for one in rows]


def schedule_of(term_id: int, *, on: date) -> Schedule | None:
    """The schedule of a term on a day; None where it is not paid in parts."""
    plan = InstalmentPlan.objects.filter(term_id=term_id).first()
    if plan is None:
        return None
    dues, rules = dues_of(plan.pk), rules_of(on)
    stands, may = state(dues, on, rules=rules), access(dues, on, rules=rules)
    return Schedule(plan, tuple(dues), stands, may)


def due_between(first_on: date, last_on: date) -> list[Instalment]:
    """Parts that fall due on these days (both included) and are not paid, for who collects."""
    rows = Instalment.objects.filter(due_on__range=(first_on, last_on), paid_on=None)
    return list(rows.select_related("plan").order_by("due_on", "pk"))
