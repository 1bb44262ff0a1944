"""Papers in the console: invoices that were asked for, contracts, and their files."""

from datetime import date, timedelta
from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.documents import contracts as contract_verbs
from tenure.act.documents import invoices as invoice_verbs
from tenure.act.documents import statements
from tenure.act.documents.contracts import Wanted, customer_party, seller_party
from tenure.act.documents.receipts import print_document
from tenure.act.documents.statements import Billed
from tenure.kernel import clock
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.periods import month_of
from tenure.records.contracts.actions import drafting
from tenure.records.contracts.actions.signing import newest_file
from tenure.records.contracts.models import Contract
from tenure.records.customers.models import Account, ContactPoint
from tenure.records.documents.models import Document
from tenure.records.invoicing.actions import requests as invoice_requests
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.queries import titles_of
from tenure.records.invoicing.states import InvoiceState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_renewal, quote_usage
from tenure.records.subscriptions.states import LIVE
from tenure.surfaces import wording
from tenure.surfaces.console import paging, shell, wordbook
from tenure.surfaces.console.access import Right, actor, needs

# An annex is drafted from the contract that it belongs to.
ANNEX: Final = "annex"
MOST_REASON: Final = 200
QUOTE_DAYS: Final = 14


@needs(Right.FINANCE)
def invoices(request: HttpRequest) -> HttpResponse:
    """Every request for the tax platform, by state, with what can be done about it."""
    state = request.GET.get("state", "")
    rows = Invoice.objects.select_related("account", "payment")
    if state in wordbook.INVOICE_STATES:
        rows = rows.filter(state=state)
    page = paging.newest(rows, request.GET.get("before", ""))
    shown = {
        "shell": shell.of(request),
        "page": page,
        "state": state,
        "states": wordbook.INVOICE_STATES,
        "retryable": {InvoiceState.FAILED},
        "withdrawable": {InvoiceState.REQUESTED, InvoiceState.FAILED},
        "issued": {InvoiceState.ISSUED, InvoiceState.DELIVERED},
    }
    return render(request, "console/invoices.html", shown)


@require_POST
@needs(Right.FINANCE)
def decide_invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Try a failed request again, withdraw one that was not issued, or make one out anew."""
    invoice = get_object_or_404(Invoice, pk=invoice_id)
    at, by = clock.now(), actor(request)
    on, verb = clock.today(shell.standing().zone, at), request.POST.get("verb", "")
    try:
        if verb == "retry":
            invoice_requests.retry(invoice.pk, on=on, at=at, by=by)
        elif verb == "withdraw":
            invoice_requests.withdraw(invoice.pk, on=on, at=at, by=by)
        elif verb == "reissue":
            _reissue(request, invoice)
        else:
            raise BadRequest
        messages.success(request, gettext("Done."))
    except (Refusal, Outage) as failure:
        messages.error(request, failure.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:invoices"))


def _reissue(request: HttpRequest, invoice: Invoice) -> None:
    book = titles_of(invoice.account_id)
    if not book:
        messages.error(request, gettext("The customer has no title to make it out to."))
        return
    invoice_verbs.reissue(invoice.pk, title_id=book[0].pk, at=clock.now(), by=actor(request))


@needs(Right.FINANCE)
def contracts(request: HttpRequest) -> HttpResponse:
    """Every contract, by state, and the templates from which one is drafted for a customer."""
    stands = shell.standing()
    state = request.GET.get("state", "")
    rows = Contract.objects.select_related("account")
    if state in wordbook.CONTRACT_STATES:
        rows = rows.filter(state=state)
    page = paging.newest(rows, request.GET.get("before", ""))
    shown = {
        "shell": shell.of(request, stands),
        "page": page,
        "state": state,
        "states": wordbook.CONTRACT_STATES,
        "templates": [one for one in stands.strategy.contracts.values() if one.kind != ANNEX],
        "account": request.GET.get("account", ""),
    }
    return render(request, "console/contracts.html", shown)


@require_POST
@needs(Right.FINANCE)
def draft_contract(request: HttpRequest) -> HttpResponse:
    """Draft a contract from a template for a customer, named by the number of the account."""
    number = request.POST.get("account", "").strip()
    account = Account.objects.filter(external_id=number).first()
    if account is None:
        messages.error(request, gettext("There is no customer with this number."))
        return HttpResponseRedirect(reverse("console:contracts"))
    mail = ContactPoint.objects.filter(
        person__account=account, person__is_primary=True, channel="email"
    ).first()
    strategy, at = shell.standing().strategy, clock.now()
    seller = strategy.documents.seller_for(account.country)
    address = mail.address if mail is not None else ""
    parties = {**customer_party(account, address=address), **seller_party(seller)}
    template = request.POST.get("template", "")
    term = Term.objects.filter(account=account, state__in=LIVE).order_by("-ends_on").first()
    if term is None:
        messages.error(request, gettext("This customer has no running term to put in a contract."))
        return HttpResponseRedirect(reverse("console:contracts"))
    key = f"console:{term.pk}:{template}:{clock.today(strategy.business.zone, at)}"
    wanted = Wanted(
        account.pk,
        template,
        key,
        parties,
        _slots(term),
        term_id=term.pk,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
    )
    try:
        contract_verbs.draft(wanted, at=at, by=actor(request))
        messages.success(request, gettext("Drafted. Read it, then send it."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:contracts"))


def _slots(term: Term) -> dict[str, str]:
    """What the ready templates name, from the term that runs."""
    plan = term.plan_version.plan
    price = wording.money(term.price_minor, term.currency, decimals=True)
    return {
        "plan": f"{plan.name_zh} ({plan.name_en})",
        "price": price,
        "starts_on": term.starts_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
    }


@require_POST
@needs(Right.FINANCE)
def decide_contract(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Send a draft to its first signatory, or end a contract with the reason for it."""
    contract = get_object_or_404(Contract, pk=contract_id)
    at, by = clock.now(), actor(request)
    on, verb = clock.today(shell.standing().zone, at), request.POST.get("verb", "")
    reason = request.POST.get("reason", "").strip()[:MOST_REASON]
    try:
        if verb == "send":
            drafting.send(contract.pk, on=on, at=at, by=by)
            messages.success(request, gettext("Sent: the customer finds it under contracts."))
        elif verb == "void" and reason:
            drafting.terminate(contract.pk, reason=reason, on=on, at=at, by=by)
            messages.success(request, gettext("Ended."))
        else:
            messages.error(request, gettext("Say why it ends."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:contracts"))


@needs(Right.FINANCE)
def contract_file(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The newest file of a contract, with every signature so far."""
    contract = get_object_or_404(Contract, pk=contract_id)
    return _pdf(bytes(newest_file(contract.pk).content), contract.public_id)


@needs(Right.FINANCE)
def document_file(request: HttpRequest, document_id: int) -> HttpResponse:
    """A receipt, credit note, quote or statement; for European customers with its data inside."""
    document = get_object_or_404(Document, pk=document_id)
    if request.GET.get("form") == "factur-x":
        from tenure.act.documents.standards.writing import factur_x

        return _pdf(factur_x(document), document.number)
    return _pdf(print_document(document), document.number)


@needs(Right.FINANCE)
def documents(request: HttpRequest) -> HttpResponse:
    """Every paper with a number of ours, the newest first."""
    kind = request.GET.get("kind", "")
    rows = Document.objects.select_related("account").defer("content")
    if kind in wordbook.DOCUMENT_KINDS:
        rows = rows.filter(kind=kind)
    shown = {
        "shell": shell.of(request),
        "page": paging.newest(rows, request.GET.get("before", "")),
        "kind": kind,
        "kinds": wordbook.DOCUMENT_KINDS,
    }
    return render(request, "console/documents.html", shown)


@require_POST
@needs(Right.FINANCE)
def issue_quote(request: HttpRequest) -> HttpResponse:
    """Put the renewal price of a customer's running term on paper; once for one price and day."""
    term = _running_term(request)
    if term is None:
        return HttpResponseRedirect(reverse("console:documents"))
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    try:
        bill = quote_renewal(term.pk, on=on).bill
        key = f"quote:{term.pk}:{on}:{bill.digest}"
        until = on + timedelta(days=QUOTE_DAYS)
        wanted = Billed(term.account_id, bill.as_document(), key, valid_until=until)
        paper = statements.issue_quote(wanted, at=at, by=actor(request))
        messages.success(request, gettext("Issued: %(number)s.") % {"number": paper.number})
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:documents"))


@require_POST
@needs(Right.FINANCE)
def issue_statement(request: HttpRequest) -> HttpResponse:
    """Put on paper what a customer used in a month and what it costs, tier by tier (BIL-05)."""
    term = _running_term(request)
    if term is None:
        return HttpResponseRedirect(reverse("console:documents"))
    try:
        month = month_of(date.fromisoformat(f"{request.POST.get('month', '')[:7]}-01"))
    except ValueError:
        raise BadRequest from None
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    try:
        bill = quote_usage(term.subscription_id, month, on=on)
        key = f"usage:{term.subscription_id}:{month.starts_on}:{bill.digest}"
        period = (month.starts_on, month.ends_on)
        wanted = Billed(term.account_id, bill.as_document(), key, period=period)
        paper = statements.issue_statement(wanted, at=at, by=actor(request))
        messages.success(request, gettext("Issued: %(number)s.") % {"number": paper.number})
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:documents"))


def _running_term(request: HttpRequest) -> Term | None:
    """The running term of the customer whose number was written; None is told."""
    number = request.POST.get("account", "").strip()
    running = Term.objects.filter(account__external_id=number, state__in=LIVE)
    term = running.order_by("-ends_on").first()
    if term is None:
        told = gettext("There is no customer with this number and a running term.")
        messages.error(request, told)
    return term


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
