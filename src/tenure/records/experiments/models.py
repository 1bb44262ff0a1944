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
    stratum = models.CharField(
        max_length=120, blank=True, default="", db_default="",
        help_text="in which the account was drawn, as it was on that day; empty where none is",
    )  # fmt: skip

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["experiment", "term"], name="assignment_once"),
        ]


class Ending(models.Model):
    """A person's word that a comparison is over: when it draws last, and what all get after it.

    `rolled_out` is the arm that everybody gets from the day after; empty where the comparison was
    only stopped. It never changes, so that a past day can be chosen again.
    """

    experiment = models.OneToOneField(Experiment, on_delete=models.PROTECT, related_name="+")
    last_on = models.DateField(help_text="the last day on which somebody is drawn")
    rolled_out = models.CharField(max_length=40, blank=True, help_text="arm; empty: none")
    reason = models.CharField(max_length=200)
    ended_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField()
    once_key = models.CharField(max_length=120, unique=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="ending_has_reason"),
        ]
