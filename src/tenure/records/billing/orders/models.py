"""What was ordered, for how much, and whether it was paid and given."""

from django.db import models

from tenure.records.billing.orders.states import TAKEN, OrderState, Purpose


class Order(models.Model):
    """One purchase, frozen with the bill that the customer saw.

    `subject_key` names the one thing that can be bought only once, such as the renewal of a term:
    at most one order for it is open, and at most one holds money. It is empty where the same may
    be bought again and again.
    """

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    subject = models.JSONField(default=dict, help_text="which term, and what was chosen")
    subject_key = models.CharField(max_length=120, blank=True)
    bill = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=OrderState)
    once_key = models.CharField(max_length=200, unique=True)
    placed_at = models.DateTimeField()
    placed_on = models.DateField(help_text="the day of its price, in the business's zone")
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="fulfilled, cancelled or expired")
    reversed_at = models.DateTimeField(null=True, help_text="what it gave was taken back")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_key"],
                condition=models.Q(state=OrderState.OPEN) & ~models.Q(subject_key=""),
                name="order_one_open",
            ),
            models.UniqueConstraint(
                fields=["subject_key"],
                condition=models.Q(state__in=TAKEN, reversed_at__isnull=True)
                & ~models.Q(subject_key=""),
                name="order_one_taken",
            ),
            models.CheckConstraint(
                condition=models.Q(total_minor__gte=0), name="order_total_not_negative"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=TAKEN) | models.Q(paid_at__isnull=False),
                name="order_taken_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-placed_at"], name="order_account_at"),
            models.Index(fields=["state", "expires_at"], name="order_state_expires"),
        ]
