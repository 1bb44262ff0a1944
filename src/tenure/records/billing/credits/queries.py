"""How much we owe a customer."""

from django.db.models import Sum

from tenure.kernel.money import Money
from tenure.records.billing.credits.models import CreditEntry


def balance(account_id: int, *, currency: str) -> Money:
    """What an account has with us in a currency; never below zero."""
    entries = CreditEntry.objects.filter(account_id=account_id, currency=currency)
    return Money(entries.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)
