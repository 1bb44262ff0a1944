"""PAY-02, SYS-19: a person pays at the gateway, and its signed notification renews the term."""

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tenure.act.payments import registry
from tenure.kernel import clock
from tenure.surfaces.api import limits
from tenure.surfaces.hooks import views
from tenure.world.gateways.delivery import post
from tenure.world.gateways.faults import Fault
from tests.act.payments.providers.benches import FIRST_WAY, FORM, Bench

if TYPE_CHECKING:
    from tenure.records.billing.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
METHODS = {place: method for method, place in registry.METHODS.items()}


def opened(bench: Bench) -> "tuple[Order, str]":
    """An order whose customer stands before the gateway's page."""
    from tenure.act.payments.actions import open_attempt
    from tests.act.payments.orders import an_order

    at = clock.now()
    order = an_order(at=at, total_minor=9_990)
    method = METHODS[bench.name, FIRST_WAY[bench.name]]
    found = open_attempt(order, method, at=at, by="customer")
    assert found.handoff is not None
    if found.handoff.fields:
        post(found.handoff.url, headers=FORM, body=urlencode(found.handoff.fields).encode())
    return order, str(found.payment.number)


def told(bench: Bench, number: str) -> dict[str, Any]:
    """The notification of a payment, as the gateway sent it, for the test's client to repeat."""
    bench.gateway.book.deals[number].notify_url = bench.hook.url
    bench.gateway.pay(number)
    bench.settled()
    request = bench.hook.requests[0]
    names = {"host", "content-length", "accept-encoding", "content-type"}
    return {
        "data": request.body,
        "content_type": request.headers["content-type"],
        "headers": {name: value for name, value in request.headers.items() if name not in names},
    }


def test_a_signed_notification_renews_the_term_once_and_is_answered_in_the_providers_words(
    bench: Bench, client: Client
) -> None:
    """R-Y-005, R-Y-007: told twice, renewed once; the answer is the provider's, byte for byte."""
    with registry.standing_in(bench.provider):
        order, number = opened(bench)
        notice = told(bench, number)
        answers = [client.post(f"/hooks/{bench.name}", **notice) for _ in range(2)]

    order.refresh_from_db()
    right = bench.provider.acknowledgement(is_taken=True)
    assert order.state == "fulfilled"
    for answer in answers:
        assert (answer.status_code, answer.content) == (right.status, right.body)
        assert "set-cookie" not in answer.headers


def test_a_notification_is_answered_well_within_a_second(bench: Bench, client: Client) -> None:
    """R-Y-006: what the answer itself costs the processor, the first one renewing the term."""
    costs = []
    with registry.standing_in(bench.provider):
        _, number = opened(bench)
        notice = told(bench, number)
        for _ in range(20):
            begun = time.thread_time()
            client.post(f"/hooks/{bench.name}", **notice)
            costs.append(time.thread_time() - begun)

    assert max(costs) < 1


def test_a_changed_notification_changes_nothing(bench: Bench, client: Client) -> None:
    """R-Y-022, R-Y-032: over the raw body."""
    with registry.standing_in(bench.provider):
        order, number = opened(bench)
        notice = told(bench, number)
        notice["data"] = notice["data"].replace(b"1", b"2", 1)
        answer = client.post(f"/hooks/{bench.name}", **notice)

    order.refresh_from_db()
    wrong = bench.provider.acknowledgement(is_taken=False)
    assert order.state == "open"
    assert (answer.status_code, answer.content) == (wrong.status, wrong.body)


@pytest.mark.parametrize("fault", [Fault.WRONG_AMOUNT, Fault.WRONG_MERCHANT])
def test_a_wrong_amount_or_merchant_renews_nothing(
    bench: Bench, client: Client, fault: Fault
) -> None:
    """R-Y-005: stored, disputed, answered, and no fulfilment."""
    with registry.standing_in(bench.provider):
        order, number = opened(bench)
        bench.gateway.faults.arm(fault)
        client.post(f"/hooks/{bench.name}", **told(bench, number))

    order.refresh_from_db()
    assert order.state != "fulfilled"


def test_alipay_has_a_second_address(bench: Bench, client: Client) -> None:
    """R-Y-036: what the application's own gateway is told."""
    with registry.standing_in(bench.provider):
        answer = client.post("/hooks/alipay/gateway", data=b"x", content_type="text/plain")

    assert answer.status_code == (200 if bench.name == "alipay" else 404)
    assert answer.content != b"success"


def test_a_provider_that_is_not_configured_is_404(client: Client) -> None:
    answer = client.post("/hooks/paypal", data=b"{}", content_type="application/json")

    assert answer.status_code == 404


def test_only_posts_are_heard_and_no_token_is_asked_for() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.get("/hooks/wechat").status_code == 405
    assert strict.post("/hooks/paypal").status_code == 404


def test_too_large_a_body_is_not_read(client: Client) -> None:
    body = b"x" * (views.MOST_BYTES + 1)

    answer = client.post("/hooks/wechat", data=body, content_type="application/json")

    assert answer.status_code == 413


def test_too_many_from_one_address_are_told_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PER_MINUTE", 2)

    statuses = [client.post("/hooks/paypal").status_code for _ in range(3)]

    assert statuses == [404, 404, 429]
    assert limits.WINDOW_SECONDS == 60
