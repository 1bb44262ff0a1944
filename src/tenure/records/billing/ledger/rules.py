"""The accounts of the books, and which of them each event of money moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.money import Money


class Books(StrEnum):
    """The accounts, without the provider that cash and fees are kept for."""

    CASH = "cash"  # at a provider, or in the bank: `cash:wechat`
    FEES = "fees"  # what a provider kept: `fees:wechat`
    RECEIVABLE = "receivable"  # billed and not yet paid
    DEFERRED = "deferred"  # billed for days still to be served
    EARNED = "earned"  # billed for days that were served
    OWED_BACK = "owed_back"  # money that came without an order to take it
    CREDIT_BALANCE = "credit_balance"  # what customers have with us
    REFUNDS = "refunds"  # given back of what had been sold
    CHARGED_BACK = "charged_back"  # taken back by the payer's bank, not decided yet
    LOSSES = "losses"  # charge-backs decided against us, and what was let go


@dataclass(frozen=True, slots=True)
class Line:
    """So much from one account (credit) to another (debit)."""

    debit: str
    credit: str
    amount: Money


def at_provider(books: Books, provider: str) -> str:
    """The account kept for one provider: `cash:wechat`."""
    return f"{books}:{provider}"


def _line(debit: str, credit: str, amount: Money) -> Sequence[Line]:
    return (Line(debit, credit, amount),) if amount.amount_minor else ()


def sale(amount: Money, *, provider: str, balance: Money | None = None) -> Sequence[Line]:
    """An order was billed and paid at once: what is prepaid is served later.

    Args:
        amount: what came in.
        balance: what the customer's balance paid of the bill; below zero, what it was given.
    """
    used = balance or Money.zero(amount.currency)
    gives = used.amount_minor < 0
    return (
        *_line(Books.RECEIVABLE, Books.DEFERRED, amount if gives else amount + used),
        *_line(at_provider(Books.CASH, provider), Books.RECEIVABLE, amount),
        *(
            _line(Books.DEFERRED, Books.CREDIT_BALANCE, -used)
            if gives
            else _line(Books.CREDIT_BALANCE, Books.RECEIVABLE, used)
        ),
    )


def unasked(amount: Money, *, provider: str) -> Sequence[Line]:
    """Money came in that no order can take: it is owed back."""
    return _line(at_provider(Books.CASH, provider), Books.OWED_BACK, amount)


def claimed(received: Money, *, asked: Money) -> Sequence[Line]:
    """Money that had been owed back was accepted for an order that asked for another amount.

    What is missing is let go; what is too much becomes the customer's balance.
    """
    zero = Money.zero(asked.currency)
    return (
        *_line(Books.RECEIVABLE, Books.DEFERRED, asked),
        *_line(Books.OWED_BACK, Books.RECEIVABLE, min(received, asked)),
        *_line(Books.LOSSES, Books.RECEIVABLE, max(asked - received, zero)),
        *_line(Books.OWED_BACK, Books.CREDIT_BALANCE, max(received - asked, zero)),
    )


def unsold(amount: Money) -> Sequence[Line]:
    """A sale was undone before anything was given for it: the money is owed back."""
    return _line(Books.DEFERRED, Books.OWED_BACK, amount)


def credited(amount: Money) -> Sequence[Line]:
    """Money that was owed back became the customer's balance instead."""
    return _line(Books.OWED_BACK, Books.CREDIT_BALANCE, amount)


def refunded(amount: Money, *, provider: str, was_owed: bool) -> Sequence[Line]:
    """Money went back: of a sale, or what had been owed back anyway."""
    source = Books.OWED_BACK if was_owed else Books.REFUNDS
    return _line(source, at_provider(Books.CASH, provider), amount)


def balance_returned(amount: Money) -> Sequence[Line]:
    """What a balance had paid of a sale that was undone is the customer's again."""
    return _line(Books.REFUNDS, Books.CREDIT_BALANCE, amount)


def charged_back(amount: Money, *, provider: str) -> Sequence[Line]:
    """The payer's bank took money back; whose it is will be decided."""
    return _line(Books.CHARGED_BACK, at_provider(Books.CASH, provider), amount)


def charge_back_won(amount: Money, *, provider: str) -> Sequence[Line]:
    """The money that the bank had taken came again."""
    return _line(at_provider(Books.CASH, provider), Books.CHARGED_BACK, amount)


def charge_back_lost(amount: Money) -> Sequence[Line]:
    """The money that the bank had taken is gone."""
    return _line(Books.LOSSES, Books.CHARGED_BACK, amount)


def fee(amount: Money, *, provider: str) -> Sequence[Line]:
    """What a provider kept of a day's money, as its bill says; below zero it gave some back."""
    fees, cash = at_provider(Books.FEES, provider), at_provider(Books.CASH, provider)
    if amount.amount_minor < 0:
        return _line(cash, fees, -amount)
    return _line(fees, cash, amount)
