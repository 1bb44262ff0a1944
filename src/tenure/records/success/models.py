"""Work for people."""

from django.db import models

from tenure.records.success.states import ToDoState


class ToDo(models.Model):
    """One thing for a person to do about one term. `once_key` keeps it from being opened twice."""

    State = ToDoState

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)  # call | options | health
    owner_name = models.CharField(max_length=80, blank=True)
    department = models.CharField(max_length=40, blank=True)  # empty: who looks after the account
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True, help_text="the same by the hours of its owner")
    state = models.CharField(max_length=20, choices=ToDoState, default=ToDoState.OPEN)
    outcome = models.CharField(max_length=30, blank=True)  # the last one: reached, refused, …
    attempts = models.PositiveSmallIntegerField(default=0)
    taken_back = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="of the attempts, those noted by mistake"
    )
    first_tried_on = models.DateField(null=True)
    # What to say is written when somebody reads it (`act.care.scripts`), from the message of the
    # step and the decision behind it; a script that stands here was written by a person.
    template = models.CharField(max_length=60, blank=True)
    decision_id = models.BigIntegerField(null=True)
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
