"""Endpoints of other programs, what is to be told to them, and each attempt to tell it."""

from django.db import models

from tenure.records.webhooks.states import DeliveryState


class WebhookEndpoint(models.Model):
    """An address that wants to be told. Its secrets are derived, so none is stored."""

    public_id = models.CharField(max_length=20, unique=True)  # "whk_…"
    url = models.CharField(max_length=500)
    about = models.CharField(max_length=120, blank=True)
    kinds = models.JSONField(default=list, help_text='what it wants: ["payment.*"]; empty: all')
    generation = models.PositiveIntegerField(default=1, help_text="which secret signs")
    previous_until = models.DateTimeField(
        null=True, help_text="until then the secret before this one signs, too"
    )
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, help_text="no 2xx since then")
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=20, blank=True)  # operator | gone | failing

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | ~models.Q(closed_why=""),
                name="endpoint_closed_has_reason",
            ),
        ]


class WebhookDelivery(models.Model):
    """One fact for one endpoint: told until it is taken, under one id (R-E-011)."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey("records.Entry", on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=60, unique=True)  # sent as `webhook-id`
    kind = models.CharField(max_length=60)
    body = models.TextField(help_text="the exact text that is signed and sent")
    state = models.CharField(max_length=20, choices=DeliveryState)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="of this round")
    next_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "entry"], name="delivery_once"),
            models.CheckConstraint(
                condition=~models.Q(state=DeliveryState.WAITING) | models.Q(next_at__isnull=False),
                name="delivery_waiting_has_next",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state=DeliveryState.WAITING),
                name="delivery_due",
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_newest"),
        ]


class WebhookAttempt(models.Model):
    """One request, and what was answered: the first 4 KB of it."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    http_status = models.PositiveSmallIntegerField(null=True, help_text="null: no answer")
    failure = models.CharField(max_length=40, blank=True)  # timeout | refused_address | …
    answer = models.TextField(blank=True)
    took_ms = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["delivery", "id"], name="webhook_attempt_of")]
