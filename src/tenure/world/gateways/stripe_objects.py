"""Stripe's objects, drawn from the gateway's book."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from tenure.kernel import clock
from tenure.world.gateways.book import Book, Contract, Deal, GivenBack, Signed, Standing

_SESSIONS: Final = {
    Standing.OPEN: ("open", "unpaid"),
    Standing.PAID: ("complete", "paid"),
    Standing.FAILED: ("open", "unpaid"),
    Standing.CLOSED: ("expired", "unpaid"),
}
_INTENTS: Final = {
    Standing.OPEN: "requires_payment_method",
    Standing.PAID: "succeeded",
    Standing.FAILED: "requires_payment_method",
    Standing.CLOSED: "canceled",
}


def a_deal(wish: dict[str, Any]) -> Deal:
    """The order of a new Checkout session."""
    line = wish["line_items"]["0"]
    price = line["price_data"]
    deal = _a_deal(
        wish["client_reference_id"],
        amount_minor=int(price["unit_amount"]) * int(line["quantity"]),
        currency=price["currency"],
        title=price["product_data"]["name"],
    )
    deal.way, deal.return_url = "card", wish["success_url"]
    return deal


def a_deduction(wish: dict[str, Any]) -> Deal:
    """The order of a new PaymentIntent with nobody present."""
    deal = _a_deal(
        wish["metadata"]["number"],
        amount_minor=int(wish["amount"]),
        currency=wish["currency"],
        title=wish.get("description", ""),
    )
    deal.way, deal.contract_id = "off_session", wish["payment_method"]
    return deal


def a_contract(wish: dict[str, Any]) -> Contract:
    """The card that a setup session asks for."""
    contract = Contract(
        number=wish["client_reference_id"],
        contract_id=f"seti_{secrets.token_hex(10)}",
        title=wish.get("metadata", {}).get("subject", ""),
        notify_url="",
        return_url=wish["success_url"],
    )
    contract.noted = {
        "account": wish.get("metadata", {}).get("shown_to_payer", ""),
        "customer": wish.get("customer") or f"cus_{secrets.token_hex(8)}",
        "created": str(_now()),
    }
    return contract


def session(deal: Deal) -> dict[str, Any]:
    """A Checkout session of a payment."""
    status, paid = _SESSIONS[deal.standing]
    return {
        "id": deal.noted["session"],
        "object": "checkout.session",
        "mode": "payment",
        "status": status,
        "payment_status": paid,
        "client_reference_id": deal.number,
        "metadata": {"number": deal.number},
        "amount_total": deal.amount_minor,
        "currency": deal.currency.lower(),
        "payment_intent": deal.provider_id if has_intent(deal) else None,
        "created": int(deal.noted["created"]),
        "url": deal.noted.get("url"),
    }


def has_intent(deal: Deal) -> bool:
    """Checkout makes its PaymentIntent when somebody submits the page."""
    return bool(deal.contract_id or deal.paid_at or deal.reason)


def intent(deal: Deal) -> dict[str, Any]:
    """A PaymentIntent."""
    told: dict[str, Any] = {
        "id": deal.provider_id,
        "object": "payment_intent",
        "status": _INTENTS[deal.standing],
        "amount": deal.amount_minor,
        "amount_received": deal.amount_minor if deal.paid_at else 0,
        "currency": deal.currency.lower(),
        "metadata": {"number": deal.number} | ({"kind": "deduction"} if deal.contract_id else {}),
        "created": int(deal.noted["created"]),
        "last_payment_error": None,
        "latest_charge": None,
    }
    if deal.reason:
        told["last_payment_error"] = {"code": "card_declined", "decline_code": deal.reason}
    if deal.paid_at:
        told["latest_charge"] = {
            "id": f"ch_{deal.provider_id[3:]}",
            "object": "charge",
            "created": int(deal.paid_at.timestamp()),
            "amount": deal.amount_minor,
            "amount_refunded": deal.refunded_minor,
        }
    return told


def session_id(contract: Contract) -> str:
    """The session in which a card is asked for."""
    return f"cs_{contract.contract_id}"


def card_id(contract: Contract) -> str:
    """The card that is kept."""
    return f"pm_{contract.contract_id}"


def setup_session(contract: Contract) -> dict[str, Any]:
    """A Checkout session of a card to keep."""
    is_open = contract.standing is Signed.OPEN
    return {
        "id": session_id(contract),
        "object": "checkout.session",
        "mode": "setup",
        "status": "open" if is_open else "complete",
        "payment_status": "no_payment_required",
        "client_reference_id": contract.number,
        "metadata": {"number": contract.number},
        "customer": contract.noted["customer"],
        "setup_intent": contract.contract_id,
        "created": int(contract.noted["created"]),
    }


def setup_intent(contract: Contract) -> dict[str, Any]:
    """A SetupIntent, with the card once there is one."""
    is_open = contract.standing is Signed.OPEN
    return {
        "id": contract.contract_id,
        "object": "setup_intent",
        "status": "requires_payment_method" if is_open else "succeeded",
        "customer": contract.noted["customer"],
        "payment_method": None if is_open else card_id(contract),
        "created": int(contract.signed_at.timestamp()) if contract.signed_at else _now(),
        "metadata": {"number": contract.number},
    }


def card(contract: Contract) -> dict[str, Any]:
    """A payment method; without a customer it was detached."""
    is_live = contract.standing is Signed.ACTIVE
    return {
        "id": card_id(contract),
        "object": "payment_method",
        "type": "card",
        "customer": contract.noted["customer"] if is_live else None,
    }


def refund(deal: Deal, given: GivenBack) -> dict[str, Any]:
    """A refund."""
    return {
        "id": given.provider_id,
        "object": "refund",
        "status": "succeeded",
        "amount": given.amount_minor,
        "currency": deal.currency.lower(),
        "payment_intent": deal.provider_id,
        "created": int(given.at.timestamp()),
        "metadata": {"refund_number": given.number, "number": deal.number},
    }


def dispute(deal: Deal, *, amount_minor: int | None, status: str) -> dict[str, Any]:
    """A charge-back; Stripe names the intent and the charge, and none of our numbers."""
    return {
        "id": f"du_{deal.provider_id[3:]}",
        "object": "dispute",
        "status": status,
        "amount": deal.amount_minor if amount_minor is None else amount_minor,
        "currency": deal.currency.lower(),
        "charge": f"ch_{deal.provider_id[3:]}",
        "payment_intent": deal.provider_id,
        "reason": "fraudulent",
        "created": _now(),
        "metadata": {},
    }


def booked(deal: Deal, given: GivenBack | None) -> dict[str, Any]:
    """A line of the balance."""
    at = given.at if given else deal.paid_at
    assert at is not None, "only what was paid is on the balance"
    charge = {
        "id": f"ch_{deal.provider_id[3:]}",
        "object": "charge",
        "metadata": {"number": deal.number},
    }
    return {
        "id": f"txn_{secrets.token_hex(8)}",
        "object": "balance_transaction",
        "type": "refund" if given else "charge",
        "amount": -given.amount_minor if given else deal.amount_minor,
        "fee": 0 if given else deal.fee_minor,
        "currency": deal.currency.lower(),
        "created": int(at.timestamp()),
        "source": refund(deal, given) if given else charge | {"payment_intent": deal.provider_id},
    }


def listed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A page of a list, with nothing after it."""
    return {"object": "list", "data": list(found), "has_more": False, "url": "/"}


def deal_named(book: Book, name: str) -> Deal | None:
    """The order of a session's or an intent's id."""
    return next(
        (one for one in book.deals.values() if name in {one.provider_id, one.noted["session"]}),
        None,
    )


def _a_deal(number: str, *, amount_minor: int, currency: str, title: str) -> Deal:
    deal = Deal(
        number=number,
        provider_id=f"pi_{secrets.token_hex(10)}",
        amount_minor=amount_minor,
        currency=currency.upper(),
        title=title,
        way="",
        notify_url="",
    )
    deal.noted = {"session": f"cs_test_{secrets.token_hex(12)}", "created": str(_now())}
    return deal


def _now() -> int:
    return int(clock.now().timestamp())
