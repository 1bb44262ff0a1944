"""REF-03, R-L-012: a customer opens a group, others pay for their places, only real ones count."""

from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from tenure.act.payments.actions import take_notice
from tenure.kernel.clock import now
from tenure.records.billing.orders.models import Order
from tenure.records.groups.models import Group
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import build, preset
from tests.act.payments.memory import MemoryProvider
from tests.surfaces.portal.customers import ENGLISH, a_customer, signed_in


@pytest.fixture
def wechat() -> Any:
    from tenure.act.payments import registry

    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield provider


@pytest.fixture
def grouped(term: Term) -> Term:
    """The business lets two renew together for a fifth off, within three days."""
    document: Any = deepcopy(current().document)
    files = document["files"]
    deal = {"size": 2, "percent_off": 20, "hours": 72}
    files["loyalty.toml"] = {**files.get("loyalty.toml", {}), "group": deal}
    apply_strategy(build(document), by="test", at=now())
    return term


def opened(term: Term) -> tuple[Client, str]:
    client = signed_in(term, headers=ENGLISH)
    return client, str(client.post("/my/group")["Location"])


def test_pressed_twice_it_is_one_group_and_says_what_happens_if_it_fails(grouped: Term) -> None:
    client, path = opened(grouped)
    again = client.post("/my/group")["Location"]

    page, chinese = (
        client.get(path, headers={"accept-language": one}).content.decode() for one in ("en", "zh")
    )
    assert (again, Group.objects.count()) == (path, 1)
    assert "0 of 2 have paid" in page
    assert "all money goes back by itself, in full" in page
    assert "已有 0 / 2 人付款" in chinese


def test_a_place_is_paid_for_at_the_price_of_the_group_and_then_waits(
    grouped: Term, wechat: MemoryProvider
) -> None:
    client, path = opened(grouped)
    seen = client.get(path).content.decode().partition('name="digest" value="')[2].partition('"')[0]

    answer = client.post(path, {"digest": seen, "pay": "wechat_native"})
    order = Order.objects.get()
    letter = wechat.pay(next(iter(wechat.held)), at=now())
    take_notice("wechat", letter.headers, body=letter.body, at=now())
    page = client.get(f"{answer['Location']}?back=1").content.decode()

    assert answer["Location"] == f"/orders/{order.public_id}"
    assert (order.purpose, order.state) == ("group", "open")
    order.refresh_from_db()
    assert order.state == "paid"
    assert "Your place is paid" in page
    assert "1 of 2 have paid" in page


def test_another_customer_joins_by_the_address_and_a_stranger_finds_nothing(
    grouped: Term, wechat: MemoryProvider
) -> None:
    _, path = opened(grouped)
    other = a_customer(
        name="王强", email="wang@example.com", external_id="LJ-2", plan_version=grouped.plan_version
    )
    client = signed_in(other, headers=ENGLISH)

    page = client.get(path)
    assert "Pay for my place" in page.content.decode()
    assert client.get("/group/grp_nothing").status_code == 404
    assert Client().get(path)["Location"].startswith("/my/sign-in")
    answer = client.post(path, {"digest": "another bill", "pay": "wechat_native"})
    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_where_no_group_is_offered_nobody_opens_one(term: Term) -> None:
    document: Any = deepcopy(current().document)
    del document["files"]["loyalty.toml"]["group"]
    apply_strategy(build(document), by="test", at=now())
    client = signed_in(term)

    assert "/my/group" not in client.get("/my/account").content.decode()
    assert client.post("/my/group").status_code == 404
    assert not Group.objects.exists()


@pytest.mark.parametrize(("name", "said"), [("broadband", 10), ("membership", 15)])
def test_shipped_strategies_let_customers_renew_together(name: str, said: int) -> None:
    """REF-03: nobody has to write the section first to see it."""
    deal = preset(name).at(now().date()).loyalty.together

    assert deal is not None
    assert (deal.size, deal.percent_off) == (3, said)


def test_the_account_leads_to_renewing_together_as_shipped(term: Term) -> None:
    client, path = opened(term)

    assert "/my/group" in client.get("/my/account").content.decode()
    assert "0 of 3 have paid" in client.get(path).content.decode()
