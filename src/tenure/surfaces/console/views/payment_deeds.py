"""What a person decides about a payment that cannot go on by itself: each once, with its entry."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tenure.act.payments import actions
from tenure.act.payments.models import Effect
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.models import Refund
from tenure.surfaces import wording
from tenure.surfaces.console.access import Right, actor, needs

_MOST_REFERENCE: Final = 80


def _accept(payment: Payment, reference: str, at: datetime, by: str) -> None:
    actions.accept_disputed(payment.pk, at=at, by=by)
    actions.run_effects(at=at, by=by, payment_id=payment.pk)


def _retry(payment: Payment, reference: str, at: datetime, by: str) -> None:
    for one in Effect.objects.filter(payment=payment, done_at=None, stuck_at__isnull=False):
        actions.retry_effect(one.pk, at=at, by=by)
    actions.run_effects(at=at, by=by, payment_id=payment.pk)


def _charge_back(payment: Payment, reference: str, at: datetime, by: str) -> None:
    actions.charge_back(payment.pk, actions.Case(reference), at=at, by=by)


def _won(payment: Payment, reference: str, at: datetime, by: str) -> None:
    actions.decide_charge_back(payment.pk, actions.Case(reference), is_won=True, at=at, by=by)


def _lost(payment: Payment, reference: str, at: datetime, by: str) -> None:
    actions.decide_charge_back(payment.pk, actions.Case(reference), is_won=False, at=at, by=by)


type _Verb = Callable[[Payment, str, datetime, str], None]
_DEEDS: Final[Mapping[str, tuple[_Verb, str | Promise]]] = {
    "accept": (_accept, _("Taken for the order; what was bought is given.")),
    "retry": (_retry, _("Tried again; below stands what became of it.")),
    "charge_back": (_charge_back, _("Noted: the payer's bank took the money back.")),
    "won": (_won, _("Noted: the money is ours again.")),
    "lost": (_lost, _("Noted: the money is lost.")),
}
_NEEDS_REFERENCE: Final = frozenset({"charge_back", "won", "lost"})


@require_POST
@needs(Right.FINANCE)
def decide_payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Do what a person decided about a payment; done before, nothing changes."""
    found = get_object_or_404(Payment, pk=payment_id, order__isnull=False)
    name, reference = request.POST.get("deed", ""), _reference(request)
    if name not in _DEEDS or (name in _NEEDS_REFERENCE and not reference):
        raise BadRequest
    verb, told = _DEEDS[name]
    try:
        verb(found, reference, clock.now(), actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        messages.success(request, str(told))
    return HttpResponseRedirect(reverse("console:payment", args=[found.pk]))


@require_POST
@needs(Right.FINANCE)
def pay_out(request: HttpRequest, refund_id: int) -> HttpResponse:
    """Note that a refund was paid out by hand, with the reference of the transfer."""
    refund = get_object_or_404(Refund, pk=refund_id)
    reference = _reference(request)
    if not reference:
        raise BadRequest
    try:
        actions.paid_out(refund.pk, reference=reference, at=clock.now(), by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        messages.success(request, str(_("Noted as paid out; papers and contracts follow.")))
    return HttpResponseRedirect(reverse("console:payment", args=[refund.payment_id]))


def _reference(request: HttpRequest) -> str:
    return request.POST.get("reference", "").strip()[:_MOST_REFERENCE]
