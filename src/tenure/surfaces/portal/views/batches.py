"""A company's own page of a batch: what it is, one payment, and what became of each row.

It opens by a signed link without a login, and shows nothing but this batch.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from tenure.act.batches.actions import pay
from tenure.act.batches.links import open_batch_link
from tenure.act.payments.actions import How, look_up, run_effects
from tenure.act.self_service.links import BadLink, LinkExpired
from tenure.kernel import clock
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.identifiers import whole
from tenure.records.billing.orders.states import OrderState
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.states import BatchState
from tenure.surfaces import wording
from tenure.surfaces.console import batch_desk
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.views.orders import Standing, newest_of, phase_of
from tenure.surfaces.portal.visitors import Moment, moment
from tenure.surfaces.portal.ways import ways_to_pay

GONE: Final = 410
CONFLICT: Final = 409
BY: Final = "customer"


@dataclass(frozen=True, slots=True)
class Counter:
    """A batch before its company: how it stands, and how its order does."""

    desk: batch_desk.Desk
    order: Standing | None

    @property
    def phase(self) -> str:
        """gone, pay, confirming, giving, done, returned, failed or over."""
        if self.order is None:
            return "gone"
        if self.desk.batch.state == BatchState.DONE:
            return "done"
        is_giving = self.order.order.state in (OrderState.PAID, OrderState.FULFILLED)
        return "giving" if is_giving and self.order.phase == "confirming" else self.order.phase


@require_http_methods(["GET", "POST"])
def batch(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a batch; and, posted, the way in which it is paid."""
    now = moment()
    try:
        found = open_batch_link(token, at=now.at)
    except (BadLink, LinkExpired) as refusal:
        shown = {"title": gettext("This link does not work"), "said": refusal.told}
        return draw(request, "portal/batch/closed.html", shown=shown, now=now, status=GONE)
    if request.method == "POST":
        return _paid(request, found, token=token, now=now)
    return _drawn(request, _counter(found, now=now, is_back="back" in request.GET), token, now=now)


@require_GET
def status(request: HttpRequest, token: str) -> HttpResponse:
    """What htmx asks for every few seconds: the next handful is given, and how far it is."""
    now = moment()
    try:
        found = open_batch_link(token, at=now.at)
    except (BadLink, LinkExpired):
        return HttpResponse(status=GONE)
    before = request.GET.get("phase", "")
    counter = _counter(found, now=now, is_back=before == "confirming")
    if counter.phase != before:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("portal:batch", args=[token])
        return response
    shown = {"counter": counter, "desk": counter.desk, "token": token}
    return draw(request, "portal/batch/_waiting.html", shown=shown, now=now)


def _counter(found: Batch, *, now: Moment, is_back: bool) -> Counter:
    order = found.order
    if order is None or found.state not in (BatchState.PLACED, BatchState.DONE):
        return Counter(batch_desk.desk_of(found), None)
    payment = newest_of(order)
    if payment is not None and order.state == OrderState.OPEN:
        look_up(payment.pk, at=now.at)
    if payment is not None:
        run_effects(at=now.at, by="portal", payment_id=payment.pk)
        payment.refresh_from_db()
    order.refresh_from_db()
    found.refresh_from_db()
    found.order = order
    standing = Standing(order, payment, None, phase_of(order, payment, is_back=is_back))
    return Counter(batch_desk.desk_of(found), standing)


def _paid(request: HttpRequest, found: Batch, *, token: str, now: Moment) -> HttpResponse:
    """Open an attempt; paid already, the page says so and nothing is opened."""
    method = request.POST.get("pay", "")
    offered = {one.method for one in ways_to_pay(request.headers.get("User-Agent", ""))}
    address = reverse("portal:batch", args=[token])
    if method in offered:
        back = request.build_absolute_uri(f"{address}?back=1")
        how = How(method, back, str(request.META.get("REMOTE_ADDR", "")))
        try:
            pay(found, how, at=clock.now(), by=BY)
        except (Refusal, Outage) as failure:
            counter = _counter(found, now=now, is_back=False)
            error = failure.sentence(wording.reader_language())
            return _drawn(request, counter, token, now=now, error=error, status=CONFLICT)
    return redirect(address)


def _drawn(
    request: HttpRequest, counter: Counter, token: str, *, now: Moment, **more: Any
) -> HttpResponse:
    code = more.pop("status", 200)
    after = request.GET.get("after", "")
    rows, mark = batch_desk.rows_of(counter.desk.batch, *batch_desk.BOUGHT, after=whole(after))
    shown = {
        "counter": counter,
        "desk": counter.desk,
        "token": token,
        "rows": rows,
        "mark": mark,
        "pays": ways_to_pay(request.headers.get("User-Agent", "")),
        "zone": now.strategy.business.zone,
        **more,
    }
    response = draw(request, "portal/batch/page.html", shown=shown, now=now, status=code)
    handing = counter.order.handing if counter.order else None
    if counter.phase == "pay" and handing is not None and handing.kind == "form":
        policy = {**settings.SECURE_CSP, "form-action": ["'self'", handing.origin]}
        response._csp_config = policy  # type: ignore[attr-defined]
    return response
