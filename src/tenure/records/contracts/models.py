"""Contracts as they were frozen, their signatories, and their files."""

from django.db import models
from django.db.models import Q

from tenure.records.contracts.states import ContractState, SignatoryState


class Contract(models.Model):
    """One contract. Its text and its first file are frozen when it is drafted.

    `sealed_sha256` is the digest of the newest signed file; an annex names what it belongs to.
    """

    State = ContractState

    public_id = models.CharField(max_length=40, unique=True)
    account = models.ForeignKey("records.Account", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("records.Term", null=True, on_delete=models.PROTECT, related_name="+")
    annex_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    template = models.CharField(max_length=60)
    template_version = models.PositiveSmallIntegerField()
    strategy_hash = models.CharField(max_length=64)
    prevailing = models.CharField(max_length=10)
    name = models.JSONField()
    text = models.JSONField()
    consent = models.JSONField()
    variables = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=ContractState, default=ContractState.DRAFT)
    signer = models.CharField(max_length=30, help_text="who seals: local, or a connected service")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True, help_text="its first day without effect")
    presented_sha256 = models.CharField(max_length=64)
    sealed_sha256 = models.CharField(max_length=64, blank=True)
    once_key = models.CharField(max_length=160, unique=True)
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=200, blank=True)
    is_held = models.BooleanField(default=False, help_text="a legal hold: deletion passes it by")

    class Meta:
        app_label = "records"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=(ContractState.SIGNED, ContractState.EFFECTIVE))
                | Q(signed_at__isnull=False) & ~Q(sealed_sha256=""),
                name="contract_signed_is_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(ContractState.EXPIRED, ContractState.TERMINATED))
                | Q(closed_on__isnull=False),
                name="contract_over_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-drafted_at"], name="contract_account_at"),
            models.Index(fields=["state", "ends_on"], name="contract_state_ends"),
        ]


class Signatory(models.Model):
    """One who signs, in the order of `place`, with what proves that it was they."""

    State = SignatoryState

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=254, help_text="where the code goes")
    state = models.CharField(max_length=20, choices=SignatoryState, default=SignatoryState.WAITING)
    code_nonce = models.CharField(max_length=64, blank=True)
    code_message = models.ForeignKey(
        "records.Message", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    code_sent_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    viewed_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    ip = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=300, blank=True)
    consent_text = models.TextField(blank=True)
    document_sha256 = models.CharField(
        max_length=64, blank=True, help_text="the file as it was before this signature"
    )

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["contract", "place"], name="signatory_place_once"),
            models.CheckConstraint(
                condition=~Q(state=SignatoryState.SIGNED)
                | Q(signed_at__isnull=False) & ~Q(consent_text="") & ~Q(document_sha256=""),
                name="signatory_signed_has_evidence",
            ),
        ]


class ContractFile(models.Model):
    """One file of a contract: place 0 is what was presented, then one after each signature."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    kept_at = models.DateTimeField()

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=["contract", "place"], name="contract_file_once"),
        ]
        indexes = [models.Index(fields=["sha256"], name="contract_file_sha256")]
