"""Codes, sessions and passkeys of customers; no secret of any of them is stored."""

from django.db import models


class LoginCode(models.Model):
    """One code that somebody asked for. An address that nobody has leaves a row without a person.

    The six digits stand nowhere: they follow from `nonce` and the server's key.
    """

    ticket = models.CharField(max_length=40, unique=True)
    address_digest = models.CharField(max_length=64)
    nonce = models.CharField(max_length=40)
    person = models.ForeignKey(
        "records.Person", null=True, on_delete=models.CASCADE, related_name="+"
    )
    message = models.ForeignKey(
        "records.Message", null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["address_digest", "-asked_at"], name="login_code_address")]


class CustomerSession(models.Model):
    """A browser in which a customer is signed in; the cookie's token is kept as a digest."""

    class Door(models.TextChoices):
        CODE = "code"
        PASSKEY = "passkey"

    token_digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    door = models.CharField(max_length=20, choices=Door)
    device = models.CharField(max_length=120, blank=True)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        indexes = [
            models.Index(
                fields=["person"],
                condition=models.Q(closed_at__isnull=True),
                name="customer_session_open",
            )
        ]


class Passkey(models.Model):
    """A public key of a person's own device (WebAuthn); the device keeps the private one."""

    person = models.ForeignKey("records.Person", on_delete=models.CASCADE, related_name="+")
    credential_id = models.CharField(max_length=400, unique=True)
    public_key = models.BinaryField(help_text="as CBOR, with the credential's identity around it")
    sign_count = models.BigIntegerField(default=0)
    name = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        indexes = [models.Index(fields=["person"], name="passkey_person")]
