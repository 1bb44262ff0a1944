"""The customer's balance with us, entry by entry."""

from django.db import models


class CreditEntry(models.Model):
    """One movement of a balance: above zero we owe more, below zero it was used or paid out."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60)  # "plan.changed", "bill.paid", "refund.paid"
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    once_key = models.CharField(max_length=200, unique=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["account", "currency"], name="credit_account")]
