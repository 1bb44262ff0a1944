"""Money that came in, or did not, and how each attempt came to stand where it stands."""

from django.db import models

from tenure.records.billing.states import OPEN, Origin, PaymentState


class Payment(models.Model):
    """One attempt to pay.

    Told by a file it has a source and that source's own id. Opened by us it belongs to an order
    and has a `number`, under which its provider knows it (`source` is the provider's name then,
    and `external_id` the number again).
    """

    State = PaymentState

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=20, choices=PaymentState)
    paid_on = models.DateField(help_text="the day of the attempt, in the business's zone")
    recorded_at = models.DateTimeField()

    order = models.ForeignKey(
        "records.Order", null=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField(max_length=32, null=True, unique=True)
    way = models.CharField(max_length=20, blank=True, default="")
    provider_id = models.CharField(max_length=120, blank=True, default="")
    handoff = models.JSONField(default=dict, help_text="where the customer pays it")
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True, help_text="as the provider says")
    superseded_at = models.DateTimeField(null=True, help_text="another attempt took its place")
    next_query_at = models.DateTimeField(null=True)
    decline_code = models.CharField(max_length=60, blank=True, default="")
    received = models.CharField(
        max_length=40, blank=True, default="", help_text="what really came, where it is disputed"
    )
    refunded_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(null=True, help_text="what the provider kept, by its bill")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="payment_external_id"),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(state__in=OPEN, superseded_at__isnull=True),
                name="payment_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    refunded_minor__gte=0, refunded_minor__lte=models.F("amount_minor")
                ),
                name="payment_refunded_within",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-paid_on"], name="payment_account_on"),
            models.Index(
                fields=["provider_id"],
                condition=~models.Q(provider_id=""),
                name="payment_at_provider",
            ),
            models.Index(
                fields=["next_query_at"],
                condition=models.Q(next_query_at__isnull=False),
                name="payment_to_query",
            ),
        ]

    @property
    def pays_order(self) -> int:
        """The id of the order that this attempt of ours is for."""
        assert self.order_id is not None, "a payment that a file told has no order"
        return self.order_id


class PaymentStep(models.Model):
    """One move of a payment: from where to where, when, and who said so. Only ever added."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    from_state = models.CharField(max_length=20, choices=PaymentState)
    to_state = models.CharField(max_length=20, choices=PaymentState)
    origin = models.CharField(max_length=20, choices=Origin)
    actor = models.CharField(max_length=120)
    told = models.JSONField(default=dict, help_text="what the origin said, as far as it matters")

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["payment", "at"], name="payment_step_at")]
