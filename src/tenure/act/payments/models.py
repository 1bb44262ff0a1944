"""What providers told us, word for word, and what must follow from money that came in."""

from django.db import models


class ProviderEvent(models.Model):
    """One verified notification, as it came; the provider's own id makes it one (R-Y-005)."""

    provider = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    about = models.CharField(max_length=20)
    number = models.CharField(max_length=64)
    body = models.TextField()
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=30, blank=True)

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_once"),
        ]
        indexes = [models.Index(fields=["number"], name="provider_event_number")]


class Effect(models.Model):
    """One thing that follows from a payment, once: the outbox of money (R-Y-007).

    Written in the transaction that makes the order paid; done in the transaction that does it.
    A refusal makes it `stuck_at`: a person looks.
    """

    payment = models.ForeignKey("records.Payment", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    stuck_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict, help_text="the last refusal, or what was done")

    class Meta:
        app_label = "act"
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind"], name="effect_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(done_at__isnull=True, stuck_at__isnull=True),
                name="effect_due",
            ),
        ]
