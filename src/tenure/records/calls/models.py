"""One request of a program that is done once, however often it is sent."""

from django.db import models


class Call(models.Model):
    """A request under an `Idempotency-Key`; without an answer it is still being worked on."""

    api_key = models.ForeignKey("records.ApiKey", on_delete=models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, address and body")
    leased_until = models.DateTimeField(null=True, help_text="null: it was answered")
    http_status = models.PositiveSmallIntegerField(null=True)
    media_type = models.CharField(max_length=80, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["api_key", "idempotency_key"], name="call_once"),
            models.CheckConstraint(
                condition=models.Q(leased_until__isnull=False)
                | models.Q(http_status__isnull=False),
                name="call_answered_has_status",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="call_created")]
