"""Read the books: what stands on an account, and what moved on a day."""

from datetime import date

from django.db.models import QuerySet, Sum

from tenure.kernel.money import Money
from tenure.records.billing.ledger.models import BookingLine


def balance(account: str, *, currency: str, until: date | None = None) -> Money:
    """Debits less credits of one account of the books, up to and including a day."""
    lines = _lines(currency, until=until)
    return Money(_sum(lines.filter(debit=account)) - _sum(lines.filter(credit=account)), currency)


def moved(account: str, *, currency: str, on: date) -> Money:
    """Debits less credits of one account on one day."""
    lines = BookingLine.objects.filter(currency=currency, booking__on=on)
    return Money(_sum(lines.filter(debit=account)) - _sum(lines.filter(credit=account)), currency)


def balances(*, currency: str, until: date | None = None) -> dict[str, Money]:
    """Every account that was ever moved, with what stands on it; they add up to zero."""
    found: dict[str, int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        sums = _lines(currency, until=until).values_list(side).annotate(whole=Sum("amount_minor"))
        for account, whole in sums.order_by(side):
            found[account] = found.get(account, 0) + sign * whole
    return {account: Money(amount, currency) for account, amount in sorted(found.items())}


def credit_of(account_id: int, *, currency: str) -> Money:
    """What one customer has with us: credits less debits of the credit balance."""
    lines = _lines(currency, until=None).filter(booking__account_id=account_id)
    held = _sum(lines.filter(credit="credit_balance")) - _sum(lines.filter(debit="credit_balance"))
    return Money(held, currency)


def _lines(currency: str, *, until: date | None) -> QuerySet[BookingLine]:
    lines = BookingLine.objects.filter(currency=currency)
    return lines if until is None else lines.filter(booking__on__lte=until)


def _sum(lines: QuerySet[BookingLine]) -> int:
    return int(lines.aggregate(whole=Sum("amount_minor"))["whole"] or 0)
