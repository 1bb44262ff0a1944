"""What was found when a day's bill was read."""

from django.db import models


class Reconciliation(models.Model):
    """One provider's bill of one day, beside our records. Read again it is the same row."""

    provider = models.CharField(max_length=40)
    day = models.DateField(help_text="the day of the bill, in the provider's calendar")
    first_read_at = models.DateTimeField()
    read_at = models.DateTimeField()
    bill_digest = models.CharField(max_length=64)
    report_hash = models.CharField(max_length=64)
    counts = models.JSONField(default=dict, help_text="finding → how many")
    sums = models.JSONField(default=dict, help_text="currency → gross, refunds, fees, settlement")
    ledger = models.JSONField(default=dict, help_text="currency → what our books moved")
    judged_at = models.DateTimeField(null=True, help_text="everything that differs was followed up")
    is_balanced = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, help_text="balanced, and nothing left to explain")

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["provider", "day"], name="reconciliation_once"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(is_balanced=True),
                name="reconciliation_closed_is_balanced",
            ),
        ]
        indexes = [models.Index(fields=["day"], name="reconciliation_day")]


class ReconciliationRow(models.Model):
    """One difference, as it was first found; what became of it stands beside it."""

    report = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=64)
    refund_number = models.CharField(max_length=64, blank=True)
    finding = models.CharField(max_length=20)
    theirs_minor = models.BigIntegerField(null=True)
    ours_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    alarmed_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=120, blank=True)
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "number", "refund_number"],
                name="reconciliation_row_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["finding"],
                condition=models.Q(resolved_at__isnull=True),
                name="reconciliation_row_open",
            ),
        ]
