"""Each handing over of a message to a provider, and everything that providers told later."""

from django.db import models


class Carriage(models.Model):
    """One attempt to hand one message to one provider.

    Written before the provider is asked: a sender that dies in between leaves it `open`, and what
    is open belongs to a message of which nobody knows whether it was taken.
    """

    class Outcome(models.TextChoices):
        OPEN = "open"
        RETURNED = "returned"  # the provider was not reached: it never left
        ACCEPTED = "accepted"
        LATER = "later"
        REFUSED = "refused"
        IN_DOUBT = "in_doubt"
        DELIVERED = "delivered"
        FAILED = "failed"

    message = models.ForeignKey(  # `carriage_once` begins with it
        "records.Message", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    attempt = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=40)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.OPEN)
    provider_id = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=80, blank=True)
    segments = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["message", "attempt"], name="carriage_once"),
        ]
        indexes = [
            models.Index(fields=["provider", "provider_id"], name="carriage_named"),
            models.Index(fields=["outcome", "opened_at"], name="carriage_outcome"),
        ]


class ChannelEvent(models.Model):
    """One thing that a provider told, once however often it is told; numbers are not kept."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=80)
    about = models.CharField(max_length=20)  # report | reply
    provider_id = models.CharField(max_length=120, blank=True)
    content = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=30, blank=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="channel_event_once"),
        ]
        indexes = [models.Index(fields=["provider", "provider_id"], name="channel_event_named")]


class MessageCredit(models.Model):
    """How many messages of one template one reader still allows."""

    address = models.CharField(max_length=120)
    template = models.CharField(max_length=80)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["address", "template"], name="message_credit_once"),
        ]


class PushDevice(models.Model):
    """One browser or telephone that a person lets us wake; a contact point names it by `handle`."""

    class Kind(models.TextChoices):
        WEB = "web"
        FCM = "fcm"
        APNS = "apns"

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    handle = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    token = models.TextField()  # of web: the subscription as JSON
    name = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        app_label = "act"


class Rest(models.Model):
    """A provider that is left alone because it failed: since when, until when, and why.

    The breaker counts in each sender; this is its conclusion, which holds for all of them.
    """

    provider = models.CharField(max_length=40, unique=True)
    failures = models.PositiveIntegerField(help_text="in a row")
    why = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        app_label = "act"


class StaffNotice(models.Model):
    """One thing that the business's own people are told in a room of theirs, once."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        IN_DOUBT = "in_doubt"
        FAILED = "failed"

    once_key = models.CharField(max_length=200)
    channel = models.CharField(max_length=40)
    address = models.CharField(max_length=120, default="room")
    text = models.TextField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    code = models.CharField(max_length=80, blank=True)
    written_at = models.DateTimeField()
    send_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(
                fields=["once_key", "channel", "address"], name="staff_notice_once"
            ),
        ]
        indexes = [models.Index(fields=["outcome", "send_after"], name="staff_notice_due")]
