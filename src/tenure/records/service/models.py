"""The service itself: where it stands, what broke, and what customers reported."""

from django.db import models


class Node(models.Model):
    """A part of the network that serves a group of lines."""

    code = models.CharField(max_length=60, unique=True)
    region = models.CharField(max_length=80, blank=True)

    class Meta:
        app_label = "records"


class Line(models.Model):
    """Which node serves which subscription."""

    subscription = models.OneToOneField(
        "records.Subscription", on_delete=models.CASCADE, related_name="+"
    )
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = "records"


class Incident(models.Model):
    """A fault of a node. While it is open nobody behind it is sold anything."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    severity = models.CharField(max_length=20, default="major")  # minor | major | critical
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="incident_external_id"),
        ]


class Ticket(models.Model):
    """A customer's request or complaint."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)  # fault | complaint | billing | renewal | question
    subject = models.CharField(max_length=300, blank=True)
    priority = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    sla_missed = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="ticket_external_id"),
        ]
        indexes = [models.Index(fields=["account", "-opened_at"], name="ticket_account_opened")]


class TicketPause(models.Model):
    """A span in which the promise of a ticket does not run; `ended_at` null while it stands."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    waits_for = models.CharField(max_length=20)  # customer | third_party | force_majeure
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(ended_at__isnull=True),
                name="ticket_pause_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("began_at")),
                name="ticket_pause_ends_after",
            ),
        ]
