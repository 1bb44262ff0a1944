"""Take what a provider says by itself (R-Y-005): verify, keep the words, settle, answer.

The answer goes out when the money's own rows are written; what follows from it is in the outbox
and is done right after, or by the worker (R-Y-006).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction

from tenure.act.payments import registry
from tenure.act.payments.disputing import Case, hear_charge_back
from tenure.act.payments.fulfilment import run_effects
from tenure.act.payments.models import ProviderEvent
from tenure.act.payments.provider import BadNotice, PaymentProvider
from tenure.act.payments.refunding import answered
from tenure.act.payments.rules import Told
from tenure.act.payments.settling import settle
from tenure.act.payments.values import About, Acknowledgement, Notice, RefundFound
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.states import Origin
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import business_day

_COLUMNS = ("provider", "event_id", "about", "number", "body", "received_at")
_log = structlog.get_logger("tenure.payments")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer the provider, byte for byte."""

    status: int
    content_type: str
    body: bytes

    @classmethod
    def of(cls, acknowledgement: Acknowledgement) -> "Answer":
        """The provider's own form of yes or no."""
        return cls(acknowledgement.status, acknowledgement.content_type, acknowledgement.body)


def take_notice(
    provider_name: str, headers: Mapping[str, str], *, body: bytes, at: datetime
) -> Answer:
    """Take one notification; told again it is answered the same and changes nothing.

    Raises:
        UnknownMethod: no such provider is configured.
    """
    provider = registry.provider_of(provider_name)
    try:
        notice = provider.verify_notification(headers, body, at=at)
    except BadNotice as refusal:
        _log.warning("notice_refused", provider=provider.name, told=str(refusal))
        return Answer.of(provider.acknowledgement(is_taken=False))
    _keep(provider, notice, body=body, at=at)
    payment_id = _take(provider, notice, at=at)
    if payment_id is not None:
        run_effects(at=at, by="engine", payment_id=payment_id)
    return Answer.of(provider.acknowledgement(is_taken=True))


def _keep(provider: PaymentProvider, notice: Notice, *, body: bytes, at: datetime) -> None:
    words = body.decode("utf-8", errors="replace")
    row = (provider.name, notice.event_id, notice.about, notice.number, words, at)
    insert_rows(ProviderEvent, [row], columns=_COLUMNS)


@transaction.atomic
def _take(provider: PaymentProvider, notice: Notice, *, at: datetime) -> int | None:
    """Let the words count, once; the payment that they paid, or None."""
    rows = ProviderEvent.objects.select_for_update(no_key=True)
    event = rows.get(provider=provider.name, event_id=notice.event_id)
    payment_id = _paid_by(provider, notice)
    if event.taken_at is None:
        event.outcome = _effect_of(provider, notice, payment_id=payment_id, at=at)
        event.taken_at = at
        event.save(update_fields=["outcome", "taken_at"])
    return payment_id


def _paid_by(provider: PaymentProvider, notice: Notice) -> int | None:
    """The payment that a notice speaks of: by our number, or by the provider's."""
    rows = Payment.objects.filter(source=provider.name, order__isnull=False)
    if notice.about == About.CHARGE_BACK and not notice.number:
        is_ours = notice.provider_id and notice.merchant == provider.merchant
        found = rows.filter(provider_id=notice.provider_id) if is_ours else rows.none()
    else:
        found = rows.filter(number=notice.number)
    return found.values_list("pk", flat=True).first()


def _effect_of(
    provider: PaymentProvider, notice: Notice, *, payment_id: int | None, at: datetime
) -> str:
    by = f"provider:{provider.name}"
    if notice.about == About.AGREEMENT:
        append(_of_agreement(provider, notice, at=at), at=at, by=by)
        return "agreement"
    if notice.about == About.OTHER:
        return "other"
    if payment_id is None:
        append(_unknown(provider, notice, at=at), at=at, by=by)
        return "unknown_order"
    if notice.about == About.REFUND:
        return _of_refund(notice, at=at, by=by)
    if notice.about == About.CHARGE_BACK:
        return _of_charge_back(payment_id, notice, at=at, by=by)
    told = Told(
        status=notice.status,
        origin=Origin.NOTIFY,
        provider_id=notice.provider_id,
        amount=notice.amount,
        paid_at=notice.at,
        merchant=notice.merchant,
        decline_code=notice.decline_code,
        words={"event": notice.event_id},
    )
    return str(settle(payment_id, told, at=at, by=by))


def _of_refund(notice: Notice, *, at: datetime, by: str) -> str:
    refund = Refund.objects.filter(number=notice.refund_number).first()
    if refund is None or notice.refund_status is None:
        return "unknown_refund"
    found = RefundFound(
        number=notice.number,
        refund_number=notice.refund_number,
        status=notice.refund_status,
        provider_id=notice.provider_id,
        amount=notice.amount,
        refunded_at=notice.at,
    )
    return str(answered(refund.pk, found, at=at, by=by))


def _of_charge_back(payment_id: int, notice: Notice, *, at: datetime, by: str) -> str:
    if notice.charge_back is None:
        return "other"
    case = Case(notice.case, notice.amount, Origin.NOTIFY)
    return hear_charge_back(payment_id, case, told=notice.charge_back, at=at, by=by)


def _of_agreement(provider: PaymentProvider, notice: Notice, *, at: datetime) -> Fact:
    """A mandate was signed or ended at the provider; whoever keeps mandates reads it here."""
    return Fact(
        "agreement.noticed",
        on=business_day(at),
        content={
            "provider": provider.name,
            "number": notice.number,
            "agreement_id": notice.agreement_id,
            "status": str(notice.agreement_status or ""),
            "at": notice.at.isoformat(),
        },
        once_key=f"agreement.noticed:{provider.name}:{notice.event_id}"[:200],
    )


def _unknown(provider: PaymentProvider, notice: Notice, *, at: datetime) -> Fact:
    """Money for a number that we never gave out: the daily bill will show it, a person looks."""
    return Fact(
        "payment.unknown_order",
        on=business_day(at),
        content={
            "provider": provider.name,
            "number": notice.number or notice.provider_id,
            "amount": str(notice.amount or ""),
            "status": str(notice.status),
        },
        once_key=f"payment.unknown_order:{provider.name}:{notice.event_id}"[:200],
    )
