"""Legal holds, and the nights on which records whose time was over were let go."""

from django.db import models
from django.db.models import Q


class LegalHold(models.Model):
    """Nothing of this account is deleted while the hold stands: a dispute, an audit, an order."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    placed_by = models.CharField(max_length=120)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=120, blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(lifted_at__isnull=True), name="legal_hold_one"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="legal_hold_says_why"),
        ]


class RetentionNight(models.Model):
    """What one night let go, kind by kind; a killed night goes on where it was.

    `places` says up to which row each list in the order of writing is done for good.
    """

    as_of = models.DateField(unique=True)
    counts = models.JSONField(default=dict)
    places = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
