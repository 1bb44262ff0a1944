"""Saved segments and their versions."""

from django.db import models

from tenure.kernel.failures import Sentence


class SavedSegment(models.Model):
    """One segment that somebody made; what it means stands in its versions."""

    name = models.CharField(max_length=60, unique=True, help_text="its id, as rules name it")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"

    @property
    def said(self) -> Sentence:
        """Its name in both languages."""
        return Sentence(zh=self.name_zh, en=self.name_en)


class SegmentVersion(models.Model):
    """One rule of a saved segment. Rows are only ever added."""

    segment = models.ForeignKey("records.SavedSegment", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    rule = models.JSONField(help_text="the tables of a strategy file that say the rule")
    digest = models.CharField(max_length=16)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=120)
    customers = models.PositiveIntegerField(null=True, help_text="who it meant when it was saved")
    counted_on = models.DateField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="segment_version_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="segment_version_first"),
        ]
