"""Metered use as the billing counts it."""

from django.db import models


class UsageDay(models.Model):
    """What one subscription used of one meter on one day, in the meter's units."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    meter = models.CharField(max_length=60)
    on = models.DateField()
    units = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["subscription", "meter", "on"], name="usage_day_once"),
            models.CheckConstraint(condition=models.Q(units__gte=0), name="usage_day_not_below_0"),
        ]
