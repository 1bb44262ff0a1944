"""WeChat Pay's states and hours, as values."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from tenure.act.payments.providers.declines import decline_word
from tenure.act.payments.values import (
    AgreementStatus,
    DeductionWindow,
    Found,
    RefundFound,
    RefundStatus,
    Status,
)
from tenure.kernel.money import Money

BEIJING: Final = ZoneInfo("Asia/Shanghai")
#: Announcements and deductions are taken between these times, in Beijing (R-Y-025).
OPENS, CLOSES = time(7), time(22)
#: The day of the announcement and the next one are for waiting.
WAITING_DAYS: Final = 2
_LONGEST: Final = timedelta(hours=2)

STATES: Final = {
    "NOTPAY": Status.PENDING,
    "USERPAYING": Status.PENDING,
    "ACCEPT": Status.PENDING,
    "SUCCESS": Status.SUCCEEDED,
    # How much went back is not said here: our own refunds know.
    "REFUND": Status.PARTIALLY_REFUNDED,
    "CLOSED": Status.CLOSED,
    "REVOKED": Status.CLOSED,
    "PAYERROR": Status.FAILED,
}
REFUND_STATES: Final = {
    "PROCESSING": RefundStatus.PROCESSING,
    "SUCCESS": RefundStatus.SUCCEEDED,
    "CLOSED": RefundStatus.FAILED,
    "ABNORMAL": RefundStatus.ABNORMAL,
}
CONTRACT_STATES: Final = {
    "SIGNED": AgreementStatus.ACTIVE,
    "TERMINATED": AgreementStatus.ENDED,
    "EXPIRED": AgreementStatus.ENDED,
}


def is_open(at: datetime) -> bool:
    """Whether WeChat takes announcements and deductions at an instant."""
    return OPENS <= at.astimezone(BEIJING).time() < CLOSES


def window_of(announced_on: date, *, deduct_days: int) -> DeductionWindow:
    """The days on which a deduction may follow an announcement: T+2 to T+1+N (golden G26)."""
    opens_on = announced_on + timedelta(days=WAITING_DAYS)
    return DeductionWindow(opens_on, opens_on + timedelta(days=deduct_days))


def notice_days(due_on: date, *, deduct_days: int) -> DeductionWindow:
    """The days on which an announcement may be sent so that the due day can be charged."""
    latest = due_on - timedelta(days=WAITING_DAYS)
    return DeductionWindow(latest - timedelta(days=deduct_days - 1), latest + timedelta(days=1))


def closes_at(expires_at: datetime, *, at: datetime) -> str:
    """When an order can no longer be paid: two hours at most (R-Y-020), as RFC 3339 in Beijing."""
    last = min(expires_at, at + _LONGEST)
    return last.astimezone(BEIJING).isoformat(timespec="seconds")


def found_from(told: dict[str, Any]) -> Found:
    """A payment from what a query or a notification says of it."""
    amount = told.get("amount", {})
    status = STATES.get(told.get("trade_state", ""), Status.UNKNOWN)
    is_declined = status is Status.FAILED
    return Found(
        number=told.get("out_trade_no", ""),
        status=status,
        provider_id=told.get("transaction_id", ""),
        amount=_money(amount.get("total"), amount.get("currency")),
        paid_at=instant(told.get("success_time")),
        decline_code=decline_word(told.get("trade_state_desc", "")) if is_declined else "",
    )


def refund_from(told: dict[str, Any]) -> RefundFound:
    """A refund from what an answer or a notification says of it."""
    amount = told.get("amount", {})
    state = told.get("status") or told.get("refund_status", "")
    return RefundFound(
        number=told.get("out_trade_no", ""),
        refund_number=told.get("out_refund_no", ""),
        status=REFUND_STATES.get(state, RefundStatus.UNKNOWN),
        provider_id=told.get("refund_id", ""),
        amount=_money(amount.get("refund"), amount.get("currency")),
        refunded_at=instant(told.get("success_time")),
    )


def instant(text: str | None) -> datetime | None:
    """An RFC 3339 time; None where there is none."""
    return datetime.fromisoformat(text) if text else None


def _money(total: int | None, currency: str | None) -> Money | None:
    return None if total is None else Money(total, currency or "CNY")
