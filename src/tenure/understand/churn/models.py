"""The estimators that were fitted."""

from django.db import models


class Estimator(models.Model):
    """One fitted estimator, its data and how good it was on later terms.

    `metrics` holds the out-of-time figures (see `estimator/quality.py`), the columns refused for
    leaking and, where nothing could be fitted, why. `path` is below TENURE_HOME; empty for a
    `base_rate`, whose rates stand in `metrics`.
    """

    class Kind(models.TextChoices):
        RANDOM_FOREST = "random_forest"
        GRADIENT_BOOSTING = "gradient_boosting"
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
