"""Keys of programs. Only a hash of each secret is kept."""

from django.db import models


class ApiKey(models.Model):
    """A program's key: `tnr_<public id>_<secret>`, shown once when it is made."""

    class Scope(models.TextChoices):
        CUSTOMERS = "customers"  # customers as they are
        MASKED = "customers_masked"  # customers without names, addresses and words of theirs
        METRICS = "metrics"  # the server's own figures
        RENEWALS = "renewals"  # quotes, renewals, payments and cancellations
        WEBHOOKS = "webhooks"  # what other programs were told

    name = models.CharField(max_length=80)
    public_id = models.CharField(max_length=16, unique=True)
    secret_hash = models.CharField(max_length=64, help_text="SHA-256, hexadecimal")
    scope = models.CharField(max_length=30, choices=Scope)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
