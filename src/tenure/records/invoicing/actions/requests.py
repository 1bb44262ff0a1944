"""Ask for an invoice, hand the request over, and note what became of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.kernel.identifiers import new_id
from tenure.records.invoicing.models import Invoice, InvoiceFile, Title
from tenure.records.invoicing.rules import INVOICE, AlreadyRequested, InvoiceVerb
from tenure.records.invoicing.states import OVER, FileFormat, InvoiceKind, InvoiceState
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """A request before it is stored; amounts are sums of its lines, below zero for a red one."""

    kind: InvoiceKind
    account_id: int
    payment_id: int
    provider: str
    seller: Mapping[str, Any]
    buyer: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    currency: str
    paid_minor: int
    is_special: bool = False
    corrects_id: int | None = None
    replaces_id: int | None = None
    reissue_title_id: int | None = None
    once_key: str | None = None
    reason: str = ""

    def summed(self, key: str) -> int:
        """The sum of one amount over the lines."""
        return sum(int(line[f"{key}_minor"]) for line in self.lines)


def store(new: NewInvoice, *, on: date, at: datetime, by: str) -> Invoice:
    """Store a request. The caller holds the lock of the payment.

    Raises:
        AlreadyRequested: another blue one stands for the payment.
    """
    if new.once_key is not None:
        known = Invoice.objects.filter(once_key=new.once_key).first()
        if known is not None:
            return known
    if new.kind == InvoiceKind.BLUE and (standing := blue_of(new.payment_id)):
        raise AlreadyRequested(payment=standing.payment.external_id, invoice=standing.public_id)
    public_id = new_id("inv", at)
    invoice = Invoice.objects.create(
        public_id=public_id,
        account_id=new.account_id,
        payment_id=new.payment_id,
        kind=new.kind,
        provider=new.provider,
        order_number=order_number_of(public_id),
        is_special=new.is_special,
        seller=dict(new.seller),
        buyer=dict(new.buyer),
        lines=[dict(line) for line in new.lines],
        currency=new.currency,
        paid_minor=new.paid_minor,
        gross_minor=new.summed("gross"),
        net_minor=new.summed("net"),
        tax_minor=new.summed("tax"),
        corrects_id=new.corrects_id,
        replaces_id=new.replaces_id,
        reissue_title_id=new.reissue_title_id,
        once_key=new.once_key,
        reason=new.reason,
        requested_at=at,
    )
    append(_fact(invoice, "invoice.requested", on), at=at, by=by)
    return invoice


def blue_of(payment_id: int) -> Invoice | None:
    """The blue request that stands for a payment."""
    return (
        Invoice.objects.filter(payment_id=payment_id, kind=InvoiceKind.BLUE)
        .exclude(state__in=OVER)
        .first()
    )


def order_number_of(public_id: str) -> str:
    """The 20 digits under which the platform knows a request, the same for ever."""
    digest = hashlib.sha256(public_id.encode()).hexdigest()
    return f"{int(digest, 16) % 10**20:020d}"


@transaction.atomic
def submit(invoice_id: int, *, on: date, at: datetime, by: str) -> Invoice:
    """The request is handed over. A red one moves its blue one as well; submitted again, nothing.

    Raises:
        IllegalMove: it is no longer waiting, or its blue one is not issued.
    """
    invoice = locked(invoice_id)
    if invoice.state == InvoiceState.ISSUING:
        return invoice
    if invoice.kind == InvoiceKind.RED:
        assert invoice.corrects_id is not None, "a red one corrects a blue one"
        _move(locked(invoice.corrects_id), InvoiceVerb.ASK_RED)
    invoice.submitted_at = at
    invoice.attempts += 1
    _move(invoice, InvoiceVerb.SUBMIT)
    key = f"invoice.submitted:{invoice.pk}:{invoice.attempts}"
    append(_fact(invoice, "invoice.submitted", on, once_key=key), at=at, by=by)
    return invoice


@dataclass(frozen=True, slots=True)
class Issued:
    """What the platform said of a document that it issued."""

    number: str
    on: date


@transaction.atomic
def settle_issued(invoice_id: int, issued: Issued, *, at: datetime, by: str) -> Invoice:
    """The platform issued it. A red one takes its amount off the blue one, once."""
    invoice = locked(invoice_id)
    if invoice.number == issued.number:
        return invoice
    invoice.number, invoice.issued_on, invoice.failure = issued.number, issued.on, ""
    _move(invoice, InvoiceVerb.ISSUE)
    append(_fact(invoice, "invoice.issued", issued.on), at=at, by=by)
    if invoice.kind == InvoiceKind.RED:
        _take_off(invoice, at=at, by=by)
    return invoice


def _take_off(red: Invoice, *, at: datetime, by: str) -> None:
    assert red.corrects_id is not None, "a red one corrects a blue one"
    assert red.issued_on is not None, "it was issued"
    blue = locked(red.corrects_id)
    blue.reversed_minor -= red.gross_minor
    is_all = blue.reversed_minor == blue.gross_minor
    _move(blue, InvoiceVerb.REVERSE if is_all else InvoiceVerb.KEEP)
    if is_all:
        append(_fact(blue, "invoice.reversed", red.issued_on), at=at, by=by)


@transaction.atomic
def settle_failed(invoice_id: int, *, why: str, on: date, at: datetime, by: str) -> Invoice:
    """The platform refused it; a blue one that was to be taken back stays as it was."""
    invoice = locked(invoice_id)
    if invoice.state == InvoiceState.FAILED:
        return invoice
    invoice.failure = why[:300]
    _move(invoice, InvoiceVerb.FAIL)
    if invoice.kind == InvoiceKind.RED:
        assert invoice.corrects_id is not None, "a red one corrects a blue one"
        _move(locked(invoice.corrects_id), InvoiceVerb.KEEP)
    key = f"invoice.failed:{invoice.pk}:{invoice.attempts}"
    append(_fact(invoice, "invoice.failed", on, once_key=key), at=at, by=by)
    return invoice


@transaction.atomic
def retry(
    invoice_id: int, *, on: date, at: datetime, by: str, title: Title | None = None
) -> Invoice:
    """Try a refused request again under its own order number, perhaps with another title."""
    invoice = locked(invoice_id)
    if invoice.state == InvoiceState.REQUESTED:
        return invoice
    if title is not None and invoice.kind == InvoiceKind.BLUE:
        invoice.buyer = buyer_of(title)
    _move(invoice, InvoiceVerb.RETRY)
    key = f"invoice.retried:{invoice.pk}:{invoice.attempts}"
    append(_fact(invoice, "invoice.retried", on, once_key=key), at=at, by=by)
    return invoice


@transaction.atomic
def withdraw(invoice_id: int, *, on: date, at: datetime, by: str) -> Invoice:
    """Give a request up before the platform issued anything."""
    invoice = locked(invoice_id)
    if invoice.state == InvoiceState.WITHDRAWN:
        return invoice
    _move(invoice, InvoiceVerb.WITHDRAW)
    append(_fact(invoice, "invoice.withdrawn", on), at=at, by=by)
    return invoice


@transaction.atomic
def note_delivered(invoice_id: int, *, on: date, at: datetime, by: str) -> Invoice:
    """The customer has it."""
    invoice = locked(invoice_id)
    if invoice.state == InvoiceState.DELIVERED:
        return invoice
    invoice.delivered_at = at
    _move(invoice, InvoiceVerb.DELIVER)
    append(_fact(invoice, "invoice.delivered", on), at=at, by=by)
    return invoice


@transaction.atomic
def note_confirmation(invoice_id: int, *, number: str, on: date, at: datetime, by: str) -> Invoice:
    """The red confirmation form has a number (R-I-007)."""
    invoice = locked(invoice_id)
    if invoice.confirmation == number:
        return invoice
    invoice.confirmation = number
    invoice.save(update_fields=["confirmation"])
    append(_fact(invoice, "invoice.confirmed", on), at=at, by=by)
    return invoice


@transaction.atomic
def attach(
    invoice_id: int, *, form: FileFormat, content: bytes, at: datetime, by: str
) -> InvoiceFile:
    """Keep a file that the platform gave; the first of each format stays."""
    invoice = locked(invoice_id)
    digest = hashlib.sha256(content).hexdigest()
    row = (invoice.pk, form, digest, content, at)
    columns = ("invoice_id", "format", "sha256", "content", "attached_at")
    if insert_rows(InvoiceFile, [row], columns=columns):
        on = invoice.issued_on or at.date()
        told = Fact(
            "invoice.attached",
            on=on,
            account_id=invoice.account_id,
            content={"invoice": invoice.public_id, "format": str(form), "sha256": digest},
            once_key=f"invoice.attached:{invoice.pk}:{form}",
        )
        append(told, at=at, by=by)
    return InvoiceFile.objects.get(invoice=invoice, format=form)


def claim(invoice_id: int, *, until: datetime, at: datetime) -> bool:
    """Take a request for a while, so that no other worker asks the platform about it."""
    free = Invoice.objects.filter(pk=invoice_id)
    free = free.exclude(leased_until__gt=at)
    return free.update(leased_until=until) == 1


def locked(invoice_id: int) -> Invoice:
    """The request, locked until the transaction ends."""
    return Invoice.objects.select_for_update().get(pk=invoice_id)


def buyer_of(title: Title) -> dict[str, Any]:
    """A title's text as a request keeps it."""
    names = ("name", "tax_id", "address", "phone", "bank", "bank_account", "email")
    return {"kind": str(title.kind), **{name: getattr(title, name) for name in names}}


def _move(invoice: Invoice, verb: InvoiceVerb) -> None:
    invoice.state = INVOICE.after(InvoiceState(invoice.state), verb)
    invoice.save()


def _fact(invoice: Invoice, kind: str, on: date, *, once_key: str = "") -> Fact:
    return Fact(
        kind,
        on=on,
        account_id=invoice.account_id,
        content={
            "invoice": invoice.public_id,
            "of": str(invoice.kind),
            "gross_minor": invoice.gross_minor,
            "currency": invoice.currency,
            "number": invoice.number,
        },
        once_key=once_key or f"{kind}:{invoice.pk}",
    )
