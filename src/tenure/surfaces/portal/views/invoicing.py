"""Ask for invoices, keep titles, and fetch what the tax platform gave."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.act.documents import invoices
from tenure.kernel.failures import Refusal
from tenure.kernel.identifiers import whole
from tenure.records.billing.models import Payment
from tenure.records.billing.states import PAID
from tenure.records.invoicing.actions.titles import prefer_title, remove_title, save_title
from tenure.records.invoicing.models import Invoice, InvoiceFile, Title
from tenure.records.invoicing.queries import invoices_of, titles_of
from tenure.records.invoicing.rules import TitleText
from tenure.records.invoicing.states import OVER, InvoiceKind, TitleKind
from tenure.surfaces import wording
from tenure.surfaces.portal.paper_words import INVOICES, said
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens

UNPROCESSABLE = 422
TYPES = {"xml": "application/xml", "ofd": "application/ofd", "pdf": "application/pdf"}
_FIELDS = ("name", "tax_id", "address", "phone", "bank", "bank_account", "email")


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def invoicing(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The requests, the payments that have none, and the titles; a POST asks for one."""
    if request.method != "POST":
        return _page(request, visitor)
    now = moment()
    payment = Payment.objects.filter(
        pk=_number(request, "payment"), account_id=visitor.account_id
    ).first()
    if payment is None:
        raise Http404
    title_id = _number(request, "title") or None
    try:
        invoices.request(payment.pk, at=now.at, by=visitor.by, title_id=title_id)
    except Refusal as refusal:
        return _page(request, visitor, refusal=refusal)
    return redirect("portal:invoices")


@require_POST
@opens(Right.ACCOUNT)
def titles(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Keep a title, prefer one, or take one out of the book."""
    now = moment()
    chosen = Title.objects.filter(pk=_number(request, "title"), account_id=visitor.account_id)
    try:
        if "prefer" in request.POST and chosen.exists():
            prefer_title(chosen.get().pk, on=now.on, at=now.at, by=visitor.by)
        elif "remove" in request.POST and chosen.exists():
            remove_title(chosen.get().pk, on=now.on, at=now.at, by=visitor.by)
        else:
            text = {name: request.POST.get(name, "") for name in _FIELDS}
            kind = TitleKind.COMPANY if text["tax_id"].strip() else TitleKind.INDIVIDUAL
            asked = TitleText(kind, **text)
            save_title(visitor.account_id, asked, on=now.on, at=now.at, by=visitor.by)
    except Refusal as refusal:
        return _page(request, visitor, refusal=refusal)
    return redirect("portal:invoices")


@require_GET
@opens(Right.ACCOUNT)
def invoice_file(
    request: HttpRequest, visitor: Visitor, *, public_id: str, form: str
) -> HttpResponse:
    """One file of the platform, to its owner alone."""
    found = InvoiceFile.objects.filter(
        invoice__public_id=public_id, invoice__account_id=visitor.account_id, format=form
    ).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{public_id}.{form}"'
    return response


def _page(
    request: HttpRequest, visitor: Visitor, *, refusal: Refusal | None = None
) -> HttpResponse:
    now = moment()
    asked = invoices_of(visitor.account_id)
    standing = {
        one.payment_id for one in asked if one.kind == InvoiceKind.BLUE and one.state not in OVER
    }
    paid = Payment.objects.filter(account_id=visitor.account_id, state__in=PAID, amount_minor__gt=0)
    files = InvoiceFile.objects.filter(invoice__in=[one.pk for one in asked]).defer("content")
    context = {
        "visitor": visitor,
        "rows": [_row(one, files=list(files)) for one in asked],
        "payments": list(paid.exclude(pk__in=standing).order_by("-paid_on", "-pk")[:50]),
        "titles": titles_of(visitor.account_id),
        "error": refusal.sentence(wording.reader_language()) if refusal else "",
    }
    status = UNPROCESSABLE if refusal else 200
    return draw(request, "portal/invoices.html", shown=context, status=status, now=now)


def _row(invoice: Invoice, *, files: list[InvoiceFile]) -> dict[str, object]:
    mine = [one.format for one in files if one.invoice_id == invoice.pk]
    word = said(INVOICES, invoice.state)
    is_red = invoice.kind == InvoiceKind.RED
    return {"invoice": invoice, "formats": mine, "is_red": is_red, "said": word}


def _number(request: HttpRequest, name: str) -> int:
    return whole(request.POST.get(name, ""))
