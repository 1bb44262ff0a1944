"""Alipay's states and the rules of its deductions, as values."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from tenure.act.payments.values import DeductionWindow, Found, PeriodUnit, Status
from tenure.kernel.money import Money

#: A deduction every so many days is at least a week apart; a monthly one is by the 28th (R-Y-035).
LEAST_DAYS, LAST_EXECUTE_DAY = 7, 28
LONGEST_NUMBER: Final = 32


def state_of(told: Mapping[str, Any]) -> Status:
    """A trade's state: closed after it was paid means that all of it went back (R-Y-011)."""
    state = told.get("trade_status", "")
    if state == "TRADE_CLOSED":
        was_paid = bool(told.get("send_pay_date") or told.get("gmt_payment"))
        return Status.REFUNDED if was_paid else Status.CLOSED
    return {
        "WAIT_BUYER_PAY": Status.PENDING,
        "TRADE_SUCCESS": Status.SUCCEEDED,
        "TRADE_FINISHED": Status.SUCCEEDED,
    }.get(state, Status.UNKNOWN)


def found_from(number: str, told: Mapping[str, Any], *, paid_at: datetime | None) -> Found:
    """A trade from what a query or a notification says of it."""
    return Found(
        number=number,
        status=state_of(told),
        provider_id=told.get("trade_no", ""),
        amount=money(told.get("total_amount")),
        paid_at=paid_at,
    )


def money(text: str | None) -> Money | None:
    """An amount in yuan, as Alipay writes it."""
    return Money(int(Decimal(text).scaleb(2)), "CNY") if text else None


def yuan(amount: Money) -> str:
    """An amount as Alipay reads it: yuan with two decimals (R-Y-030)."""
    return f"{amount.decimal:f}"


def execute_on(first_on: date, *, unit: PeriodUnit) -> date:
    """The date that is agreed for the first deduction: in a monthly rhythm the 28th at the latest.

    A term that is anchored on the 29th to the 31st is deducted on the 28th, a few days early.
    """
    if unit is PeriodUnit.MONTH and first_on.day > LAST_EXECUTE_DAY:
        return first_on.replace(day=LAST_EXECUTE_DAY)
    return first_on


def is_rhythm(every: int, *, unit: PeriodUnit) -> bool:
    """Whether Alipay takes a rhythm: whole months, or a week and more."""
    return every >= (LEAST_DAYS if unit is PeriodUnit.DAY else 1)


def window_of(execute: date, *, early_days: int) -> DeductionWindow:
    """The days on which a deduction is taken: some days early, up to its date."""
    return DeductionWindow(execute - timedelta(days=early_days), execute + timedelta(days=1))
