"""What is asked for and what is answered when something is quoted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.billing.pricing.basket import Discount
from tenure.records.billing.pricing.bill import Bill
from tenure.records.subscriptions.rules import NextTerm, PaidBy, Purchase

LADDER = "ladder"
# Reductions of the term itself: of these a customer gets the best one, never two.
TERM_GROUP = "term"


class SamePlan(Refusal):
    """A change to what is there already."""

    code = "same_plan"
    said = Sentence(
        zh="当前套餐已经是“{plan}”；请选择另一个套餐。",
        en="The plan is “{plan}” already; choose another one.",
    )


class NotRunning(Refusal):
    """A term that cannot be changed any more."""

    code = "not_running"
    said = Sentence(
        zh="本期已于 {ends_on} 到期，不能再变更；请先续费。",
        en="The term ended on {ends_on} and cannot be changed; renew it first.",
    )


class EndsLater(Refusal):
    """A common date that some term runs beyond already."""

    code = "ends_later"
    said = Sentence(
        zh="本期到 {ends_on} 才到期，晚于共同到期日 {until}；请选择更晚的日期。",
        en="A term runs until {ends_on}, later than the common date {until}; choose a later one.",
    )


class NoSeats(Refusal):
    """Fewer seats than one, or none more than there are."""

    code = "no_seats"
    said = Sentence(
        zh="席位数 {seats} 不可用；现有 {now} 个，最少 1 个。",
        en="{seats} seats are not possible; there are {now} now, and one is the least.",
    )


@dataclass(frozen=True, slots=True)
class RenewalChoice:
    """How a term is to be renewed. What is None stays as it is."""

    cycle_months: int | None = None
    plan_code: str | None = None
    quantity: int | None = None
    discounts: tuple[Discount, ...] = ()


AS_IT_IS = RenewalChoice()


@dataclass(frozen=True, slots=True)
class RenewalQuote:
    """What renewing a term in one way costs, and the days that it pays for."""

    term_id: int
    on: date
    cycle_months: int
    plan_version_id: int
    quantity: int
    cycle: Sentence
    comes: NextTerm
    bill: Bill

    @property
    def per_month_minor(self) -> int:
        """The price of one month, rounded down to minor units, for comparing only."""
        return self.bill.subtotal.amount_minor // self.cycle_months

    def purchase(self, *, paid_by: PaidBy | None = None) -> Purchase:
        """What `renew` is told when exactly this was bought."""
        line = self.bill.lines[0]
        return Purchase(
            self.term_id,
            self.on,
            cycle_months=self.cycle_months,
            price_minor=line.amount.amount_minor,
            plan_version_id=self.plan_version_id,
            ends_on=self.comes.period.ends_on,
            quantity=self.quantity,
            paid_by=paid_by,
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """One entitlement that changes with the plan; None is without limit, absent is not there."""

    code: str
    name: Sentence
    unit: str
    is_value_added: bool
    had: bool
    has: bool
    before: int | None
    after: int | None

    @property
    def is_gain(self) -> bool:
        """Whether the customer has more afterwards."""
        if self.had and self.has:
            return self.after is None or (self.before is not None and self.after > self.before)
        return self.has


@dataclass(frozen=True, slots=True)
class ChangeQuote:
    """What changing a running term costs today, from when it counts, and what comes with it.

    `bill` is None where nothing is due before the term's end. `renewal` is what a whole term
    costs afterwards.
    """

    term_id: int
    on: date
    effective_on: date
    plan_version_id: int
    plan: Sentence
    is_upgrade: bool
    bill: Bill | None
    renewal: Bill
    gained: tuple[Difference, ...]
    lost: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class CoTermQuote:
    """Several terms brought to one date, in one bill whose lines name the terms."""

    until: date
    on: date
    term_ids: tuple[int, ...]
    bill: Bill


def ref_of(term_id: int) -> str:
    """How the lines of a bill name a term."""
    return f"term:{term_id}"


def term_of(ref: str) -> int:
    """The term that a line names."""
    kind, _, rest = ref.partition(":")
    assert kind == "term", f"{ref} names no term"
    return int(rest.partition(":")[0])
