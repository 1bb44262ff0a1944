"""Money that came in, or did not."""

from django.db import models

from tenure.records.billing.states import PaymentState


class Payment(models.Model):
    """One attempt to pay for a term."""

    State = PaymentState

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=20, choices=PaymentState)
    paid_on = models.DateField(help_text="the day of the attempt, in the business's zone")
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="payment_external_id"),
        ]
        indexes = [models.Index(fields=["account", "-paid_on"], name="payment_account_on")]
