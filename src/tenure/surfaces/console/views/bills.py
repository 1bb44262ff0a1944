"""The providers' bills beside our books: days, what differs, and statements of the bank."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.payments import transfers
from tenure.act.payments.queries import differences
from tenure.act.payments.reconciliation.actions import explain_row
from tenure.act.payments.reconciliation.models import Reconciliation, ReconciliationRow
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.surfaces import wording
from tenure.surfaces.console import paging, shell
from tenure.surfaces.console.access import Right, actor, needs

LEAST_WORDS, MOST_WORDS, MOST_ROWS = 5, 200, 200


@needs(Right.FINANCE)
def bills(request: HttpRequest) -> HttpResponse:
    """Every day that was read, the newest first, and how much still waits to be explained."""
    return _drawn(request)


@needs(Right.FINANCE)
def bill(request: HttpRequest, report_id: int) -> HttpResponse:
    """One day of one provider: the sums of both sides, and what became of each difference."""
    report = get_object_or_404(Reconciliation, pk=report_id)
    rows = ReconciliationRow.objects.filter(report=report).order_by("resolved_at", "pk")
    currencies = sorted({*report.sums, *report.ledger})
    shown = {
        "shell": shell.of(request),
        "report": report,
        "rows": list(rows[:MOST_ROWS]),
        "sums": [(one, report.sums.get(one, {}), report.ledger.get(one, 0)) for one in currencies],
        "least": LEAST_WORDS,
        "most": MOST_WORDS,
    }
    return render(request, "console/bill.html", shown)


@require_POST
@needs(Right.FINANCE)
def explain(request: HttpRequest, row_id: int) -> HttpResponse:
    """Say what a difference is: kept with the name of whoever said it, and no money moves."""
    row = get_object_or_404(ReconciliationRow, pk=row_id)
    how = request.POST.get("how", "").strip()
    if len(how) < LEAST_WORDS:
        messages.error(request, gettext("Say in a few words what the difference is."))
    else:
        try:
            explain_row(row.pk, how=how[:MOST_WORDS], at=clock.now(), by=actor(request))
            messages.success(request, gettext("Noted. No money moved by this."))
        except Refusal as refusal:
            messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:bill", args=[row.report_id]))


@require_POST
@needs(Right.FINANCE)
def statement(request: HttpRequest) -> HttpResponse:
    """Take a statement of the bank; each line tells what became of it."""
    file = request.FILES.get("statement")
    if file is None:
        raise BadRequest
    try:
        taken = transfers.take_statement(file.read(), at=clock.now(), by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return _drawn(request)
    return _drawn(request, taken=taken)


def _drawn(request: HttpRequest, *, taken: transfers.Taken | None = None) -> HttpResponse:
    page = paging.newest(Reconciliation.objects.all(), request.GET.get("before", ""))
    shown = {
        "shell": shell.of(request),
        "page": page,
        "open": differences().count(),
        "takes_statements": transfers.is_offered(),
        "taken": taken,
    }
    return render(request, "console/bills.html", shown)
