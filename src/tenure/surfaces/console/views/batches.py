"""Renew many contracts of a company: bring a list, correct it, place it, and see each line."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.act.batches import actions, papers
from tenure.act.batches.links import batch_token
from tenure.act.payments.actions import How, run_effects
from tenure.kernel import clock
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.identifiers import whole
from tenure.observe.uploads.lists import table_text, template
from tenure.records.customers.models import Account
from tenure.records.subscriptions.batches import actions as batches_of
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.queries import batch_named, contracts_due
from tenure.records.subscriptions.batches.refusals import UnknownBatch
from tenure.records.subscriptions.batches.states import BatchState
from tenure.surfaces import wording
from tenure.surfaces.console import batch_desk, paging, shell
from tenure.surfaces.console.access import Right, actor, needs

UNPROCESSABLE = 422
# A list to fill in holds what ends within so many days.
AHEAD_DAYS = 365


@require_GET
@needs(Right.RENEW_MANY)
def batches(request: HttpRequest) -> HttpResponse:
    """Every batch, the newest first."""
    rows = Batch.objects.select_related("account", "order")
    page = paging.newest(rows, request.GET.get("before", ""))
    return render(request, "console/batches.html", {"shell": shell.of(request), "page": page})


@require_http_methods(["GET", "POST"])
@needs(Right.RENEW_MANY)
def new(request: HttpRequest) -> HttpResponse:
    """Bring a list: a file, or what ends within some days."""
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("list")
        try:
            wanted = batch_desk.wanted(
                request.POST, upload if isinstance(upload, UploadedFile) else None
            )
            begun = actions.begin(wanted, at=clock.now(), by=actor(request))
            return redirect("console:batch", begun.public_id)
        except Refusal as refusal:
            error = refusal.sentence(wording.reader_language())
    given = request.POST or request.GET
    return render(
        request,
        "console/batch_new.html",
        {"shell": shell.of(request), "given": given, "error": error},
        status=UNPROCESSABLE if error else 200,
    )


@require_GET
@needs(Right.RENEW_MANY)
def blank(request: HttpRequest) -> HttpResponse:
    """A list to be filled in, with the customer's contracts where one is named."""
    contracts: list[str] = []
    account = Account.objects.filter(external_id=request.GET.get("customer", "")).first()
    if account is not None:
        on = clock.today(shell.standing().zone, clock.now())
        last = on + timedelta(days=AHEAD_DAYS)
        contracts = contracts_due(account.pk, from_on=on, until_on=last)
    rows = template(contracts, language=wording.reader_language())
    return _file(table_text(rows), name="batch.csv")


@require_GET
@needs(Right.RENEW_MANY)
def batch(request: HttpRequest, public_id: str) -> HttpResponse:
    """One batch: how far it is, what is to be done, and its lines."""
    found = _named(public_id)
    show, after = request.GET.get("show", ""), request.GET.get("after", "")
    rows, mark = batch_desk.rows_of(found, *batch_desk.states_of(show), after=whole(after))
    token = batch_token(found, at=clock.now()) if found.order else ""
    address = reverse("portal:batch", args=[token]) if token else ""
    return render(
        request,
        "console/batch.html",
        {
            "shell": shell.of(request),
            "desk": batch_desk.desk_of(found),
            "batch": found,
            "rows": rows,
            "mark": mark,
            "show": show,
            "link": request.build_absolute_uri(address) if address else "",
            "transfer": batch_desk.transfer_of(found),
            "offers_transfer": batch_desk.offers_transfer(),
            "paid_at": batch_desk.paid_at(found),
        },
    )


@require_POST
@needs(Right.RENEW_MANY)
def go_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Do the next handful, and say how far it is; when it is through, the page is read anew."""
    found, at = _named(public_id), clock.now()
    actions.go_on(found, at=at, by=actor(request))
    found = _named(public_id)
    paid = actions.payment_of(found.order) if found.order else None
    if paid is not None and found.state == BatchState.PLACED:
        run_effects(at=at, by=actor(request), payment_id=paid.pk)
        found = _named(public_id)
    desk = batch_desk.desk_of(found)
    if "HX-Request" not in request.headers:
        return redirect("console:batch", public_id)
    if not desk.is_working:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("console:batch", args=[public_id])
        return response
    return render(request, "console/batch/_progress.html", {"desk": desk, "batch": found})


@require_POST
@needs(Right.RENEW_MANY)
def row(request: HttpRequest, public_id: str, *, place: int) -> HttpResponse:
    """Correct one row, leave it out, take it in again; or decide about one that got stuck."""
    found, by = _named(public_id), actor(request)
    deeds: dict[str, Callable[[datetime], object]] = {
        "mend": lambda at: batches_of.mend(
            found.pk, batch_desk.mended(place, request.POST), at=at, by=by
        ),
        "leave_out": lambda at: batches_of.leave_out(found.pk, [place], at=at, by=by),
        "put_back": lambda at: batches_of.put_back(found.pk, [place], at=at, by=by),
        "retry": lambda at: actions.settle_line(found, place, at=at, by=by),
        "ask_back": lambda at: actions.ask_back(found, place, at=at, by=by),
        "give_back": lambda at: actions.settle_line(found, place, at=at, by=by, is_given_up=True),
    }
    deed = deeds.get(request.POST.get("do", ""))
    if deed is None:
        raise Http404
    return _done(request, found, deed=deed)


@require_POST
@needs(Right.RENEW_MANY)
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """Place what was looked at; every line is looked at once more before it is ordered."""
    found, by = _named(public_id), actor(request)
    given = request.POST

    def deed(at: datetime) -> object:
        return batches_of.begin_placing(
            found.pk,
            seen=given.get("seen", ""),
            is_rest_left_out=given.get("rest") == "left_out",
            at=at,
            by=by,
        )

    return _done(request, found, deed=deed)


@require_POST
@needs(Right.RENEW_MANY)
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a batch up that is not paid."""
    found, by = _named(public_id), actor(request)
    said = gettext("The batch was dropped; nobody can pay it any more.")
    return _done(request, found, deed=lambda at: actions.drop(found, at=at, by=by), said=said)


@require_POST
@needs(Right.RENEW_MANY)
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Check a batch anew whose order ended unpaid."""
    found, by = _named(public_id), actor(request)
    return _done(request, found, deed=lambda at: batches_of.reopen(found.pk, at=at, by=by))


@require_POST
@needs(Right.RENEW_MANY)
def transfer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for what a bank transfer must say."""
    found, by = _named(public_id), actor(request)
    how = How(batch_desk.TRANSFER)
    return _done(request, found, deed=lambda at: actions.pay(found, how, at=at, by=by))


@require_GET
@needs(Right.RENEW_MANY)
def faulty_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The rows to correct, as a file."""
    return _file(papers.faulty_rows(_named(public_id)), name=f"{public_id}-to-correct.csv")


@require_GET
@needs(Right.RENEW_MANY)
def lines_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every row with what became of it, as a file."""
    return _file(papers.every_row(_named(public_id)), name=f"{public_id}.csv")


def _named(public_id: str) -> Batch:
    try:
        return batch_named(public_id)
    except UnknownBatch:
        raise Http404 from None


def _done(
    request: HttpRequest, found: Batch, *, deed: Callable[[datetime], object], said: str = ""
) -> HttpResponse:
    try:
        deed(clock.now())
        if said:
            messages.success(request, said)
    except (Refusal, Outage) as failure:
        messages.error(request, failure.sentence(wording.reader_language()))
    address = reverse("console:batch", args=[found.public_id])
    back = request.POST.get("show", "")
    known = back if back in batch_desk.SHOWN else ""
    return HttpResponseRedirect(f"{address}?show={known}" if known else address)


def _file(text: str, *, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
