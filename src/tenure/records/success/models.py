"""Work for people."""

from django.db import models


class ToDo(models.Model):
    """One thing for a person to do about one term. `once_key` keeps it from being opened twice."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"  # the reason to do it went away: renewed, cancelled, opted out

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)  # call | options | health
    owner_name = models.CharField(max_length=80, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    outcome = models.CharField(max_length=30, blank=True)  # reached | refused | call_back | …
    script = models.JSONField(default=dict)  # {"zh-Hans": …, "en": …}
    reasons = models.JSONField(default=list)
    expected_margin_minor = models.BigIntegerField(null=True)
    once_key = models.CharField(max_length=120, unique=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        indexes = [
            models.Index(fields=["state", "due_on"], name="todo_state_due"),
            models.Index(fields=["account", "-opened_at"], name="todo_account_opened"),
        ]
