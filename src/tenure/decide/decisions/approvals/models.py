"""What waits for a second person."""

from django.db import models


class Approval(models.Model):
    """The costly choices of one moment, held back until another person agrees.

    `reach` says how far they go before anything leaves: customers, terms, and for each action how
    many, what they are expected to cost and what at most.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        REJECTED = "rejected"
        EXPIRED = "expired"  # nobody decided in time: nothing leaves

    as_of = models.DateField()
    at = models.DateTimeField(help_text="`decided_at` of its decisions")
    journeys = models.JSONField(help_text="whose choices they are")
    cost_minor = models.BigIntegerField(help_text="expected, of all that wait")
    limit_minor = models.BigIntegerField(help_text="what one person may commit in a day")
    currency = models.CharField(max_length=3)
    reach = models.JSONField()
    state = models.CharField(max_length=20, choices=State)
    asked_by = models.CharField(max_length=120, help_text="whose strategy chose")
    decided_by = models.CharField(max_length=120, blank=True)
    expires_on = models.DateField(help_text="the last day for deciding")
    closed_on = models.DateField(null=True)

    class Meta:
        app_label = "decide"
        constraints = [
            models.UniqueConstraint(fields=["as_of", "at"], name="approval_once_at_an_instant"),
            models.CheckConstraint(
                condition=models.Q(decided_by="") | ~models.Q(decided_by=models.F("asked_by")),
                name="approval_second_is_another",
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting") | models.Q(closed_on__isnull=False),
                name="approval_over_has_day",
            ),
        ]
