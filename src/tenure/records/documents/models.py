"""What was issued to customers, exactly as it was said."""

from django.db import models
from django.db.models import F, Q

from tenure.records.documents.states import DocumentKind, DocumentState


class NumberSeries(models.Model):
    """The last number given out of one series. Its lock makes the numbers gap-free."""

    entity = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=DocumentKind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["entity", "kind", "year"], name="number_series_once"),
        ]


class Document(models.Model):
    """One paper. Everything printed on it stands in `content`, so it reads the same for ever."""

    Kind = DocumentKind
    State = DocumentState

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=DocumentKind)
    entity = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveBigIntegerField()
    number = models.CharField(max_length=60)
    state = models.CharField(max_length=20, choices=DocumentState, default=DocumentState.ISSUED)
    payment = models.ForeignKey(
        "records.Payment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    once_key = models.CharField(max_length=160, null=True, unique=True)
    language = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField(help_text="below zero on a credit note")
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    void_reason = models.CharField(max_length=200, blank=True)
    voided_at = models.DateTimeField(null=True)
    is_held = models.BooleanField(
        default=False, help_text="a legal hold: deletion passes it by (R-I-012)"
    )

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "kind", "year", "sequence"], name="document_number_once"
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(kind=DocumentKind.RECEIPT, state=DocumentState.ISSUED),
                name="document_one_receipt",
            ),
            models.CheckConstraint(
                condition=Q(gross_minor=F("net_minor") + F("tax_minor")), name="document_adds_up"
            ),
            models.CheckConstraint(
                condition=~Q(kind=DocumentKind.CREDIT_NOTE)
                | Q(corrects__isnull=False, gross_minor__lt=0),
                name="document_credit_note_corrects",
            ),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.VOID) | Q(voided_at__isnull=False),
                name="document_void_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-issued_on", "-id"], name="document_account_on"),
        ]
