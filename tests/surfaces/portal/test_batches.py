"""A company's own page of a batch: by a signed link, one payment, and each row (ENT-01)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from tenure.act.batches.actions import go_on_to_the_end
from tenure.act.batches.links import HOLDS, batch_token
from tenure.act.payments import registry
from tenure.act.payments.actions import take_notice
from tenure.kernel.clock import now
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.customers.models import Account
from tenure.records.subscriptions.batches.actions import drop
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.states import BatchState
from tenure.records.subscriptions.models import Term
from tests.act.batches.companies import a_checked, a_company, a_list, an_ordered
from tests.act.payments.memory import MemoryProvider
from tests.surfaces.portal.customers import ENGLISH
from tests.understand.warehouses import Warehouse


@pytest.fixture
def wechat(broadband: Warehouse) -> Iterator[MemoryProvider]:
    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield provider


def told(provider: MemoryProvider) -> None:
    """The provider says that the money came."""
    letter = provider.outbox[-1]
    take_notice("wechat", letter.headers, body=letter.body, at=now())


@pytest.fixture
def company(broadband: Warehouse) -> Account:
    account, _ = a_company(2)
    return account


def placed(account: Account) -> Batch:
    at = now()
    return an_ordered(a_checked(account, a_list("LINE-1", "LINE-2"), at=at), at=at)


def read(client: Client, path: str) -> str:
    return client.get(path, headers=ENGLISH).content.decode()


def test_the_link_shows_the_rows_and_is_paid_once_without_signing_in(
    company: Account, wechat: MemoryProvider
) -> None:
    batch, client = placed(company), Client()
    path = f"/batch/{batch_token(batch, at=now())}"

    page = read(client, path)
    assert "LINE-1" in page
    assert "LINE-2" in page
    assert "Pay ¥" in page
    for _ in range(2):
        client.post(path, {"pay": "wechat_native"}, headers=ENGLISH)
    payment = Payment.objects.get()
    assert "QR code for paying" in read(client, path)

    wechat.pay(str(payment.number), at=now())
    told(wechat)
    page = read(client, f"{path}?back=1")

    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert "Renewal complete" in page
    assert page.count("<td>Renewed") == 2
    assert Term.objects.filter(account=company, number=2).count() == 2
    client.post(path, {"pay": "wechat_native"}, headers=ENGLISH)
    assert Payment.objects.count() == 1


def test_a_changed_and_an_old_link_show_nothing_of_the_batch(company: Account) -> None:
    batch = placed(company)
    token = batch_token(batch, at=now())
    Order.objects.update(placed_at=now() - HOLDS - timedelta(hours=1))
    old = batch_token(Batch.objects.get(), at=now())

    for wrong in (f"{token[:-1]}0" if token[-1] != "0" else f"{token[:-1]}1", "zz-1-2", old):
        answer = Client().get(f"/batch/{wrong}", headers=ENGLISH)
        assert answer.status_code == 410
        assert "LINE-1" not in answer.content.decode()
        assert "No money moved" in answer.content.decode()


def test_a_batch_that_was_dropped_says_so_and_takes_no_money(company: Account) -> None:
    batch = placed(company)
    token = batch_token(batch, at=now())
    drop(batch.pk, at=now(), by="user:1")

    page = read(Client(), f"/batch/{token}")

    assert "nothing can be paid for it now" in page
    assert 'name="pay"' not in page


def test_the_page_says_how_far_it_is_while_rows_are_given(
    company: Account, wechat: MemoryProvider
) -> None:
    """What takes longer than two seconds shows its progress."""
    batch, client = placed(company), Client()
    path = f"/batch/{batch_token(batch, at=now())}"
    client.post(path, {"pay": "wechat_native"})
    wechat.pay(str(Payment.objects.get().number), at=now())
    told(wechat)

    answer = client.get(f"{path}/status?phase=pay", headers=ENGLISH)

    assert (answer.status_code, answer["HX-Redirect"]) == (204, path)
    assert go_on_to_the_end(Batch.objects.get(), at=now(), by="x").state == BatchState.DONE
