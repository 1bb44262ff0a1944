"""A price in parts: the schedule, what a payment settles, and what may be used meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import nth_due
from tenure.strategy.catalog import Access
from tenure.strategy.components import InstalmentRules


class InstalmentState(StrEnum):
    """Where a schedule stands on a day."""

    CURRENT = "current"  # whatever is due is paid
    PARTLY = "partly"  # some of what is due is paid
    OVERDUE = "overdue"  # nothing of what is due last is paid
    DEFAULTED = "defaulted"  # so late that nothing can be used
    SETTLED = "settled"


class NoSuchSplit(Refusal):
    """A number of parts that is not offered, or a price too small for it."""

    code = "no_such_split"
    said = Sentence(
        zh="{total} 不能分 {parts} 期；可选期数：{known}，金额至少 {least}。",
        en="{total} cannot be paid in {parts} parts; offered are {known}, from {least} on.",
    )


class PaidTooMuch(Refusal):
    """A payment of more than is still owed."""

    code = "paid_too_much"
    said = Sentence(
        zh="收到 {amount}，而分期只欠 {owed}；请核对金额。",
        en="{amount} was paid, but only {owed} is owed; check the amount.",
    )


@dataclass(frozen=True, slots=True)
class Due:
    """One part of a price."""

    number: int
    due_on: date
    amount_minor: int
    paid_minor: int = 0

    @property
    def open_minor(self) -> int:
        return self.amount_minor - self.paid_minor


def schedule(total: Money, *, parts: int, first_on: date, rules: InstalmentRules) -> list[Due]:
    """A price in equal parts, one a month, the first today; the parts add up (OFR-07).

    Raises:
        NoSuchSplit: so many parts are not offered, or not for so small a price.
    """
    too_small = rules.least is not None and total < rules.least
    if parts not in rules.parts or too_small:
        least = rules.least or Money.zero(total.currency)
        raise NoSuchSplit(total=total, parts=parts, known=list(rules.parts), least=least)
    return [
        Due(number, nth_due(first_on, months_per_cycle=1, k=number - 1), part.amount_minor)
        for number, part in enumerate(total.allocate([1] * parts), start=1)
    ]


def settle(dues: Sequence[Due], amount: Money) -> list[int]:
    """How much of a payment goes to each due: the oldest first.

    Raises:
        PaidTooMuch: more than is still owed.
    """
    owed = sum(one.open_minor for one in dues)
    if amount.amount_minor > owed:
        raise PaidTooMuch(amount=amount, owed=Money(owed, amount.currency))
    left, parts = amount.amount_minor, []
    for one in dues:
        part = min(left, one.open_minor)
        parts.append(part)
        left -= part
    return parts


def days_late(dues: Sequence[Due], on: date) -> int:
    """Days since the oldest due that is not paid whole; 0 where nothing is late."""
    late = [(on - one.due_on).days for one in dues if one.open_minor and one.due_on < on]
    return max(late, default=0)


def state(dues: Sequence[Due], on: date, *, rules: InstalmentRules) -> InstalmentState:
    """Where a schedule stands on a day; a due is late from the day after it."""
    if not any(one.open_minor for one in dues):
        return InstalmentState.SETTLED
    late = [one for one in dues if one.open_minor and one.due_on < on]
    if not late:
        return InstalmentState.CURRENT
    if days_late(dues, on) > rules.none_after_days:
        return InstalmentState.DEFAULTED
    is_partly = any(one.paid_minor for one in late)
    return InstalmentState.PARTLY if is_partly else InstalmentState.OVERDUE


def access(dues: Sequence[Due], on: date, *, rules: InstalmentRules) -> Access:
    """What may be used on a day (OFR-07): a part of what is due buys the limited days again."""
    now = state(dues, on, rules=rules)
    if now in (InstalmentState.SETTLED, InstalmentState.CURRENT):
        return Access.FULL
    if now is InstalmentState.DEFAULTED:
        return Access.NONE
    is_short = days_late(dues, on) <= rules.limited_after_days
    return Access.FULL if is_short else Access.LIMITED
