"""The filled numbers."""

from django.db import models


class MetricValue(models.Model):
    """One metric for one slice as of one day. `num` ÷ `den` is the number; a count has no `den`."""

    metric = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    slice_by = models.CharField(max_length=30, blank=True)  # "" the whole business
    slice_value = models.CharField(max_length=80, blank=True)
    num = models.BigIntegerField(null=True)
    den = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(help_text="n: how many terms or customers stand behind it")
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    provisional = models.BooleanField(default=False)

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "as_of", "slice_by", "slice_value"], name="metric_value_once"
            ),
        ]


class CohortMonth(models.Model):
    """The customers of one start month, so many months later, as known on the last filled day."""

    as_of = models.DateField()
    cohort = models.DateField(help_text="the first day of the month in which they first paid")
    since = models.PositiveSmallIntegerField(help_text="months; 0 the start month itself")
    customers = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()
    revenue_at_start = models.BigIntegerField(help_text="minor units a month × 5040")
    revenue = models.BigIntegerField(help_text="minor units a month × 5040")
    lost_voluntary = models.PositiveIntegerField(help_text="until then; some came back")
    lost_involuntary = models.PositiveIntegerField()
    lost_lapse = models.PositiveIntegerField()

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(fields=["cohort", "since"], name="cohort_month_once"),
        ]
