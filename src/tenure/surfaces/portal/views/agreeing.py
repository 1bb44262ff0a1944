"""Read a contract, get a code, sign it; fetch the signed file and what proves it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from tenure.act.documents import contracts
from tenure.act.documents.contracts import Signing
from tenure.act.documents.proving import evidence
from tenure.kernel.failures import Outage, Refusal
from tenure.records.contracts.actions import signing
from tenure.records.contracts.models import Contract, Signatory
from tenure.records.contracts.queries import contracts_of, files_of, signatories_of
from tenure.records.contracts.states import ContractState, SignatoryState
from tenure.strategy.contracts import Role
from tenure.surfaces import wording
from tenure.surfaces.portal import throttle
from tenure.surfaces.portal.paper_words import CONTRACTS, SIGNATURES, said
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens

UNPROCESSABLE, TOO_MANY = 422, 429
_OPEN = (ContractState.SENT, ContractState.VIEWED)


@require_GET
@opens(Right.ACCOUNT)
def agreements(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every contract of the account; drafts are not shown."""
    found = [one for one in contracts_of(visitor.account_id) if one.state != ContractState.DRAFT]
    language = wording.reader_language()
    rows = [
        {"contract": one, "name": one.name[_key(language)], "said": said(CONTRACTS, one.state)}
        for one in found
    ]
    return draw(request, "portal/agreements.html", shown={"visitor": visitor, "rows": rows})


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def agreement(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """One contract: its text; a POST sends the code, or signs with it."""
    now, contract = moment(), _contract(visitor, public_id)
    signatory = _signatory(contract)
    if request.method != "POST":
        if signatory is not None and contract.state in _OPEN:
            signing.view(signatory.pk, on=now.on, at=now.at, by=visitor.by)
        return _page(request, visitor, _contract(visitor, public_id))
    if throttle.CODES_TRIED.is_reached(request):
        return _page(request, visitor, contract, status=TOO_MANY)
    throttle.CODES_TRIED.count(request)
    if signatory is None:
        raise Http404
    try:
        _do(request, visitor, signatory, now=now)
    except (Refusal, Outage) as failure:
        error = failure.sentence(wording.reader_language())
        return _page(request, visitor, _contract(visitor, public_id), error=error)
    return redirect("portal:agreement", public_id)


@require_GET
@opens(Right.ACCOUNT)
def agreement_file(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """The newest file, with every signature so far."""
    content = bytes(files_of(_contract(visitor, public_id).pk)[-1].content)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{public_id}.pdf"'
    return response


@require_GET
@opens(Right.ACCOUNT)
def agreement_evidence(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """The evidence package."""
    response = HttpResponse(evidence(_contract(visitor, public_id)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{public_id}.zip"'
    return response


def _do(request: HttpRequest, visitor: Visitor, signatory: Signatory, *, now: Moment) -> None:
    if "code" not in request.POST:
        contracts.send_code(signatory, at=now.at, by=visitor.by)
        return
    handed_in = Signing(
        code=request.POST["code"],
        agrees="agrees" in request.POST,
        ip=request.META.get("REMOTE_ADDR", ""),
        device=request.headers.get("User-Agent", ""),
        language=wording.reader_language(),
    )
    contracts.sign(signatory, handed_in, at=now.at)


def _page(
    request: HttpRequest,
    visitor: Visitor,
    contract: Contract,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    key, signatory = _key(wording.reader_language()), _signatory(contract)
    context = {
        "visitor": visitor,
        "contract": contract,
        "name": contract.name[key],
        "paragraphs": contract.text[key].split("\n\n"),
        "consent": contract.consent[key],
        "is_prevailing": contract.prevailing.startswith(key),
        "said": said(CONTRACTS, contract.state),
        "signatories": [
            {"name": one.name, "said": said(SIGNATURES, one.state)}
            for one in signatories_of(contract.pk)
        ],
        "mine": signatory,
        "can_sign": signatory is not None and contract.state in _OPEN,
        "error": error,
    }
    shown_status = UNPROCESSABLE if error else status
    return draw(request, "portal/agreement.html", shown=context, status=shown_status)


def _contract(visitor: Visitor, public_id: str) -> Contract:
    found = Contract.objects.filter(account_id=visitor.account_id, public_id=public_id)
    contract = found.exclude(state=ContractState.DRAFT).select_related("annex_of").first()
    if contract is None:
        raise Http404
    return contract


def _signatory(contract: Contract) -> Signatory | None:
    """The customer's own signature that is still missing."""
    mine = [one for one in signatories_of(contract.pk) if one.role == Role.CUSTOMER]
    return mine[0] if mine and mine[0].state != SignatoryState.SIGNED else None


def _key(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"
