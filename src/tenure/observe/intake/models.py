"""Who may send events, what they sent, who is who, and what had to be turned away."""

from django.db import models


class Source(models.Model):
    """A sender of events. The key that it writes with is kept only as a hash."""

    class Kind(models.TextChoices):
        CLIENT = "client"  # browsers and phones: their clocks are not believed
        SERVER = "server"  # our own systems: a `timestamp` without `sentAt` is believed

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SERVER)
    write_key_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256, hexadecimal")
    zone = models.CharField(max_length=60, help_text="the business's zone: whose day an event is")
    events_per_second = models.PositiveIntegerField(default=100_000)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "observe"


class InboxEvent(models.Model):
    """One event, as it came. It leaves the inbox a while after it was sealed."""

    # Each index is paid for by every event that arrives; the unique key serves the sources.
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    message_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)  # identify | track | page | screen | group | alias
    name = models.CharField(max_length=200, blank=True)
    identity = models.CharField(max_length=200, help_text="userId, else anonymousId")
    account = models.ForeignKey(
        "records.Account",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    day = models.IntegerField(help_text="days since 1970 in the source's zone")
    claimed_day = models.IntegerField(null=True, help_text="the day by the sender's own clock")
    at_us = models.BigIntegerField(help_text="when it happened, clocks corrected")
    known_us = models.BigIntegerField(help_text="when we first had it")
    raw = models.TextField(help_text="the JSON as it came, without what may not be kept")
    waited = models.BooleanField(default=False, help_text="a seal found no account for it")
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "observe"
        constraints = [
            models.UniqueConstraint(fields=["source", "message_id"], name="inbox_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["day"],
                condition=models.Q(sealed_at__isnull=True),
                name="inbox_event_unsealed",
            ),
        ]


class IdentityLink(models.Model):
    """`known_as` is the same customer as `belongs_to`, until somebody takes that back."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    known_as = models.CharField(max_length=200)
    belongs_to = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "observe"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "known_as"],
                condition=models.Q(undone_at__isnull=True),
                name="identity_link_one_live",
            ),
        ]


class Quarantine(models.Model):
    """One thing from outside that was turned away or set right, with the reason."""

    source = models.CharField(max_length=120)  # a sender's name, or import:…
    kind = models.CharField(max_length=60)  # event, or what an import was reading
    reason = models.CharField(max_length=60)  # a stable code; sentences stand in `rules.py`
    place = models.CharField(max_length=200, blank=True)  # file, line and column, or messageId
    kept = models.BooleanField(default=False, help_text="stored nevertheless, with a correction")
    raw = models.CharField(max_length=4000, blank=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "observe"
        indexes = [models.Index(fields=["source", "-at"], name="quarantine_source_at")]
