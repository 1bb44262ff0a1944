"""What became of those whom a score was given."""

from django.db import models


class HealthStudy(models.Model):
    """One set of scores, judged on what came: back-test, learned weights, odds (H1 to H4).

    `figures` holds areas under the curve, tenths, bands of ten points and the benefit of each
    line. `weights` and `odds` are empty where nothing could be learned; `why` then says it in
    both languages.
    """

    set_id = models.CharField(max_length=40)
    version = models.CharField(max_length=16, help_text="the digest of the set as it was judged")
    as_of = models.DateField(help_text="the last day that it knew of")
    made_at = models.DateTimeField()
    looks = models.PositiveSmallIntegerField(help_text="past days that were read")
    n = models.PositiveIntegerField(help_text="terms with a score and a known end")
    renewed = models.PositiveIntegerField()
    weights = models.JSONField(default=dict)
    odds = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    why = models.JSONField(default=dict)
    strategy_hash = models.CharField(max_length=64)

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(fields=["set_id", "as_of"], name="health_study_once"),
        ]
