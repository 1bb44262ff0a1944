"""Send refunds to their providers and take the answers, with everything that follows (R-Y-014)."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction

from tenure.act.payments import registry
from tenure.act.payments.addresses import notify_url
from tenure.act.payments.aftermath import Back, follow
from tenure.act.payments.registry import NoSuchProvider
from tenure.act.payments.rules import NotStranded
from tenure.act.payments.settling import locked
from tenure.act.payments.values import RefundFound, RefundOrder, RefundStatus
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.refunds.actions import move_refund
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.queries import to_send
from tenure.records.billing.refunds.rules import REFUND, RefundVerb
from tenure.records.billing.refunds.states import RefundState
from tenure.records.billing.states import Origin
from tenure.records.strategies.queries import business_day

# Refunds take minutes to days; they are asked about quickly at first, then ever more seldom.
_FIRST_REST: Final = timedelta(seconds=30)
_LONGEST_REST: Final = timedelta(hours=6)
_VERBS = {
    RefundStatus.SUCCEEDED: RefundVerb.SUCCEED,
    RefundStatus.FAILED: RefundVerb.FAIL,
    RefundStatus.ABNORMAL: RefundVerb.STRAND,
}
_log = structlog.get_logger("tenure.payments")


def refund_due(*, at: datetime, by: str = "engine", limit: int = 200) -> int:
    """Send the refunds that may go, ask about those that were sent; how many were looked at."""
    fresh = list(to_send().values_list("pk", flat=True)[:limit])
    waiting = Refund.objects.filter(state=RefundState.PROCESSING, next_query_at__lte=at)
    under_way = list(waiting.order_by("next_query_at").values_list("pk", flat=True)[:limit])
    return sum(_go_on(one, at=at, by=by) for one in (*fresh, *under_way))


def _go_on(refund_id: int, *, at: datetime, by: str) -> bool:
    """Take a refund in hand before the provider hears of it, then tell it or ask it.

    A refund whose first answer we do not have is told again under its number: that gives the
    money back once, whether or not the provider had heard of it.
    """
    refund, is_known = _taken(refund_id, at=at, by=by)
    if refund is None:
        return False
    order = _order(refund)
    try:
        provider = registry.provider_of(refund.payment.source)
        ask = provider.query_refund if is_known else provider.refund
        found = ask(order, at=at)
    except NoSuchProvider as missing:
        if registry.is_ours(refund.payment.source):
            _log.warning("provider_missing", refund=refund.number, told=str(missing))
            return True
        # A payment that a file told: a person pays it out by the way that it came.
        found = RefundFound(order.number, order.refund_number, RefundStatus.ABNORMAL)
    except Outage as outage:
        _log.warning("not_answered", refund=refund.number, code=outage.code)
        return True
    except Refusal as refusal:
        _log.warning("refund_refused", refund=refund.number, told=str(refusal))
        found = RefundFound(order.number, order.refund_number, RefundStatus.FAILED)
    answered(refund_id, found, at=at, by=by)
    return True


def ask_about(refund_id: int, *, at: datetime, by: str) -> None:
    """Ask at once how a refund that was sent stands, whatever its next moment."""
    waiting = Refund.objects.filter(pk=refund_id, state=RefundState.PROCESSING)
    if waiting.update(next_query_at=at):
        _go_on(refund_id, at=at, by=by)


@transaction.atomic
def _taken(refund_id: int, *, at: datetime, by: str) -> tuple[Refund | None, bool]:
    skips = connection.features.has_select_for_update_skip_locked
    rows = Refund.objects.select_for_update(skip_locked=skips, no_key=True, of=("self",))
    refund = rows.select_related("payment").filter(pk=refund_id).first()
    if refund is None:
        return None, False
    is_known = bool(refund.provider_id)
    if refund.state == RefundState.REQUESTED:
        if refund.needs_second and not refund.approved_by:
            return None, False
        move_refund(
            refund, RefundVerb.SEND, at=at, by=by, sent_at=at, next_query_at=at + _FIRST_REST
        )
        return refund, is_known
    if refund.state != RefundState.PROCESSING or (refund.next_query_at or at) > at:
        return None, False
    assert refund.sent_at is not None, "what is under way was sent"
    rest = min(max(at - refund.sent_at, _FIRST_REST), _LONGEST_REST)
    refund.next_query_at = at + rest
    refund.save(update_fields=["next_query_at"])
    return refund, is_known


def _order(refund: Refund) -> RefundOrder:
    payment = refund.payment
    return RefundOrder(
        number=payment.number or payment.external_id,
        refund_number=refund.number,
        amount=Money(refund.amount_minor, refund.currency),
        total=Money(payment.amount_minor, payment.currency),
        reason=refund.get_reason_display(),
        provider_id=payment.provider_id,
        notify_url=notify_url(payment.source),
        asked_at=refund.sent_at,
    )


@transaction.atomic
def paid_out(refund_id: int, *, reference: str, at: datetime, by: str) -> RefundState:
    """A person returned the money that could not go back by itself: all that follows, follows.

    Told again, nothing changes.

    Raises:
        NotStranded: nobody is to pay it out.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state not in (RefundState.ABNORMAL, RefundState.SUCCEEDED):
        raise NotStranded(refund=refund.number, state=refund.state)
    number = _order(refund).number
    found = RefundFound(number, refund.number, RefundStatus.SUCCEEDED, reference)
    return answered(refund_id, found, at=at, by=by, origin=Origin.OPERATOR)


def _locked(payment_id: int) -> tuple[Order | None, Payment]:
    """The payment and its order; a payment that a file told has none."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.order_id is not None:
        return locked(payment_id)
    return None, Payment.objects.select_for_update(no_key=True).get(pk=payment_id)


@transaction.atomic
def answered(
    refund_id: int,
    found: RefundFound,
    *,
    at: datetime,
    by: str,
    origin: Origin = Origin.NOTIFY,
) -> RefundState:
    """Bring a refund to what its provider says, with all that follows, in one transaction."""
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    order, payment = _locked(payment_id)
    refund = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
    if found.provider_id and not refund.provider_id:
        refund.provider_id = found.provider_id[:120]
        refund.save(update_fields=["provider_id"])
    verb = _VERBS.get(found.status)
    if verb is None or not REFUND.allows(RefundState(refund.state), verb):
        return RefundState(refund.state)
    if verb == RefundVerb.SUCCEED:
        on = business_day(found.refunded_at or at)
        follow(Back(refund, payment, order, on=on, at=at, by=by, origin=origin))
    else:
        move_refund(refund, verb, at=at, by=by, finished_at=at, next_query_at=None)
    return RefundState(refund.state)
