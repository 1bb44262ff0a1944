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
