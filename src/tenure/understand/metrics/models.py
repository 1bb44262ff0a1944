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


class OwnMetric(models.Model):
    """One version of a metric that an operator defined as a formula over entries."""

    key = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    definition = models.TextField(blank=True)
    formula = models.CharField(max_length=500)
    unit = models.CharField(max_length=10)
    falling_is_better = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=60)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="own_metric_version_once"),
        ]


class MetricAlert(models.Model):
    """A change of a metric that is not noise, and the slice that moved it most."""

    metric = models.CharField(max_length=60)
    as_of = models.DateField()
    before = models.FloatField()
    now = models.FloatField()
    z = models.FloatField()
    driver_by = models.CharField(max_length=30, blank=True)
    driver_value = models.CharField(max_length=80, blank=True)
    driver_before = models.FloatField(null=True)
    driver_now = models.FloatField(null=True)

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(fields=["metric", "as_of"], name="metric_alert_once"),
        ]
