"""Cards through Stripe, in the mode where the engine bills (R-Y-040): Checkout and PaymentIntents.

A customer who is present pays on Checkout, Stripe's own page: no card number comes here (R-Y-048).
A mandate is a card that was kept by a Checkout session in setup mode; it is charged by a
PaymentIntent with nobody present. Its id here is "customer:setup intent".

A session lives for a day unless it is closed: Stripe refuses shorter lives than 30 minutes, and a
repeated call with the same key must say the same.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import stripe

from tenure.act.payments.configuration import StripeAccount
from tenure.act.payments.provider import NotNow, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.providers import stripe_notices as notices
from tenure.act.payments.providers.declines import decline_word
from tenure.act.payments.providers.stripe_line import NAME, StripeLine, money, plain
from tenure.act.payments.values import (
    Acknowledgement,
    AgreementCharge,
    AgreementFound,
    AgreementRequest,
    AgreementStatus,
    BillKind,
    BillRow,
    Charge,
    Found,
    HandOff,
    HandOffKind,
    Notice,
    PreNotice,
    PreNotified,
    RefundFound,
    RefundOrder,
    RefundStatus,
    Status,
)
from tenure.kernel.failures import Sentence

#: Stripe counts these in hundredths although the currency has none.
_ODD_CURRENCIES: Final = frozenset({"ISK", "UGX"})
_REFUNDS: Final = {
    "pending": RefundStatus.PROCESSING,
    "requires_action": RefundStatus.PROCESSING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
_BOOKED: Final = {"charge": BillKind.PAYMENT, "payment": BillKind.PAYMENT,
                  "refund": BillKind.REFUND, "payment_refund": BillKind.REFUND}  # fmt: skip
_DAY: Final = timedelta(days=1)
_NOT_READY: Final = Sentence(zh="{day} 尚未结束", en="{day} is not over")


class StripeCard:
    """One account at Stripe."""

    name = NAME
    ways = frozenset({"card"})
    signs = True

    def __init__(self, account: StripeAccount) -> None:
        self._secrets = [one.strip() for one in account.webhook_secrets.split(",") if one.strip()]
        self.merchant = account.account_id
        self._line = StripeLine(account)

    def create(self, charge: Charge, *, at: datetime) -> HandOff:
        currency = charge.amount.currency
        if charge.way not in self.ways or currency in _ODD_CURRENCIES:
            raise NotOffered(provider=NAME, what=f"{charge.way} {currency}")
        price = {
            "currency": currency.lower(),
            "unit_amount": charge.amount.amount_minor,
            "product_data": {"name": charge.subject},
        }
        wish: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": charge.number,
            "line_items": [{"quantity": 1, "price_data": price}],
            "metadata": {"number": charge.number},
            "payment_intent_data": {
                "metadata": {"number": charge.number}, "description": charge.subject
            },
            "success_url": charge.return_url,
            "cancel_url": charge.return_url,
        }  # fmt: skip
        if charge.payer:
            wish["customer"] = charge.payer
        session = self._line.ask(
            lambda sdk: sdk.checkout.sessions.create(wish, {"idempotency_key": charge.number})
        )
        return HandOff(HandOffKind.REDIRECT, url=session["url"], provider_id=session["id"])

    def query(self, number: str, *, at: datetime, provider_id: str = "") -> Found:
        told = self._line.payment(number, provider_id=provider_id)
        if told is None:
            return Found(number, Status.CLOSED, is_known=False)
        return notices.found_from(number, told)

    def close(self, number: str, *, at: datetime, provider_id: str = "") -> None:
        told = self._line.payment(number, provider_id=provider_id)
        if told is None or notices.found_from(number, told).status is Status.CLOSED:
            return
        name = told["id"]
        if told["object"] == "checkout.session":
            self._line.ask(lambda sdk: sdk.checkout.sessions.expire(name))
        else:
            self._line.ask(lambda sdk: sdk.payment_intents.cancel(name))

    def refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        wish = {
            "payment_intent": self._intent_of(order),
            "amount": order.amount.amount_minor,
            "reason": "requested_by_customer",
            "metadata": {"number": order.number, "refund_number": order.refund_number},
        }
        options = {"idempotency_key": order.refund_number}
        try:
            told = self._line.ask(lambda sdk: sdk.refunds.create(wish, options))
        except ProviderDown:
            return RefundFound(order.number, order.refund_number, RefundStatus.UNKNOWN)
        return _refund_from(order, told)

    def query_refund(self, order: RefundOrder, *, at: datetime) -> RefundFound:
        wish = {"payment_intent": self._intent_of(order), "limit": 100}
        told = self._line.ask(lambda sdk: sdk.refunds.list(wish))
        for one in told["data"]:
            if one["metadata"].get("refund_number") == order.refund_number:
                return _refund_from(order, one)
        return RefundFound(order.number, order.refund_number, RefundStatus.FAILED)

    def sign_agreement(self, request: AgreementRequest, *, at: datetime) -> HandOff:
        wish: dict[str, Any] = {
            "mode": "setup",
            "client_reference_id": request.number,
            "currency": request.limit.currency.lower(),
            "success_url": request.return_url,
            "cancel_url": request.return_url,
            "metadata": {
                "number": request.number,
                "subject": request.subject,
                "shown_to_payer": request.shown_to_payer,
            },
        }
        wish |= {"customer": request.payer} if request.payer else {"customer_creation": "always"}
        session = self._line.ask(
            lambda sdk: sdk.checkout.sessions.create(wish, {"idempotency_key": request.number})
        )
        return HandOff(HandOffKind.REDIRECT, url=session["url"], provider_id=session["id"])

    def query_agreement(
        self, number: str, *, at: datetime, agreement_id: str = ""
    ) -> AgreementFound:
        if not agreement_id:
            session = self._line.session_of(number)
            if session is None or session["status"] != "complete":
                return AgreementFound(number, AgreementStatus.PENDING)
            agreement_id = notices.agreement_id_of(session)
        setup = self._setup_of(agreement_id)
        card = setup.get("payment_method")
        method = self._line.ask(lambda sdk: sdk.payment_methods.retrieve(card)) if card else {}
        is_live = bool(method.get("customer"))
        return AgreementFound(
            number=number,
            status=AgreementStatus.ACTIVE if is_live else AgreementStatus.ENDED,
            agreement_id=agreement_id,
            signed_at=datetime.fromtimestamp(setup["created"], UTC),
        )

    def pre_notify(self, notice: PreNotice, *, at: datetime) -> PreNotified | None:
        """Stripe announces nothing for us: the notice that the law asks for is ours to send."""
        return None

    def charge_agreement(self, charge: AgreementCharge, *, at: datetime) -> Found:
        customer, _, _ = charge.agreement_id.partition(":")
        wish = {
            "amount": charge.amount.amount_minor,
            "currency": charge.amount.currency.lower(),
            "customer": customer,
            "payment_method": self._setup_of(charge.agreement_id)["payment_method"],
            "off_session": True,
            "confirm": True,
            "description": charge.subject,
            "metadata": {"number": charge.number, "kind": notices.DEDUCTION},
        }
        options = {"idempotency_key": charge.number}
        try:
            told = self._line.ask(lambda sdk: sdk.payment_intents.create(wish, options))
        except stripe.CardError as error:
            return _declined(charge, error)
        except ProviderDown:
            return Found(charge.number, Status.UNKNOWN, amount=charge.amount)
        return notices.found_from(charge.number, told)

    def terminate_agreement(self, number: str, *, at: datetime, agreement_id: str) -> None:
        card = self._setup_of(agreement_id).get("payment_method")
        method = self._line.ask(lambda sdk: sdk.payment_methods.retrieve(card)) if card else {}
        if method.get("customer"):
            self._line.ask(lambda sdk: sdk.payment_methods.detach(card))

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Notice:
        event = notices.opened(headers, body, secrets=self._secrets, at=at)
        return notices.notice_from(event, merchant=self.merchant)

    def acknowledgement(self, *, is_taken: bool) -> Acknowledgement:
        return Acknowledgement(200 if is_taken else 500, "application/json", b"{}")

    def download_bill(self, day: date, *, at: datetime) -> Sequence[BillRow]:
        """Stripe's calendar is UTC's."""
        if day >= at.astimezone(UTC).date():
            raise NotNow(provider=NAME, why=_NOT_READY.fill(day=day))
        since = datetime.combine(day, time(), UTC)
        wish = {
            "created": {"gte": int(since.timestamp()), "lt": int((since + _DAY).timestamp())},
            "limit": 100,
            "expand": ["data.source"],
        }
        rows = self._line.every(lambda sdk: sdk.balance_transactions.list(wish))
        return tuple(_row(one) for one in rows if one["type"] in _BOOKED)

    def _intent_of(self, order: RefundOrder) -> str:
        """The PaymentIntent behind a payment."""
        if order.provider_id.startswith("pi_"):
            return order.provider_id
        told = self._line.payment(order.number, provider_id=order.provider_id)
        name = notices.intent_id_of(told) if told else ""
        if not name:
            raise ProviderRefused(provider=NAME, reason="resource_missing")
        return name

    def _setup_of(self, agreement_id: str) -> dict[str, Any]:
        _, _, name = agreement_id.partition(":")
        return self._line.ask(lambda sdk: sdk.setup_intents.retrieve(name))


def _declined(charge: AgreementCharge, error: stripe.CardError) -> Found:
    """A decline; one that only the customer can cure is for them to confirm (R-Y-045)."""
    told = plain(error.json_body or {}).get("error", {})
    code = told.get("code") or ""
    if code != "authentication_required":
        code = told.get("decline_code") or code
    return Found(
        number=charge.number,
        status=Status.FAILED,
        provider_id=(told.get("payment_intent") or {}).get("id", ""),
        amount=charge.amount,
        decline_code=decline_word(code),
    )


def _refund_from(order: RefundOrder, told: Mapping[str, Any]) -> RefundFound:
    return RefundFound(
        number=order.number,
        refund_number=order.refund_number,
        status=_REFUNDS.get(told["status"], RefundStatus.UNKNOWN),
        provider_id=told["id"],
        amount=money(told["amount"], told["currency"]),
        refunded_at=datetime.fromtimestamp(told["created"], UTC),
    )


def _row(told: Mapping[str, Any]) -> BillRow:
    source = told.get("source") or {}
    named = source.get("metadata") or {}
    kind, currency = _BOOKED[told["type"]], told["currency"]
    return BillRow(
        number=named.get("number", ""),
        provider_id=source.get("payment_intent") or source.get("id", ""),
        kind=kind,
        amount=money(abs(told["amount"]), currency),
        fee=money(told["fee"], currency),
        status=Status.SUCCEEDED,
        refund_number=named.get("refund_number", ""),
    )
