"""Read titles and requests."""

from datetime import datetime

from django.db.models import Q

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.invoicing.models import Invoice, InvoiceFile, Title
from tenure.records.invoicing.states import InvoiceKind, InvoiceState


class NoSuchInvoice(Refusal):
    """An id that names no request."""

    code = "no_such_invoice"
    said = Sentence(
        zh="没有编号为“{name}”的开票申请；请核对编号。",
        en="There is no invoice request “{name}”; check the id.",
    )


def titles_of(account_id: int) -> list[Title]:
    """The title book, the default first."""
    live = Title.objects.filter(account_id=account_id, removed_at=None)
    return list(live.order_by("-is_default", "pk"))


def invoices_of(account_id: int, *, limit: int = 100) -> list[Invoice]:
    """An account's requests, newest first."""
    found = Invoice.objects.filter(account_id=account_id).select_related("corrects", "replaces")
    return list(found.order_by("-requested_at", "-pk")[:limit])


def by_public_id(public_id: str) -> Invoice:
    """One request.

    Raises:
        NoSuchInvoice
    """
    found = Invoice.objects.filter(public_id=public_id).first()
    if found is None:
        raise NoSuchInvoice(name=public_id)
    return found


def waiting(*, limit: int = 500, with_submitted: bool = False) -> list[Invoice]:
    """Requests to hand over, oldest first; a red one only when its blue one can be taken back."""
    states = [InvoiceState.REQUESTED]
    states += [InvoiceState.ISSUING] if with_submitted else []
    found = Invoice.objects.filter(state__in=states).select_related("corrects", "payment")
    return [one for one in found.order_by("requested_at", "pk")[:limit] if is_ready(one)]


def is_ready(invoice: Invoice) -> bool:
    """Whether a request can be handed over: a red one waits for its blue one."""
    if invoice.state == InvoiceState.ISSUING or invoice.kind == InvoiceKind.BLUE:
        return True
    ready = (InvoiceState.ISSUED, InvoiceState.DELIVERED)
    return invoice.corrects is not None and invoice.corrects.state in ready


def due(at: datetime, *, by_hand: str, limit: int = 200) -> list[Invoice]:
    """Requests that a connected service is to be asked about now, longest left alone first."""
    undelivered = Q(state=InvoiceState.ISSUED, delivered_at=None)
    open_ones = Q(state__in=(InvoiceState.REQUESTED, InvoiceState.ISSUING)) | undelivered
    found = Invoice.objects.filter(open_ones).exclude(provider=by_hand)
    found = found.exclude(leased_until__gt=at).select_related("corrects", "payment")
    return list(found.order_by("leased_until", "pk")[:limit])


def reds_of(blue_id: int) -> list[Invoice]:
    """What takes a blue one back, in the order of asking; withdrawn ones are left out."""
    found = Invoice.objects.filter(corrects_id=blue_id).exclude(state=InvoiceState.WITHDRAWN)
    return list(found.order_by("pk"))


def files_of(invoice_id: int) -> list[InvoiceFile]:
    """The formats that are there, without their bytes."""
    return list(InvoiceFile.objects.filter(invoice_id=invoice_id).defer("content").order_by("pk"))
