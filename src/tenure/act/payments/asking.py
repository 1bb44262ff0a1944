"""Ask providers how payments stand: at planned moments, and whenever somebody waits (R-Y-004)."""

from datetime import datetime

import structlog
from django.db import connection, transaction

from tenure.act.payments import registry
from tenure.act.payments.provider import ProviderRefused
from tenure.act.payments.rules import LAST_WORD, Outcome, Told, next_query
from tenure.act.payments.settling import settle
from tenure.act.payments.values import Found, Status
from tenure.kernel.failures import Outage, Refusal
from tenure.records.billing.actions import Step, move_payment
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.rules import PAYMENT, PaymentVerb
from tenure.records.billing.states import OPEN, Origin, PaymentState
from tenure.records.strategies.queries import business_day

_log = structlog.get_logger("tenure.payments")


def ask_provider(payment_id: int, *, at: datetime, by: str = "engine") -> Outcome:
    """Ask how one payment stands and believe the answer; without one nothing changes.

    What was given up may be asked about too: money can arrive after all (R-Y-008).

    What nobody may pay any more (its time is over, another attempt took its place, its order is
    over) is closed at the provider.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.number is None or not _may_become_money(payment):
        return Outcome.UNCHANGED
    provider = registry.provider_of(payment.source)
    try:
        found = provider.query(payment.number, at=at, provider_id=payment.provider_id)
        if found.status == Status.PENDING and _is_over(payment, at=at):
            found = _closed(payment, at=at)
    except (Outage, Refusal) as failure:
        _log.warning("not_answered", payment=payment.number, code=failure.code, told=str(failure))
        return Outcome.UNCHANGED
    return believe(payment, found, at=at, by=by)


def _may_become_money(payment: Payment) -> bool:
    state = PaymentState(payment.state)
    return state in OPEN or PAYMENT.allows(state, PaymentVerb.SUCCEED_LATE)


def believe(
    payment: Payment, found: Found, *, at: datetime, by: str, origin: Origin = Origin.QUERY
) -> Outcome:
    """Bring a payment to what was found; one closed because its time was over has expired."""
    is_timed_out = payment.expires_at is not None and at >= payment.expires_at
    if found.status == Status.CLOSED and is_timed_out and payment.superseded_at is None:
        return _expire(payment.pk, at=at, by=by, origin=origin)
    return settle(payment.pk, Told.found(found, origin=origin), at=at, by=by)


@transaction.atomic
def _expire(payment_id: int, *, at: datetime, by: str, origin: Origin) -> Outcome:
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    if not PAYMENT.allows(PaymentState(payment.state), PaymentVerb.EXPIRE):
        return Outcome.UNCHANGED
    step = Step(origin, on=business_day(at), at=at, by=by)
    move_payment(payment, PaymentVerb.EXPIRE, step=step, next_query_at=None)
    return Outcome.CLOSED


def _is_over(payment: Payment, *, at: datetime) -> bool:
    if payment.superseded_at is not None:
        return True
    if payment.expires_at is not None and at >= payment.expires_at + LAST_WORD:
        return True
    return not Order.objects.filter(pk=payment.pays_order, state=OrderState.OPEN).exists()


def _closed(payment: Payment, *, at: datetime) -> Found:
    """Close it at its provider; where that is too late, how it stands after all."""
    assert payment.number is not None, "an attempt of ours has its number"
    provider = registry.provider_of(payment.source)
    try:
        provider.close(payment.number, at=at, provider_id=payment.provider_id)
    except ProviderRefused:
        return provider.query(payment.number, at=at, provider_id=payment.provider_id)
    return Found(payment.number, Status.CLOSED)


def close_overtaken(order_id: int, *, at: datetime, by: str) -> int:
    """Close the attempts of an order whose place another one took; how many were asked about.

    A provider that does not answer is asked again by `poll_due`.
    """
    overtaken = Payment.objects.filter(
        order_id=order_id, state__in=OPEN, superseded_at__isnull=False
    )
    ids = list(overtaken.values_list("pk", flat=True))
    for one in ids:
        if _claim(one, at=at):
            ask_provider(one, at=at, by=by)
    return len(ids)


def look_up(payment_id: int, *, at: datetime, by: str = "engine") -> Outcome:
    """What a page that says “confirming” calls: asks the provider where its moment has come."""
    due = Payment.objects.filter(pk=payment_id, next_query_at__lte=at).exists()
    if due and _claim(payment_id, at=at):
        return ask_provider(payment_id, at=at, by=by)
    return Outcome.UNCHANGED


def poll_due(*, at: datetime, by: str = "engine", limit: int = 200) -> int:
    """Ask about every payment whose moment has come; how many were asked about."""
    due = Payment.objects.filter(next_query_at__lte=at).order_by("next_query_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:limit])
    claimed = [one for one in ids if _claim(one, at=at)]
    for one in claimed:
        ask_provider(one, at=at, by=by)
    return len(claimed)


@transaction.atomic
def _claim(payment_id: int, *, at: datetime) -> bool:
    """Set the next moment before asking, so that nobody else asks at the same one."""
    skips = connection.features.has_select_for_update_skip_locked
    rows = Payment.objects.select_for_update(skip_locked=skips, no_key=True)
    payment = rows.filter(pk=payment_id, next_query_at__lte=at).first()
    if payment is None:
        return False
    assert payment.expires_at is not None, "an attempt of ours ends"
    # Lost sight of, overtaken or past its end, it is asked about until there is an answer.
    lasts = payment.state == PaymentState.UNKNOWN or _is_over(payment, at=at)
    payment.next_query_at = None
    if payment.state in OPEN:
        payment.next_query_at = next_query(
            payment.recorded_at, at=at, expires_at=payment.expires_at, is_unknown=lasts
        )
    payment.save(update_fields=["next_query_at"])
    return True
