"""Stripe: Checkout for payments and for cards to keep, PaymentIntents with nobody present."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.world.gateways import stripe_objects as objects
from tenure.world.gateways.book import Contract, Deal, GivenBack, Signed, Standing
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.gateway import Gateway
from tenure.world.gateways.serving import Answer, Request
from tenure.world.gateways.stripe_wire import Results, fields_of, letter, problem, shown

_HOUR: Final = 3600.0
#: About three days, further and further apart.
SCHEDULE_S: Final = (
    300.0, 1800.0, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 12 * _HOUR, 12 * _HOUR, 12 * _HOUR, 12 * _HOUR
)  # fmt: skip
_NUMBER = re.compile(r"metadata\['number'\]:'([^']+)'")
_ONE = re.compile(
    r"/v1/(checkout/sessions|payment_intents|setup_intents|payment_methods)/([^/]+)(?:/(\w+))?"
)


class StripeGateway(Gateway):
    """One account."""

    name = "stripe"
    brand = Sentence(zh="Stripe（模拟）", en="Stripe (fake)")
    schedule_s = SCHEDULE_S

    def __init__(self, *, port: int = 0, pace: float = 0.1, seed: int = 0) -> None:
        self.account_id = f"acct_{secrets.token_hex(8)}"
        self.secret_key = f"sk_test_{secrets.token_hex(16)}"
        self.webhook_secret = f"whsec_{secrets.token_hex(16)}"
        self.results = Results()
        #: What the next charges with nobody present fail with; empty when there is money.
        self.declines: list[str] = []
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {
            "account_id": self.account_id,
            "secret_key": self.secret_key,
            "webhook_secrets": self.webhook_secret,
            "gateway": self.address,
        }

    def broken(self, status: int) -> Answer:
        return problem(status, "api_error" if status >= 500 else "rate_limit_error")

    def called(self, request: Request) -> Answer:
        if request.path == "/disputes" and request.method == "POST":
            return self._disputed(request.content)
        if request.headers.get("authorization") != f"Bearer {self.secret_key}":
            return problem(401, "authentication_error")
        with self.book.lock:
            return self.results.once(request, work=partial(self._route, request))

    def _route(self, request: Request) -> Answer:
        wish, is_post = fields_of(request), request.method == "POST"
        if request.path == "/v1/checkout/sessions":
            return self._begun(wish) if is_post else self._sessions(wish)
        if request.path == "/v1/payment_intents/search":
            named = _NUMBER.search(wish["query"])
            deal = self.book.deals.get(named[1]) if named else None
            found = [objects.intent(deal)] if deal and objects.has_intent(deal) else []
            return shown(objects.listed(found))
        if request.path == "/v1/payment_intents" and is_post:
            return self._charged(wish)
        if request.path == "/v1/refunds":
            return self._refunded(wish) if is_post else self._refunds(wish)
        if request.path == "/v1/balance_transactions":
            return self._balance(wish)
        one = _ONE.fullmatch(request.path)
        return (
            self._one(one[1], one[2], one[3] or "")
            if one
            else problem(404, "invalid_request_error")
        )

    def _one(self, kind: str, name: str, verb: str) -> Answer:
        """Show one object, or end it."""
        if kind == "setup_intents":
            contract = self.book.contract_by_id(name)
            return shown(objects.setup_intent(contract)) if contract else _missing()
        if kind == "payment_methods":
            return self._card(name, is_detached=verb == "detach")
        deal = objects.deal_named(self.book, name)
        if deal is not None:
            if verb in {"expire", "cancel"} and not self._ended(deal):
                return problem(400, "invalid_request_error", code="payment_intent_unexpected_state")
            return shown(
                objects.session(deal) if kind == "checkout/sessions" else objects.intent(deal)
            )
        held = next(
            (one for one in self.book.contracts.values() if objects.session_id(one) == name), None
        )
        return shown(objects.setup_session(held)) if held else _missing()

    def _ended(self, deal: Deal) -> bool:
        """End an order, where that is still possible; Stripe refuses to end what has ended."""
        if deal.standing is not Standing.OPEN:
            return False
        deal.standing = Standing.CLOSED
        return True

    # Checkout

    def _begun(self, wish: dict[str, Any]) -> Answer:
        number = wish["client_reference_id"]
        if wish["mode"] == "setup":
            contract = self.book.contracts.get(number) or objects.a_contract(wish)
            self.book.contracts[number] = contract
            page = f"{self.address}/sign/{contract.token}"
            return shown(objects.setup_session(contract) | {"url": page})
        deal = objects.a_deal(wish)
        self.book.deals[number] = deal
        deal.noted["url"] = f"{self.address}/pay/{deal.token}"
        return shown(objects.session(deal))

    def _sessions(self, wish: dict[str, Any]) -> Answer:
        since = int(wish.get("created", {}).get("gte", 0))
        until = int(wish.get("created", {}).get("lt", 2**40))
        deals = [objects.session(one) for one in self.book.deals.values() if not one.contract_id]
        found = deals + [objects.setup_session(one) for one in self.book.contracts.values()]
        return shown(objects.listed([one for one in found if since <= one["created"] < until]))

    # With nobody present

    def _charged(self, wish: dict[str, Any]) -> Answer:
        contract = next(
            (
                one
                for one in self.book.contracts.values()
                if objects.card_id(one) == wish["payment_method"]
            ),
            None,
        )
        deal = objects.a_deduction(wish)
        self.book.deals[deal.number] = deal
        declined = self.declines.pop(0) if self.declines else ""
        if contract is None or contract.standing is not Signed.ACTIVE:
            declined = "payment_method_unactivated"
        if declined:
            deal.reason = declined
            deal.standing = Standing.FAILED
            self.tell_paid(deal)
            return _declined(deal)
        self.pay(deal.number)
        return shown(objects.intent(deal))

    def _card(self, name: str, *, is_detached: bool) -> Answer:
        contract = next(
            (one for one in self.book.contracts.values() if objects.card_id(one) == name), None
        )
        if contract is None:
            return _missing()
        if is_detached and contract.standing is not Signed.ACTIVE:
            return problem(400, "invalid_request_error", code="payment_method_not_attached")
        if is_detached:
            contract.standing, contract.ended_at = Signed.ENDED, clock.now()
        return shown(objects.card(contract))

    # Refunds and the balance

    def _refunded(self, wish: dict[str, Any]) -> Answer:
        deal = objects.deal_named(self.book, wish["payment_intent"])
        if deal is None or deal.standing is not Standing.PAID:
            return _missing()
        amount_minor, number = int(wish["amount"]), wish["metadata"]["refund_number"]
        if amount_minor > deal.amount_minor - deal.refunded_minor:
            return problem(400, "invalid_request_error", code="charge_already_refunded")
        refund = GivenBack(number, f"re_{secrets.token_hex(10)}", amount_minor, clock.now())
        deal.refunds[number] = refund
        told = objects.refund(deal, refund)
        self._tell("refund.updated", told)
        return shown(told)

    def _refunds(self, wish: dict[str, Any]) -> Answer:
        deal = objects.deal_named(self.book, wish["payment_intent"])
        refunds = [objects.refund(deal, one) for one in deal.refunds.values()] if deal else []
        return shown(objects.listed(refunds))

    def _balance(self, wish: dict[str, Any]) -> Answer:
        since = datetime.fromtimestamp(int(wish["created"]["gte"]), UTC)
        until = datetime.fromtimestamp(int(wish["created"]["lt"]), UTC)
        paid = [
            one for one in self.book.deals.values() if one.paid_at and since <= one.paid_at < until
        ]
        rows = [objects.booked(one, None) for one in paid]
        rows += [
            objects.booked(deal, one)
            for deal in self.book.deals.values()
            for one in deal.refunds.values()
            if since <= one.at < until
        ]
        return shown(objects.listed(rows))

    # Disputes

    def dispute(self, number: str, *, amount_minor: int | None = None, status: str = "") -> None:
        """The payer's bank takes a payment back, or says how that ended (`won`, `lost`)."""
        deal = self.book.deals[number]
        told = objects.dispute(deal, amount_minor=amount_minor, status=status or "needs_response")
        is_over = status in {"won", "lost", "warning_closed"}
        self._tell(f"charge.dispute.{'closed' if is_over else 'created'}", told)

    def _disputed(self, wish: dict[str, Any]) -> Answer:
        number = wish.get("number", "")
        if number not in self.book.deals:
            return _missing()
        self.dispute(number, status=wish.get("status", ""))
        return shown({})

    # Webhooks

    def tell_paid(self, deal: Deal) -> None:
        is_paid = deal.standing is Standing.PAID
        if deal.contract_id:
            kind = "payment_intent.succeeded" if is_paid else "payment_intent.payment_failed"
            self._tell(kind, self._mistaken(objects.intent(deal), "amount_received", "amount"))
        elif is_paid:
            told = self._mistaken(objects.session(deal), "amount_total")
            self._tell("checkout.session.completed", told)

    def tell_contract(self, contract: Contract) -> None:
        if contract.ended_at is None:
            self._tell("checkout.session.completed", objects.setup_session(contract))
        else:
            self._tell("payment_method.detached", objects.card(contract))

    def _mistaken(self, told: dict[str, Any], *names: str) -> dict[str, Any]:
        if self.faults.strikes(Fault.WRONG_AMOUNT):
            return told | {name: told[name] + 1 for name in names}
        return told

    def _tell(self, kind: str, told: dict[str, Any]) -> None:
        event: dict[str, Any] = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "type": kind,
            "created": int(clock.now().timestamp()),
            "livemode": False,
            "data": {"object": told},
        }
        if self.faults.strikes(Fault.WRONG_MERCHANT):
            event["account"] = "acct_0000000000000000"
        write = partial(letter, event, secret=self.webhook_secret, faults=self.faults)
        self.messenger.tell(
            self.local(self.application_url),
            write=write,
            is_taken=lambda status, body: 200 <= status < 300,
        )

    def give_up(self, deal: Deal) -> None:
        """Leaving Checkout leaves its session open for a day."""
        deal.expires_at = deal.expires_at or clock.now() + timedelta(days=1)
        super().give_up(deal)


def _missing() -> Answer:
    return problem(404, "invalid_request_error", code="resource_missing")


def _declined(deal: Deal) -> Answer:
    is_plain = deal.reason == "authentication_required"
    return problem(
        402,
        "card_error",
        code="authentication_required" if is_plain else "card_declined",
        decline_code=deal.reason,
        payment_intent=objects.intent(deal),
    )
