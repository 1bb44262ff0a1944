"""What is asked for and what is answered when something is quoted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import Discount
from tenure.records.billing.pricing.bill import Bill
from tenure.records.subscriptions.models import TermLine
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
    """A term that cannot be changed: it is over, or has not begun."""

    code = "not_running"
    said = Sentence(
        zh="本期为 {starts_on} 至 {ends_on}（不含），今天不在期内，不能变更；请选择当前有效的一期，"
        "或先续费。",
        en="The term runs from {starts_on} to {ends_on} (not included), so it cannot be changed "
        "today; choose the one that is running, or renew first.",
    )


class NothingRunning(Refusal):
    """No term covers the day."""

    code = "nothing_running"
    said = Sentence(
        zh="{on} 没有有效的服务期，不能暂停；请先续费。",
        en="No term runs on {on}, so there is nothing to pause; renew first.",
    )


class CannotWithdraw(Refusal):
    """The whole principal can no longer be asked back."""

    code = "cannot_withdraw"
    said = Sentence(
        zh="于 {bought_on} 付款；只有首次购买、且在付款后 7 天内才能全额退回本金，"
        "现可按剩余天数退款。",
        en="It was paid on {bought_on}; the whole amount can be asked back only within 7 days of "
        "a first purchase. What is left can be given back by the day.",
    )


class RenewedAlready(Refusal):
    """The next term is bought: what was to change with it is settled."""

    code = "renewed_already"
    said = Sentence(
        zh="到 {ends_on} 的这一期已经续费，不能再改下一期；请在新的一期开始后变更。",
        en="The term until {ends_on} is renewed already, so its next one can no longer be "
        "changed; change it after it has begun.",
    )


class IsPaused(Refusal):
    """A subscription that is at rest."""

    code = "is_paused"
    said = Sentence(
        zh="订阅已暂停，将于 {resumes_on} 恢复；请先恢复再变更。",
        en="The subscription is paused until {resumes_on}; resume it before changing it.",
    )


class AddOnThere(Refusal):
    """An add-on is attached a second time."""

    code = "add_on_there"
    said = Sentence(
        zh="已经有“{add_on}”；无需再次添加。",
        en="“{add_on}” is there already; there is no need to add it again.",
    )


class AddOnNotThere(Refusal):
    """An add-on is taken off that is not there."""

    code = "add_on_not_there"
    said = Sentence(
        zh="没有正在使用的“{add_on}”；请核对名称。",
        en="“{add_on}” is not in use; check the name.",
    )


class DoesNotGoWith(Refusal):
    """An add-on that is not sold with a plan."""

    code = "does_not_go_with"
    said = Sentence(
        zh="“{add_on}”不能与“{plan}”一起使用；请先换套餐。",
        en="“{add_on}” is not sold with “{plan}”; change the plan first.",
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
    use_balance: bool = False


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
        return Purchase(
            self.term_id,
            self.on,
            cycle_months=self.cycle_months,
            plan_version_id=self.plan_version_id,
            quantity=self.quantity,
            bill=self.bill,
            paid_by=paid_by,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way to renew comes to, where nobody needs the bill: to pay, and by the list."""

    to_pay: Money
    list_total: Money


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
    costs afterwards. What does not fit a smaller plan any more can be read for `read_only_days`.
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
    read_only_days: int | None = None


@dataclass(frozen=True, slots=True)
class CoTermQuote:
    """Several terms brought to one date, in one bill whose lines name the terms."""

    until: date
    on: date
    term_ids: tuple[int, ...]
    bill: Bill


def ref_of(term_id: int, *, add_on: str = "", line: int | None = None) -> str:
    """How the lines of a bill name a term, an add-on of it, or a line that is given back."""
    ref = f"term:{term_id}"
    if add_on:
        ref += f":add_on:{add_on}"
    return ref if line is None else f"{ref}:line:{line}"


def add_on_codes(lines: Iterable[TermLine]) -> tuple[str, ...]:
    """The add-ons among some lines, each once."""
    return tuple(dict.fromkeys(one.code for one in lines if one.code))


def term_of(ref: str) -> int:
    """The term that a line is for."""
    kind, _, rest = ref.partition(":")
    assert kind == "term", f"{ref} names no term"
    return int(rest.partition(":")[0])


def add_on_of(ref: str) -> str:
    """The add-on that a line is for; empty for the plan itself."""
    _, found, rest = ref.partition(":add_on:")
    return rest.partition(":")[0] if found else ""


def closed_by(ref: str) -> int | None:
    """The line that a credit gives back; 0 for the term itself, None where none is named."""
    _, found, rest = ref.partition(":line:")
    return int(rest) if found else None


def from_its_start(bill: Bill, comes: NextTerm) -> Bill:
    """The bill with the days that it paid for, where they begin later than on the day of order."""
    line = bill.lines[0]
    if line.period.starts_on == comes.period.starts_on:
        return bill
    ends_on = comes.period.ends_on + timedelta(days=line.free_days)
    moved = replace(line, period=Period(comes.period.starts_on, ends_on))
    return replace(bill, lines=(moved, *bill.lines[1:]))
