"""What was learned of the actions, week by week."""

from django.db import models


class Learning(models.Model):
    """One look at matured choices, and what may be used of it.

    `metrics` holds what the page tells: each arm with its rows, lift and gain, the calibration of
    fresh predictions, and where nothing could be learned, why. `path` is below TENURE_HOME and
    empty where the past was too thin.
    """

    class Verdict(models.TextChoices):
        PERSONAL = "personal"  # each customer's own effects
        SINGLE = "single"  # the average effect of each action
        NOTHING = "nothing"  # not shown: may lower what is believed, never raise it
        THIN = "thin"  # too little has matured: what the operator states stands

    as_of = models.DateField(help_text="the last day that it knew of")
    learned_at = models.DateTimeField()
    verdict = models.CharField(max_length=20, choices=Verdict)
    n = models.PositiveIntegerField(help_text="matured choices that it learned from")
    metrics = models.JSONField(default=dict)
    data_hash = models.CharField(max_length=64, blank=True)
    strategy_hash = models.CharField(max_length=64)
    path = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "decide"
        constraints = [
            models.UniqueConstraint(fields=["as_of"], name="learning_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(verdict="thin") | ~models.Q(path=""),
                name="learning_has_file",
            ),
        ]
