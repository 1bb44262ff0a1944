"""Money that goes back."""

from django.db import models

from tenure.records.billing.refunds.states import RefundEffect, RefundReason, RefundState

_SENT = (
    RefundState.PROCESSING,
    RefundState.SUCCEEDED,
    RefundState.FAILED,
    RefundState.ABNORMAL,
)


class Refund(models.Model):
    """One refund of one payment, under its own number."""

    number = models.CharField(max_length=32, unique=True)
    once_key = models.CharField(max_length=120, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("records.Payment", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=30, choices=RefundReason)
    effect = models.CharField(max_length=20, choices=RefundEffect)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=RefundState)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=120)
    needs_second = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=120, blank=True)
    rejected_by = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    refunded_on = models.DateField(null=True)
    provider_id = models.CharField(max_length=120, blank=True)
    next_query_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="refund_gives_something"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by="")
                | ~models.Q(approved_by=models.F("requested_by")),
                name="refund_second_is_another",
            ),
            models.CheckConstraint(
                condition=models.Q(needs_second=False)
                | ~models.Q(approved_by="")
                | ~models.Q(state__in=_SENT),
                name="refund_sent_is_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["payment"], name="refund_payment"),
            models.Index(fields=["state", "next_query_at"], name="refund_state_query"),
        ]
