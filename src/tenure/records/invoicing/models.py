"""Titles, requests, and the files that came back."""

from django.db import models
from django.db.models import F, Q

from tenure.records.invoicing.states import (
    NUMBERED,
    OVER,
    FileFormat,
    InvoiceKind,
    InvoiceState,
    TitleKind,
)


class Title(models.Model):
    """One entry of a customer's title book. Removed ones stay, for the requests that used them."""

    Kind = TitleKind

    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=TitleKind)
    name = models.CharField(max_length=200)
    tax_id = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    bank = models.CharField(max_length=120, blank=True)
    bank_account = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=254, blank=True)
    is_default = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "name", "tax_id"],
                condition=Q(removed_at__isnull=True),
                name="title_once",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(is_default=True, removed_at__isnull=True),
                name="title_one_default",
            ),
            models.CheckConstraint(
                condition=Q(kind=TitleKind.COMPANY) ^ Q(tax_id=""), name="title_company_has_tax_id"
            ),
        ]


class Invoice(models.Model):
    """One request, blue or red, with everything that the platform is told.

    `gross_minor` of a blue one is never above `paid_minor`, the cash that was paid; a payment has
    at most one that stands. `reversed_minor` is what red ones took back of a blue one.
    """

    State = InvoiceState
    Kind = InvoiceKind

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey("records.Payment", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=InvoiceKind)
    state = models.CharField(max_length=20, choices=InvoiceState, default=InvoiceState.REQUESTED)
    provider = models.CharField(max_length=30)
    order_number = models.CharField(max_length=32, unique=True)
    is_special = models.BooleanField(default=False)
    seller = models.JSONField()
    buyer = models.JSONField()
    lines = models.JSONField()
    currency = models.CharField(max_length=3)
    paid_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    reversed_minor = models.BigIntegerField(default=0)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    reissue_title = models.ForeignKey(Title, null=True, on_delete=models.PROTECT, related_name="+")
    once_key = models.CharField(max_length=160, null=True, unique=True)
    reason = models.CharField(max_length=200, blank=True)
    confirmation = models.CharField(max_length=60, blank=True, help_text="the red confirmation")
    number = models.CharField(max_length=20, null=True, unique=True)
    issued_on = models.DateField(null=True)
    failure = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True, help_text="left alone until then")
    is_held = models.BooleanField(
        default=False, help_text="a legal hold: deletion passes it by (R-I-012)"
    )

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(kind=InvoiceKind.BLUE) & ~Q(state__in=OVER),
                name="invoice_one_blue",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(state=InvoiceState.WITHDRAWN),
                name="invoice_replaced_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.RED)
                | Q(gross_minor__gt=0, gross_minor__lte=F("paid_minor")),
                name="invoice_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.BLUE) | Q(gross_minor__lt=0, corrects__isnull=False),
                name="invoice_red_corrects",
            ),
            models.CheckConstraint(
                condition=Q(gross_minor=F("net_minor") + F("tax_minor")), name="invoice_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(reversed_minor=0)
                | Q(
                    kind=InvoiceKind.BLUE,
                    reversed_minor__gt=0,
                    reversed_minor__lte=F("gross_minor"),
                ),
                name="invoice_reversed_within",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NUMBERED) | Q(number__isnull=False, issued_on__isnull=False),
                name="invoice_issued_has_number",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "requested_at"], name="invoice_state_at"),
            models.Index(fields=["account", "-requested_at"], name="invoice_account_at"),
        ]


class InvoiceFile(models.Model):
    """What the platform gave for one request, byte by byte."""

    Format = FileFormat

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=5, choices=FileFormat)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    attached_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "format"], name="invoice_file_once"),
        ]
