"""Everything sent to anybody, and everything that was not."""

from django.db import models

from tenure.records.contacts.states import MessageState


class Message(models.Model):
    """One message to one person about one term.

    `send_key` is `journey:step:term:channel-attempt`; it is unique, so planning twice writes once.
    """

    class Class(models.TextChoices):
        TRANSACTIONAL = "transactional"
        LEGAL_NOTICE = "legal_notice"
        MARKETING = "marketing"

    send_key = models.CharField(max_length=160, unique=True)
    # The indexes below begin with these two: each index is written anew whenever a message moves.
    account = models.ForeignKey(
        "records.Account", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        "records.Person", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    term = models.ForeignKey("records.Term", on_delete=models.PROTECT, related_name="+")
    journey = models.CharField(max_length=60)
    journey_version = models.CharField(max_length=16)
    step = models.CharField(max_length=60)
    template = models.CharField(max_length=60)
    message_class = models.CharField(max_length=20, choices=Class)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    address = models.CharField(max_length=254, blank=True)
    decision_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=MessageState, default=MessageState.PLANNED)
    reason = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    planned_at = models.DateTimeField()
    send_after = models.DateTimeField()
    expires_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True, help_text="delivered, suppressed, failed, expired")

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.SUPPRESSED) | ~models.Q(reason=""),
                name="message_suppressed_has_reason",
            ),
        ]
        indexes = [
            # Not a partial index: a state that is given as a value never meets its condition.
            # In the order of claims, so that a claim of few out of many sorts nothing.
            models.Index(fields=["state", "send_after", "id"], name="message_state_claimed"),
            models.Index(fields=["person", "-sent_at"], name="message_person_sent"),
            models.Index(fields=["account", "-planned_at"], name="message_account_planned"),
        ]
