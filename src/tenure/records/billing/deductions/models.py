"""Deductions and their attempts."""

from django.db import models

from tenure.records.billing.deductions.states import OPEN, DeductionState


class Deduction(models.Model):
    """The automatic payment of one renewal: at most one for a term.

    `windows` are the days on which it had to be announced, as dates with the policies that ask
    for them; `proof` is what showed that it was. `opens_on` and `closes_on` are the days on which
    the provider takes it (half-open), where the provider says so. `next_at` is when something is
    to be done about it next.
    """

    State = DeductionState

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    term = models.OneToOneField("records.Term", on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey("records.Mandate", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=DeductionState)
    reason = models.CharField(max_length=60, blank=True)
    stamps = models.JSONField(default=list, help_text="the policies that it was planned under")
    windows = models.JSONField(default=list)
    proof = models.JSONField(default=list)
    planned_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)
    next_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    decline_code = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_action = models.CharField(max_length=20, blank=True)
    end_action_on = models.DateField(null=True, help_text="when the end action is due")
    end_acted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN) | models.Q(ended_at__isnull=False),
                name="deduction_ended_has_instant",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DeductionState.NOTIFIED)
                | models.Q(notified_at__isnull=False),
                name="deduction_notified_has_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="deduction_takes_something"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
                name="deduction_next",
            ),
            models.Index(fields=["state", "due_on"], name="deduction_state_due"),
        ]


class DeductionAttempt(models.Model):
    """One try of a deduction at its provider. `number` is the payment's, stored before the call."""

    deduction = models.ForeignKey(Deduction, on_delete=models.PROTECT, related_name="+")
    ordinal = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=32, blank=True)
    instrument = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    stamps = models.JSONField(default=list)
    tried_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # collected | declined | unknown
    decline_code = models.CharField(max_length=60, blank=True)
    decline_class = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["deduction", "ordinal"], name="deduction_attempt_once"),
        ]
        indexes = [
            models.Index(fields=["instrument", "-tried_at"], name="deduction_attempt_card"),
        ]
