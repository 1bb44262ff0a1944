"""What comes back to somebody who stops at once: by law, else by the seller's own promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.strategy.duties import ProductClass

WITHDRAWAL = "withdrawal"
CN_PREPAID = "cn_prepaid_7d"
UNUSED_DAYS = "unused_days"


@dataclass(frozen=True, slots=True)
class PaidTerm:
    """What was paid for a term and when; its days hold those that came on top for free.

    `was_served_before`: the customer had had the same service, so the prepaid principal of China
    is not owed in full (R-A-016). `is_waived`: it was digital content, wanted at once, and the
    right to withdraw given up (R-A-053).
    """

    paid: Money
    paid_on: date
    period: Period
    was_served_before: bool
    contract_class: ProductClass = ProductClass.SERVICE
    is_waived: bool = False


@dataclass(frozen=True, slots=True)
class Refund:
    """An amount above zero, and on what it rests."""

    amount: Money
    basis: str


def refund_due(
    term: PaidTerm,
    *,
    on: date,
    jurisdiction: str,
    withdrawal_days: int,
    refunds_unused: bool,
) -> Refund | None:
    """What is paid back when a term stops on a day; None where nothing is.

    Within the days of withdrawal a consumer gets all back where the service had not begun, else
    the days not used (it began on request); goods come back whole, and digital content costs
    nothing unless the right was given up (CRD arts. 14(4)(b), 16(m)); in China the whole prepaid
    principal, unless the same service ran before. Later the seller's promise decides. Days are
    split by the paid price over all days, free ones included: a gift lowers the worth of each day
    (paid ÷ (paid + gift)).
    """
    is_within = 0 <= (on - term.paid_on).days <= withdrawal_days
    unused = _unused(term, on=on)
    if is_within and jurisdiction == "CN" and not term.was_served_before:
        return _refund(term.paid, CN_PREPAID)
    if is_within and jurisdiction != "CN" and not term.is_waived:
        is_service = term.contract_class is ProductClass.SERVICE
        return _refund(unused if is_service else term.paid, WITHDRAWAL)
    return _refund(unused, UNUSED_DAYS) if refunds_unused else None


def _unused(term: PaidTerm, *, on: date) -> Money:
    if on <= term.period.starts_on:
        return term.paid
    left = max((term.period.ends_on - on).days, 0)
    return term.paid.share_of(Fraction(left, term.period.days))


def _refund(amount: Money, basis: str) -> Refund | None:
    return Refund(amount, basis) if amount.amount_minor > 0 else None
