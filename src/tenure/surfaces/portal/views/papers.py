"""Bills and contracts: every paper of an account, as a list and as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tenure.act.documents.receipts import print_document
from tenure.records.billing.models import Payment
from tenure.records.documents.queries import NoSuchDocument, document_of, documents_of
from tenure.surfaces.portal.contracts import terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens


@require_GET
@opens(Right.ACCOUNT)
def papers(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Papers, payments and contracts, the newest first."""
    now = moment()
    payments = Payment.objects.filter(account_id=visitor.account_id)
    context = {
        "visitor": visitor,
        "papers": documents_of(visitor.account_id),
        "payments": list(payments.order_by("-paid_on", "-pk")[:50]),
        "terms": terms_of(visitor),
    }
    return draw(request, "portal/papers.html", shown=context, now=now)


@require_GET
@opens(Right.ACCOUNT)
def paper(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """One paper as PDF, in the language in which it was issued."""
    try:
        document = document_of(visitor.account_id, public_id=public_id)
    except NoSuchDocument:
        raise Http404 from None
    response = HttpResponse(print_document(document), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{document.number}.pdf"'
    return response
