"""A program brings a list, reads what is wrong with it, and places it once (ENT-01, R-E-020)."""

from typing import TYPE_CHECKING, Any

import pytest

from tenure.records.billing.orders.models import Order
from tenure.records.customers.models import Account
from tenure.records.subscriptions.batches.models import Batch
from tests.act.batches.companies import a_company
from tests.surfaces.api.conftest import WithKey
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def company(broadband: Warehouse) -> Account:
    account, _ = a_company(3)
    return account


def post(client: "Client", address: str, body: dict[str, Any], *, key: str) -> Any:
    return client.post(
        f"/api/v1{address}", body, content_type="application/json",
        headers={"Idempotency-Key": key},
    )  # fmt: skip


def a_list(account: Account, *contracts: str) -> dict[str, Any]:
    return {"customer": f"cus_{account.pk}", "rows": [{"contract": one} for one in contracts]}


def test_a_list_becomes_one_order(company: Account, with_key: WithKey) -> None:
    client = with_key("renewals")
    brought = post(client, "/batches", a_list(company, "LINE-1", "LINE-2"), key="b-1").json()
    assert (brought["state"], brought["rows"], brought["faults"]) == ("checked", {"ready": 2}, [])

    address = f"/batches/{brought['id']}/place"
    placed = post(client, address, {"seen": brought["digest"]}, key="p-1").json()
    again = post(client, address, {"seen": brought["digest"]}, key="p-1").json()

    order = Order.objects.get()
    assert (placed["state"], placed["order"]) == ("placed", order.public_id)
    assert again == placed
    assert placed["total"] == {"amount": order.total_minor, "currency": "CNY"}
    told = client.get(f"/api/v1/orders/{order.public_id}").json()
    assert (told["purpose"], told["state"]) == ("batch", "open")


def test_bad_rows_are_told_and_must_be_left_out(company: Account, with_key: WithKey) -> None:
    client = with_key("renewals")
    brought = post(client, "/batches", a_list(company, "LINE-1", "LINE-X"), key="b-1").json()
    fault = brought["faults"][0]
    assert (fault["row"], fault["column"], fault["code"]) == (2, "contract", "unknown_contract")
    assert fault["said"]["zh"]
    assert fault["said"]["en"]

    address, seen = f"/batches/{brought['id']}/place", {"seen": brought["digest"]}
    refused = post(client, address, seen, key="p-1")
    placed = post(client, address, {**seen, "leave_faulty_out": True}, key="p-2").json()

    assert (refused.status_code, refused.json()["code"]) == (409, "batch_not_ready")
    assert placed["rows"] == {"ordered": 1, "left_out": 1}


def test_the_same_list_under_another_key_is_the_same_batch(
    company: Account, with_key: WithKey
) -> None:
    client = with_key("renewals")
    first = post(client, "/batches", a_list(company, "LINE-1"), key="b-1").json()
    second = post(client, "/batches", a_list(company, "LINE-1"), key="b-2").json()

    assert (first["id"], Batch.objects.count()) == (second["id"], 1)
    assert post(client, f"/batches/{first['id']}/drop", {}, key="d-1").json()["state"] == "dropped"


def test_nobody_reads_batches_without_the_scope(company: Account, with_key: WithKey) -> None:
    assert with_key("customers").get("/api/v1/batches/bat_0").status_code == 403
