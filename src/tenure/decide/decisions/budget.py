"""The month's budget: what today's choices may cost, and the ledger of what they did."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from django.db.models import Sum

from tenure.decide.decisions.models import BudgetEntry
from tenure.records.rows import run_statement
from tenure.records.strategies.queries import current
from tenure.strategy.guardrails import Guardrails

COMMIT: Final = Path(__file__).with_name("commit_budget.sql")
SETTLE: Final = Path(__file__).with_name("settle_budget.sql")
SETTLE_PROMISES: Final = Path(__file__).with_name("settle_promises.sql")

# One day may take so many equal shares of what is left of the month: terms do not end evenly.
SHARES_A_DAY: Final = 2


@dataclass(frozen=True, slots=True)
class Budget:
    """One month's budget as of a day, in minor units of `currency`."""

    planned_minor: int
    used_minor: int
    days_left: int
    second_person_minor: int
    currency: str

    @property
    def left_minor(self) -> int:
        """What may still be given this month."""
        return max(0, self.planned_minor - self.used_minor)

    @property
    def today_minor(self) -> int:
        """What may be committed today without starving the rest of the month.

        Where today's choices come to more than `second_person_minor`, another person agrees first.
        """
        return self.left_minor * min(SHARES_A_DAY, self.days_left) // self.days_left

    def before(self, committed_minor: int) -> Budget:
        """The same budget before the choices of the day committed so much of it."""
        return replace(self, used_minor=self.used_minor - committed_minor)


def budget_of(as_of: date, guardrails: Guardrails) -> Budget:
    """The budget of the month of a day, with everything that was committed until that day."""
    currency = guardrails.monthly_budget.currency
    used = BudgetEntry.objects.filter(
        month_on=as_of.replace(day=1), currency=currency, on__lte=as_of
    ).aggregate(total=Sum("amount_minor"))["total"]
    return Budget(
        planned_minor=guardrails.monthly_budget.amount_minor,
        used_minor=used or 0,
        days_left=monthrange(as_of.year, as_of.month)[1] - as_of.day + 1,
        second_person_minor=guardrails.second_person_above.amount_minor,
        currency=currency,
    )


def commit(*, as_of: date) -> int:
    """Enter what the choices of a day are expected to cost; how many entries are new."""
    return run_statement(COMMIT, {"as_of": as_of, "month_on": as_of.replace(day=1)})


def settle(*, as_of: date) -> int:
    """Replace expected by real costs where a term is over; how many entries are new."""
    return sum(run_statement(one, {"as_of": as_of}) for one in (SETTLE, SETTLE_PROMISES))


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """A month's budget as of a day; `pace_minor` is what the month comes to at this rate."""

    budget: Budget
    pace_minor: int

    @property
    def over_minor(self) -> int:
        """By how much the month would exceed its budget at this rate; 0 where it would not."""
        return max(0, self.pace_minor - self.budget.planned_minor)


def budget_on(as_of: date, *, guardrails: Guardrails | None = None) -> BudgetUse:
    """The budget of the month of a day, and where it is heading.

    Args:
        guardrails: those in force on the day, where the caller has them already.
    """
    budget = budget_of(as_of, guardrails or current().at(as_of).guardrails)
    days = monthrange(as_of.year, as_of.month)[1]
    return BudgetUse(budget, pace_minor=budget.used_minor * days // as_of.day)
