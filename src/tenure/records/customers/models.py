"""Accounts, the people in them, and what they allowed."""

from django.db import models
from django.db.models.functions import Lower


class Account(models.Model):
    """A customer: a household, a company or one person. External ids are unique per source."""

    class Kind(models.TextChoices):
        HOUSEHOLD = "household"
        BUSINESS = "business"
        ENTERPRISE = "enterprise"  # a business whom an account manager looks after
        INDIVIDUAL = "individual"

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.HOUSEHOLD)
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=80, blank=True)
    zone = models.CharField(max_length=60, blank=True, help_text="empty: the business's zone")
    currency = models.CharField(max_length=3)
    sales_channel = models.CharField(max_length=60, blank=True)
    started_on = models.DateField()
    holdout_bucket = models.PositiveSmallIntegerField(
        help_text="0 to 9999 by hashing; below the holdout's share nobody persuades this account"
    )
    attributes = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="account_external_id"),
        ]
        indexes = [models.Index(fields=["name"], name="account_name")]


class Person(models.Model):
    """Somebody at an account, with what they prefer. The sender obeys this row."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=10, default="zh-Hans")
    zone = models.CharField(max_length=60, blank=True)
    is_primary = models.BooleanField(default=True)
    is_minor = models.BooleanField(default=False)
    born_year = models.PositiveSmallIntegerField(null=True)
    preferred_channels = models.JSONField(default=list)  # ["email", "phone"], best first
    preferred_from = models.TimeField(null=True)
    preferred_until = models.TimeField(null=True)
    personalised = models.BooleanField(default=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="person_external_id"),
        ]


class ContactPoint(models.Model):
    """An address on a channel."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20)  # email | phone | sms | push
    address = models.CharField(max_length=254)
    bounced_at = models.DateTimeField(null=True, help_text="a hard bounce: never used again")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "channel", "address"], name="contact_point_once"
            ),
        ]
        # Whoever signs in names an address, in whatever letters.
        indexes = [models.Index("channel", Lower("address"), name="contact_point_reached")]


class Consent(models.Model):
    """One permission for one purpose on one channel, with its evidence. Never overwritten."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=30)  # service | billing | marketing | profiling
    channel = models.CharField(max_length=20)
    basis = models.CharField(max_length=30, default="consent")
    text_version = models.CharField(max_length=40, default="1")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=200, blank=True)
    double_opt_in_at = models.DateTimeField(null=True, help_text="when its reader confirmed it")
    # The soft opt-in of a customer: what was bought, when, and that no was offered (R-P-032).
    soft_opt_in_product = models.CharField(max_length=120, blank=True)
    soft_opt_in_at = models.DateTimeField(null=True)
    opt_out_offered = models.BooleanField(default=False)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "channel"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_one_live",
            ),
        ]


class ConsentRequest(models.Model):
    """A permission that waits for the click in its confirming mail, and after it the proof.

    Until then it allows nothing: no `Consent` stands beside it (R-P-032).
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=30)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=254)
    text_version = models.CharField(max_length=40)
    disclosure = models.TextField(help_text="word for word what is agreed to")
    language = models.CharField(max_length=10)
    message = models.OneToOneField(
        "records.Message", null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    asked_ip = models.CharField(max_length=45, blank=True)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_ip = models.CharField(max_length=45, blank=True)
    dropped_at = models.DateTimeField(null=True, help_text="asked anew, or taken back before")

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "channel"],
                condition=models.Q(confirmed_at__isnull=True, dropped_at__isnull=True),
                name="consent_request_one_waits",
            ),
        ]


class TagRefusal(models.Model):
    """A tag that a customer deleted: it is not put on this account again (R-P-005)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    tag = models.CharField(max_length=60)
    refused_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["account", "tag"], name="tag_refusal_once"),
        ]
