"""What Stripe says: sessions, intents and webhooks as values."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import stripe

from tenure.act.payments.provider import BadNotice
from tenure.act.payments.providers.declines import decline_word
from tenure.act.payments.providers.stripe_line import NAME, money
from tenure.act.payments.values import (
    CUSTOMER_ACTION,
    About,
    AgreementStatus,
    ChargeBack,
    Found,
    Notice,
    RefundStatus,
    Status,
)
from tenure.kernel.failures import Sentence

#: The mark of a charge with nobody present: when it fails, nobody tries another card.
DEDUCTION: Final = "deduction"
MOST_SKEW_S: Final = 300

_SESSIONS: Final = {"open": Status.PENDING, "expired": Status.CLOSED, "complete": Status.PENDING}
_INTENTS: Final = {
    "requires_payment_method": Status.PENDING,
    "requires_confirmation": Status.PENDING,
    "requires_action": Status.PENDING,
    "requires_capture": Status.PENDING,
    "processing": Status.PENDING,
    "succeeded": Status.SUCCEEDED,
    "canceled": Status.CLOSED,
}
_REFUNDS: Final = {"succeeded": RefundStatus.SUCCEEDED, "pending": RefundStatus.PROCESSING}
#: An inquiry (`warning_…`) moves no money.
_DISPUTES: Final = {
    "needs_response": ChargeBack.OPENED,
    "under_review": ChargeBack.OPENED,
    "won": ChargeBack.WON,
    "lost": ChargeBack.LOST,
}
_TIME = Sentence(zh="时间戳相差超过 {seconds} 秒", en="its time is more than {seconds} s off")
_SIGNATURE = Sentence(zh="签名不符", en="the signature does not fit")
_UNREADABLE = Sentence(zh="内容无法解读", en="its content cannot be read")


def opened(
    headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str], at: datetime
) -> dict[str, Any]:
    """A webhook, its signature checked over the raw body with each secret in turn (R-Y-041).

    Raises:
        BadNotice: no secret fits, or it was signed more than 300 seconds from now.
    """
    named = {name.lower(): value for name, value in headers.items()}
    header = named.get("stripe-signature", "")
    if not any(_fits(body, header, secret) for secret in secrets):
        raise BadNotice(provider=NAME, why=_SIGNATURE)
    stamp = header.partition("t=")[2].partition(",")[0]
    if abs(at.timestamp() - int(stamp)) > MOST_SKEW_S:
        raise BadNotice(provider=NAME, why=_TIME.fill(seconds=MOST_SKEW_S))
    try:
        event = dict(json.loads(body))
        needed = [event["id"], event["type"], event["created"], event["data"]["object"]["object"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadNotice(provider=NAME, why=_UNREADABLE) from error
    if not all(needed):
        raise BadNotice(provider=NAME, why=_UNREADABLE)
    return event


def _fits(body: bytes, header: str, secret: str) -> bool:
    try:
        # The time is held against the caller's clock, not the library's.
        return bool(stripe.WebhookSignature.verify_header(body, header, secret, None))
    except (stripe.SignatureVerificationError, ValueError):
        return False


def notice_from(event: Mapping[str, Any], *, merchant: str) -> Notice:
    """What an event says; the account is named only where it is another one."""
    about, said = _said(event["type"], event["data"]["object"])
    return Notice(
        event_id=event["id"],
        about=about,
        merchant=event.get("account") or merchant,
        at=datetime.fromtimestamp(event["created"], UTC),
        **said,
    )


def found_from(number: str, told: Mapping[str, Any]) -> Found:
    """A payment from its session or its intent."""
    if told["object"] == "checkout.session":
        is_paid = told["payment_status"] == "paid"
        return Found(
            number=number,
            status=Status.SUCCEEDED if is_paid else _SESSIONS.get(told["status"], Status.UNKNOWN),
            provider_id=told.get("payment_intent") or told["id"],
            amount=money(told["amount_total"], told["currency"]),
        )
    status, code = _INTENTS.get(told["status"], Status.UNKNOWN), decline_code_of(told)
    if told["metadata"].get("kind") == DEDUCTION and code and status is Status.PENDING:
        status = Status.FAILED
    charge = told.get("latest_charge")
    charge = charge if isinstance(charge, Mapping) else {}
    return Found(
        number=number,
        status=_after_refunds(status, charge),
        provider_id=told["id"],
        amount=money(told["amount"], told["currency"]),
        paid_at=datetime.fromtimestamp(charge["created"], UTC) if charge else None,
        decline_code=code,
    )


def decline_code_of(told: Mapping[str, Any]) -> str:
    """Why an intent's last try failed, in the common words."""
    if told["status"] == "requires_action":
        return CUSTOMER_ACTION
    error = told.get("last_payment_error") or {}
    if error.get("code") == CUSTOMER_ACTION:
        return CUSTOMER_ACTION
    return decline_word(error.get("decline_code") or error.get("code") or "")


def intent_id_of(told: Mapping[str, Any]) -> str:
    """The PaymentIntent of a session, or the intent itself."""
    is_session = told["object"] == "checkout.session"
    return str(told.get("payment_intent") or "") if is_session else str(told["id"])


def agreement_id_of(session: Mapping[str, Any]) -> str:
    """What later charges name: the customer and the setup intent."""
    return f"{session['customer']}:{session['setup_intent']}"


def _after_refunds(status: Status, charge: Mapping[str, Any]) -> Status:
    back = charge.get("amount_refunded", 0)
    if status is not Status.SUCCEEDED or not back:
        return status
    return Status.REFUNDED if back >= charge["amount"] else Status.PARTIALLY_REFUNDED


def _said(kind: str, told: Mapping[str, Any]) -> tuple[About, dict[str, Any]]:
    number = told.get("client_reference_id") or (told.get("metadata") or {}).get("number", "")
    if kind.startswith("charge.dispute.") and told.get("status") in _DISPUTES:
        return About.CHARGE_BACK, {
            "number": "",
            "status": Status.SUCCEEDED,
            "provider_id": told.get("payment_intent") or "",
            "amount": money(told["amount"], told["currency"]),
            "charge_back": _DISPUTES[told["status"]],
            "case": told["id"],
        }
    if kind.startswith("checkout.session.") and number:
        return _session_said(kind, told, number=number)
    if kind.startswith("refund.") and number:
        return About.REFUND, {
            "number": number,
            "status": Status.SUCCEEDED,
            "provider_id": told["id"],
            "amount": money(told["amount"], told["currency"]),
            "refund_number": told["metadata"].get("refund_number", ""),
            "refund_status": _REFUNDS.get(told["status"], RefundStatus.FAILED),
        }
    is_deduction = (told.get("metadata") or {}).get("kind") == DEDUCTION
    is_over = kind in {"payment_intent.succeeded", "payment_intent.canceled"}
    if told["object"] == "payment_intent" and number and (is_deduction or is_over):
        found = found_from(number, told)
        names = ("number", "status", "provider_id", "amount", "decline_code")
        return About.PAYMENT, {name: getattr(found, name) for name in names}
    return About.OTHER, {"number": "", "status": Status.UNKNOWN}


def _session_said(
    kind: str, told: Mapping[str, Any], *, number: str
) -> tuple[About, dict[str, Any]]:
    if told["mode"] == "setup":
        is_signed = told["status"] == "complete"
        return About.AGREEMENT, {
            "number": number,
            "status": Status.SUCCEEDED if is_signed else Status.CLOSED,
            "provider_id": told["id"],
            "agreement_id": agreement_id_of(told) if is_signed else "",
            "agreement_status": AgreementStatus.ACTIVE if is_signed else AgreementStatus.ENDED,
        }
    found = found_from(number, told)
    has_failed = kind == "checkout.session.async_payment_failed"
    return About.PAYMENT, {
        "number": number,
        "status": Status.FAILED if has_failed else found.status,
        "provider_id": found.provider_id,
        "amount": found.amount,
    }
