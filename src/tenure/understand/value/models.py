"""How loyal customers of each plan are, so that a choice can say what it counted on."""

from django.db import models


class SurvivalCurve(models.Model):
    """The shifted beta-geometric of one plan and length of term, as it looked on a day.

    `plan` is empty for all plans of a length together. `alpha` and `beta` are null where the
    renewals decided so far say nothing; `why` is then the code of what is missing.
    """

    as_of = models.DateField()
    plan = models.CharField(max_length=60, blank=True)
    cycle_months = models.PositiveSmallIntegerField()
    decided = models.PositiveIntegerField(help_text="renewals that were decided")
    renewed = models.PositiveIntegerField()
    oldest = models.PositiveSmallIntegerField(help_text="the highest number of a decided renewal")
    alpha = models.FloatField(null=True)
    beta = models.FloatField(null=True)
    why = models.CharField(max_length=40, blank=True)

    class Meta:
        app_label = "understand"
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "plan", "cycle_months"], name="survival_curve_once"
            ),
            models.CheckConstraint(
                condition=models.Q(alpha__gt=0, beta__gt=0, why="")
                | (models.Q(alpha__isnull=True, beta__isnull=True) & ~models.Q(why="")),
                name="survival_curve_or_why_not",
            ),
        ]
