"""Money in the console: the queues, one payment, and refunds that two people agree to."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds import actions
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.states import RefundEffect
from tenure.surfaces import wording
from tenure.surfaces.console import paging, shell, wordbook
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.money_desk import (
    MOST_ROWS,
    QUEUES,
    REASONS,
    WORK,
    RefundForm,
    counts,
    story,
)

MOST_NOTE_LENGTH = 1_000


@needs(Right.FINANCE)
def payments(request: HttpRequest) -> HttpResponse:
    """One queue of work, and how much waits in the others."""
    stands = shell.standing()
    name = request.GET.get("queue", "")
    waiting = counts()
    if name not in QUEUES:
        name = next((one for one in WORK if waiting[one]), "payments")
    queue = QUEUES[name]
    is_log = name not in WORK
    page = paging.newest(queue.rows(), request.GET.get("before", "")) if is_log else None
    return render(
        request,
        "console/payments.html",
        {
            "shell": shell.of(request, stands),
            "queues": [(one, QUEUES[one].title, waiting.get(one)) for one in QUEUES],
            "name": name,
            "queue": queue,
            "rows": page.rows if page else list(queue.rows()[:MOST_ROWS]),
            "page": page,
        },
    )


@needs(Right.FINANCE)
def payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One payment with its whole story, and the form that asks for a refund."""
    return _page(request, _found(payment_id), form=RefundForm())


@require_POST
@needs(Right.FINANCE)
def ask_refund(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Show what a refund would do; once that is confirmed, ask for it."""
    found = _found(payment_id)
    form = RefundForm(
        amount=request.POST.get("amount", ""),
        reason=request.POST.get("reason", ""),
        effect=request.POST.get("effect", ""),
        note=request.POST.get("note", "").strip()[:MOST_NOTE_LENGTH],
        token=request.POST.get("token", "")[:40],
    )
    if not form.is_complete:
        raise BadRequest
    try:
        if "confirm" not in request.POST:
            left = story(found).left
            wish = form.wish(found, left=left) if left is not None else None
            return _page(request, found, form=form, wish=wish)
        refund = _request(request, found, form)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return _page(request, found, form=form)
    messages.success(request, _told(refund))
    return HttpResponseRedirect(reverse("console:payment", args=[found.pk]))


@require_POST
@needs(Right.FINANCE)
def decide_refund(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Approve or reject a refund that somebody else asked for."""
    refund = get_object_or_404(Refund, pk=refund_id)
    at, by, verdict = clock.now(), actor(request), request.POST.get("verdict", "")
    try:
        if verdict == "approve":
            actions.approve(refund.pk, at=at, by=by)
            messages.success(request, gettext("Approved; the money goes back within minutes."))
        elif verdict == "reject":
            note = request.POST.get("note", "").strip()[:MOST_NOTE_LENGTH]
            actions.reject(refund.pk, note=note, at=at, by=by)
            messages.success(request, gettext("Rejected; no money moved."))
        else:
            raise BadRequest
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:payment", args=[refund.payment_id]))


def _found(payment_id: int) -> Payment:
    rows = Payment.objects.select_related("account", "order", "term")
    return get_object_or_404(rows, pk=payment_id)


def _request(request: HttpRequest, found: Payment, form: RefundForm) -> Refund:
    """Ask for the refund; the same form sent again finds the refund that is there."""
    known = Refund.objects.filter(once_key=f"console:{form.token}", payment=found).first()
    if known is not None:
        return known
    left = story(found).left
    if left is None:
        raise BadRequest
    wish = form.wish(found, left=left)
    return actions.request(wish, at=clock.now(), by=actor(request))


def _told(refund: Refund) -> str:
    if refund.needs_second:
        return gettext("Asked for. A second person must approve it before any money moves.")
    return gettext("Asked for; the money goes back within minutes.")


def _page(
    request: HttpRequest, found: Payment, *, form: RefundForm, wish: object = None
) -> HttpResponse:
    stands = shell.standing()
    told = story(found)
    if not form.amount and told.left is not None:
        form.amount = f"{told.left.decimal:f}"
    return render(
        request,
        "console/payment.html",
        {
            "shell": shell.of(request, stands),
            "payment": found,
            "story": told,
            "form": form,
            "wish": wish,
            "reasons": {one: wordbook.REFUND_REASONS[one] for one in REASONS},
            "effects": {one: wordbook.REFUND_EFFECTS[one] for one in RefundEffect.values},
            "actor": actor(request),
        },
    )
