"""The estimators that were fitted."""

from django.db import models


class Estimator(models.Model):
    """One fitted estimator, its data and how good it was on later terms.

    Champions and the challengers judged beside them. `metrics` holds the out-of-time figures (see
    `estimator/quality.py`), each challenger's gain, the columns refused for leaking, how terms end
    and, where nothing could be fitted, why. `path` is below TENURE_HOME; empty for a
    `base_rate`, whose rates stand in `metrics`.
    """

    class Kind(models.TextChoices):
        RANDOM_FOREST = "random_forest"
        GRADIENT_BOOSTING = "gradient_boosting"
        LOGISTIC = "logistic"
        HAZARD = "hazard"
        BASE_RATE = "base_rate"

    kind = models.CharField(max_length=30, choices=Kind)
    as_of = models.DateField(help_text="the last day that it knew of")
    trained_at = models.DateTimeField()
    train_from = models.DateField(null=True, help_text="first past decision it learned from")
    train_until = models.DateField(null=True, help_text="last past decision it learned from")
    n = models.PositiveIntegerField(help_text="past decisions that it learned from")
    metrics = models.JSONField(default=dict)
    data_hash = models.CharField(max_length=64)
    strategy_hash = models.CharField(max_length=64)
    path = models.CharField(max_length=200, blank=True)
    champion = models.BooleanField(default=True)

    class Meta:
        app_label = "understand"
        indexes = [models.Index(fields=["-as_of"], name="estimator_as_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="base_rate") | ~models.Q(path=""),
                name="estimator_fitted_has_file",
            ),
        ]


class RiskWatch(models.Model):
    """Whether the estimator in use still fits, as of a day: its inputs, and what it promised.

    `expected` and `observed` are the ends among the terms whose outcome became known on the day;
    `above` and `below` the sums that grow while more, or fewer, end than were expected.
    """

    as_of = models.DateField(unique=True)
    estimator = models.ForeignKey(Estimator, on_delete=models.PROTECT, related_name="+")
    n = models.PositiveIntegerField(help_text="terms whose outcome became known")
    expected = models.FloatField()
    observed = models.FloatField()
    above = models.FloatField(help_text="standard deviations")
    below = models.FloatField(help_text="standard deviations")
    told_apart = models.FloatField(null=True, help_text="area; one half: as when it learned")
    shifts = models.JSONField(default=dict, help_text="feature: stability index, the largest first")
    alarms = models.JSONField(default=list)
    rings = models.BooleanField(default=False)

    class Meta:
        app_label = "understand"
