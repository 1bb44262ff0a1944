"""What of a prepaid amount is owed back when a customer ends early (R-A-016)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from tenure.kernel.money import Money

WITHDRAWAL_DAYS = 7


class RefundMode(StrEnum):
    """By which rule a prepaid amount is given back."""

    BY_DAY = "by_day"
    CN_PREPAID_7D = "cn_prepaid_7d"  # the principal, within seven days, the first time
    CN_PREPAID_RATIO = "cn_prepaid_ratio"  # what was used counts at paid ÷ (paid + gift)


@dataclass(frozen=True, slots=True)
class Prepaid:
    """What was paid and what was added for it, and how much was used, all at list value."""

    paid: Money
    gift: Money
    used: Money


def used_cost(prepaid: Prepaid) -> Money:
    """What the use so far cost the customer, at the ratio of what was paid."""
    whole = prepaid.paid + prepaid.gift
    if whole.amount_minor == 0:
        return Money.zero(whole.currency)
    return prepaid.used.share_of(Fraction(prepaid.paid.amount_minor, whole.amount_minor))


def refund_by_ratio(prepaid: Prepaid) -> Money:
    """What is owed back when the end is not the customer's fault; never below zero."""
    return max(prepaid.paid - used_cost(prepaid), Money.zero(prepaid.paid.currency))


def may_withdraw(paid_on: date, on: date, *, had_it_before: bool) -> bool:
    """Whether the whole principal can be asked back: within seven days, and only the first time."""
    return not had_it_before and on <= paid_on + timedelta(days=WITHDRAWAL_DAYS)
