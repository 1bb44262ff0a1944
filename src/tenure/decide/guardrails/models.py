"""How often each line bit."""

from django.db import models


class GuardBite(models.Model):
    """What one line refused of one action when everybody was chosen for at an instant.

    `refused` are the terms for which it was the first line to refuse the action; `left_alone` are
    those whom it kept from getting anything (the row without an action).
    """

    as_of = models.DateField()
    at = models.DateTimeField(help_text="`decided_at` of the decisions")
    journey = models.CharField(max_length=60, help_text="the first of those that decided")
    code = models.CharField(max_length=40)
    action = models.CharField(max_length=60, blank=True)
    refused = models.PositiveIntegerField(default=0)
    left_alone = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "decide"
        constraints = [
            models.UniqueConstraint(
                fields=["as_of", "at", "journey", "code", "action"], name="bite_once"
            ),
        ]
