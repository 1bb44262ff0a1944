"""Consents to automatic renewal, and the mandates that rest on them."""

from django.db import models

from tenure.records.billing.mandates.states import STANDING, MandateState


class AutoRenewConsent(models.Model):
    """The customer's own act: this text, this price, this rhythm. Never overwritten (R-A-014)."""

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    text_version = models.CharField(max_length=40)
    disclosure = models.TextField(help_text="the text as it stood beside the control")
    disclosure_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    shown_at = models.DateTimeField()
    clicked_at = models.DateTimeField()
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    price_minor = models.BigIntegerField(help_text="what the next deduction was said to be")
    cap_minor = models.BigIntegerField(help_text="the most that one deduction may take")
    currency = models.CharField(max_length=3)
    period_months = models.PositiveSmallIntegerField()
    stamps = models.JSONField(default=list, help_text="the policies that it was given under")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="auto_renew_consent_one_live",
            ),
            models.CheckConstraint(
                condition=models.Q(clicked_at__gte=models.F("shown_at")),
                name="auto_renew_consent_shown_first",
            ),
            models.CheckConstraint(
                condition=models.Q(cap_minor__gte=models.F("price_minor")),
                name="auto_renew_consent_within_cap",
            ),
        ]


class Mandate(models.Model):
    """Leave to deduct, as a provider holds it.

    A released mandate that the provider knows is told to it until it confirms: `unsign_at` is
    when it is told next, null when there is nothing left to tell.
    """

    State = MandateState

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        "records.Subscription", on_delete=models.PROTECT, related_name="+"
    )
    consent = models.ForeignKey(AutoRenewConsent, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=32, unique=True, help_text="ours")
    provider = models.CharField(max_length=30)
    method = models.CharField(max_length=30)
    agreement_id = models.CharField(max_length=120, blank=True, help_text="the provider's")
    payer = models.CharField(max_length=120, blank=True, help_text="the provider's own customer")
    instrument = models.CharField(
        max_length=80, blank=True, help_text="fingerprint of a card: attempts are counted on it"
    )
    network = models.CharField(max_length=20, blank=True)  # visa | mastercard | …
    limit_minor = models.BigIntegerField(help_text="the most that one deduction may take")
    currency = models.CharField(max_length=3)
    handoff = models.JSONField(default=dict, help_text="where the customer signs it")
    state = models.CharField(max_length=20, choices=MandateState)
    proposed_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, blank=True)
    unsign_at = models.DateTimeField(null=True)
    unsign_attempts = models.PositiveIntegerField(default=0)
    unsigned_at = models.DateTimeField(null=True, help_text="the provider confirmed the end")
    alarmed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["subscription"],
                condition=models.Q(state__in=STANDING),
                name="mandate_one_standing",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=STANDING) | models.Q(signed_at__isnull=False),
                name="mandate_signed_has_instant",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[MandateState.RELEASED, MandateState.EXPIRED])
                | models.Q(ended_at__isnull=False),
                name="mandate_ended_has_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unsign_at"],
                condition=models.Q(unsign_at__isnull=False),
                name="mandate_to_unsign",
            ),
        ]
