"""A program quotes, orders, pays and cancels for a customer; each deed is done once (R-E-020)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tenure.kernel import clock
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.builders import a_subscription, a_term, an_account
from tests.surfaces.api.conftest import WithKey
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from tests.act.payments.memory import MemoryProvider


@pytest.fixture
def term(broadband: Warehouse) -> Term:
    today = clock.today("Asia/Shanghai", clock.now())
    return a_term(account=an_account(), ends_on=today + timedelta(days=30))


def post(client: Any, address: str, body: dict[str, Any] | None = None, *, key: str) -> Any:
    headers = {"Idempotency-Key": key}
    return client.post(
        f"/api/v1{address}", body or {}, content_type="application/json", headers=headers
    )


def test_the_quote_is_what_the_order_costs(term: Term, with_key: WithKey) -> None:
    """PAY-03: preview = charge; the digest of the bill that was shown binds the order."""
    client = with_key("renewals")
    quotes = client.get(f"/api/v1/terms/trm_{term.pk}/quotes").json()["items"]
    quote = quotes[0]
    body = {"term": f"trm_{term.pk}", "seen": quote["bill"]["digest"]}

    placed = post(client, "/orders", body, key="o-1").json()

    assert placed["is_planned"] is False
    assert placed["order"]["total"] == quote["bill"]["to_pay"]
    assert (placed["order"]["state"], placed["order"]["term"]) == ("open", f"trm_{term.pk}")
    assert {one["cycle_months"] for one in quotes} >= {1, 12, 24}


def test_a_bill_that_was_not_shown_is_refused_and_nothing_is_ordered(
    term: Term, with_key: WithKey
) -> None:
    body = {"term": f"trm_{term.pk}", "seen": "0" * 64}

    answer = post(with_key("renewals"), "/orders", body, key="o-1")

    assert (answer.status_code, answer.json()["code"]) == (409, "price_changed")
    assert not Order.objects.exists()


def test_an_order_is_paid_once_however_often_the_program_repeats_itself(
    term: Term, with_key: WithKey, wechat: "MemoryProvider"
) -> None:
    """PAY-01, PAY-02 through the API."""
    client = with_key("renewals")
    placed = post(client, "/orders", {"term": f"trm_{term.pk}"}, key="o-1").json()["order"]
    address = f"/orders/{placed['id']}/payments"

    first = post(client, address, {"method": "wechat_native"}, key="p-1")
    again = post(client, address, {"method": "wechat_native"}, key="p-1")
    other = post(client, address, {"method": "wechat_native"}, key="p-2")

    assert (first.status_code, first.content) == (200, again.content)
    assert first.json()["handoff"]["kind"] in {"qr", "redirect"}
    assert other.json()["payment"]["number"] == first.json()["payment"]["number"]
    assert Payment.objects.filter(order__public_id=placed["id"]).count() == 1
    assert Entry.objects.get(kind="order.placed").actor.startswith("api:")


def test_an_unknown_way_of_paying_is_refused(term: Term, with_key: WithKey) -> None:
    client = with_key("renewals")
    placed = post(client, "/orders", {"term": f"trm_{term.pk}"}, key="o-1").json()["order"]

    answer = post(client, f"/orders/{placed['id']}/payments", {"method": "shells"}, key="p-1")
    script = {"method": "wechat_native", "return_url": "javascript:alert(1)"}
    bad = post(client, f"/orders/{placed['id']}/payments", script, key="p-2")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_such_provider")
    assert bad.status_code == 422


def test_an_unpaid_order_is_given_up(term: Term, with_key: WithKey) -> None:
    client = with_key("renewals")
    placed = post(client, "/orders", {"term": f"trm_{term.pk}"}, key="o-1").json()["order"]

    post(client, f"/orders/{placed['id']}/cancel", key="c-1")

    assert client.get(f"/api/v1/orders/{placed['id']}").json()["state"] == "cancelled"


def test_a_contract_is_cancelled_and_the_cancellation_undone(term: Term, with_key: WithKey) -> None:
    """CXL-03: online, at its end, and taken back until then."""
    client, address = with_key("renewals"), f"/subscriptions/sub_{term.subscription_id}"

    left = post(client, f"{address}/cancellation", {}, key="l-1").json()
    twice = post(client, f"{address}/cancellation", {}, key="l-2")
    stayed = post(client, f"{address}/cancellation/undo", key="u-1").json()

    assert (left["state"], left["ends_on"]) == ("cancelling", term.ends_on.isoformat())
    assert twice.status_code == 409
    assert stayed["state"] == "running"


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/terms/trm_999999/quotes"),
        ("get", "/orders/ord_nobody"),
        ("post", "/orders/ord_nobody/cancel"),
        ("post", "/subscriptions/sub_999999/cancellation"),
    ],
)
def test_what_is_not_there_is_not_found(
    term: Term, with_key: WithKey, method: str, address: str
) -> None:
    client = with_key("renewals")
    found = (
        client.get(f"/api/v1{address}") if method == "get" else post(client, address, {}, key="n-1")
    )

    assert found.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"term": "7"},
        {"purpose": "renewal"},
        {"term": "trm_1", "surprise": 1},
        {"purpose": "plan_change", "term": "trm_0"},
    ],
)
def test_a_body_that_says_too_little_or_too_much_is_refused(
    term: Term, with_key: WithKey, body: dict[str, Any]
) -> None:
    body = {**body, "term": f"trm_{term.pk}"} if body.get("term") == "trm_0" else body

    answer = post(with_key("renewals"), "/orders", body, key="b-1")

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert not Order.objects.exists()


def test_only_a_key_for_renewals_opens_this(term: Term, with_key: WithKey) -> None:
    assert with_key("customers").get(f"/api/v1/terms/trm_{term.pk}/quotes").status_code == 403


def test_another_plan_for_later_is_planned_and_costs_nothing_now(
    broadband: Warehouse, with_key: WithKey
) -> None:
    """R-Y-067: down at the end of the term."""
    today = clock.today("Asia/Shanghai", clock.now())
    subscription = a_subscription(account=an_account())
    term = a_term(subscription=subscription, ends_on=today + timedelta(days=100))
    body = {"term": f"trm_{term.pk}", "purpose": "plan_change", "plan": "home_100"}

    answer = post(with_key("renewals"), "/orders", body, key="d-1")

    assert answer.status_code == 200, answer.content
    assert answer.json() == {"order": None, "is_planned": True}
