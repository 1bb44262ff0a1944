"""A balance is never used twice."""

from dataclasses import dataclass
from datetime import date

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money


class BalanceTooSmall(Refusal):
    """More is to be used than the customer has."""

    code = "balance_too_small"
    said = Sentence(
        zh="账户余额 {balance} 少于要使用的 {wanted}；请重新查看价格后再确认。",
        en="The balance of {balance} is less than the {wanted} to be used; look at the price "
        "again and confirm.",
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of a balance; the same `once_key` moves it once."""

    account_id: int
    amount: Money
    reason: str
    on: date
    once_key: str
    term_id: int | None = None


def after(balance: Money, moved: Money) -> Money:
    """The balance after a movement.

    Raises:
        BalanceTooSmall: it would fall below zero.
    """
    left = balance + moved
    if left < Money.zero(balance.currency):
        raise BalanceTooSmall(balance=balance, wanted=-moved)
    return left
