"""Numbers that people enter, each with where it comes from."""

from django.db import models


class YardstickKind(models.TextChoices):
    """Whether we want to reach it, or somebody else has."""

    TARGET = "target"
    BENCHMARK = "benchmark"


class Yardstick(models.Model):
    """A number that a metric is held against, for the whole business or one slice of it."""

    kind = models.CharField(max_length=10, choices=YardstickKind)
    metric = models.CharField(max_length=60)
    slice_by = models.CharField(max_length=30, blank=True)
    slice_value = models.CharField(max_length=80, blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, help_text="a share is 0.85")
    n = models.PositiveIntegerField(null=True, help_text="how many stand behind a benchmark")
    source = models.CharField(max_length=200, help_text="who says so, and where")
    said_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "metric", "slice_by", "slice_value", "source", "said_on"],
                name="yardstick_once",
            ),
        ]


class Spending(models.Model):
    """What was spent in one month to win customers through one channel."""

    channel = models.CharField(max_length=60)
    month = models.DateField(help_text="its first day")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["channel", "month"], name="spending_once"),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="spending_not_negative"
            ),
        ]
