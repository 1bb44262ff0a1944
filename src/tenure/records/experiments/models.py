"""Who is in which arm. The analysis is in `prove`."""

from django.db import models


class Experiment(models.Model):
    """One question asked of customers at random, or the permanent holdout."""

    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)  # holdout | arms
    salt = models.CharField(max_length=60)
    arms = models.JSONField(default=dict)  # {"holdout": 500, "treated": 9500} of 10,000
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    outcome_days = models.PositiveSmallIntegerField(default=15)

    class Meta:
        app_label = "records"


class Assignment(models.Model):
    """The arm of one term, written when the term first met the experiment; it never moves."""

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    arm = models.CharField(max_length=40)
    assigned_on = models.DateField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["experiment", "term"], name="assignment_once"),
        ]
