"""How many each segment held, day by day."""

from django.db import models


class SegmentCount(models.Model):
    """One segment as of one day: which bit it has in that day's masks, and how many it held."""

    segment = models.CharField(max_length=60)
    version = models.CharField(max_length=16, help_text="the digest of its rule")
    as_of = models.DateField()
    bit = models.PositiveSmallIntegerField()
    customers = models.PositiveIntegerField()
    terms = models.PositiveIntegerField()

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(fields=["segment", "as_of"], name="segment_count_once"),
            models.UniqueConstraint(fields=["as_of", "bit"], name="segment_bit_once"),
        ]
