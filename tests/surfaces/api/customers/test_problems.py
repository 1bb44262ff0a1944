"""Problem details in the caller's language, quotas, and keys (R-E-021, R-E-023)."""

from typing import Any

import pytest
from django.test import Client

from tenure.records.keys.actions import close
from tenure.records.keys.models import ApiKey
from tenure.records.strategies.models import Revision
from tenure.surfaces.api import access
from tests.builders import AS_OF, AT, an_account
from tests.surfaces.api.conftest import WithKey
from tests.understand.warehouses import Warehouse

MEDIA_TYPE = "application/problem+json"


def told(answer: Any) -> tuple[int, str, str]:
    """Status, code and title of a problem."""
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    found = answer.json()
    assert found["status"] == answer.status_code
    assert found["type"] == f"http://testserver/problems/{found['type'].rpartition('/')[2]}"
    return found["status"], found["code"], found["title"]


@pytest.mark.parametrize(
    ("language", "title"), [("en", "No valid key"), ("zh-CN", "没有有效的密钥")]
)
def test_without_a_key_nothing_is_answered(broadband: Warehouse, language: str, title: str) -> None:
    answer = Client(headers={"Accept-Language": language}).get("/api/v1/customers/cus_1")

    assert told(answer) == (401, "unauthenticated", title)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="tenure"'


@pytest.mark.parametrize("key", ["tnr_x_y", "tnr_", "nonsense", "tnr_000000000001_" + "0" * 64])
def test_a_wrong_key_opens_nothing(broadband: Warehouse, with_key: WithKey, key: str) -> None:
    with_key()

    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/customers/cus_1")

    assert answer.status_code == 401


def test_a_closed_key_and_one_for_something_else_open_nothing(
    broadband: Warehouse, with_key: WithKey
) -> None:
    account = an_account()
    address = f"/api/v1/customers/cus_{account.pk}"
    client, other = with_key(), with_key("metrics")
    before = client.get(address).status_code

    close(ApiKey.objects.get(scope="customers").public_id, on=AS_OF, at=AT, by="test")

    assert (before, client.get(address).status_code) == (200, 401)
    assert told(other.get(address))[:2] == (403, "wrong_scope")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/customers/cus_424242", 404, "not_found"),
        ("/api/v1/customers/cus_9999999999999999999", 404, "not_found"),
        ("/api/v1/customers/42", 422, "invalid"),
        ("/api/v1/customers/cus_1/timeline?limit=0", 422, "invalid"),
        ("/api/v1/customers", 422, "invalid"),
        ("/api/v1/nothing", 404, "not_found"),
    ],
)
def test_every_refusal_is_a_problem(
    broadband: Warehouse, with_key: WithKey, path: str, status: int, code: str
) -> None:
    assert told(with_key().get(path))[:2] == (status, code)


def test_a_mistake_is_named_with_its_place(broadband: Warehouse, with_key: WithKey) -> None:
    account = an_account()
    address = f"/api/v1/customers/cus_{account.pk}/timeline"

    (error,) = with_key().get(address, {"cursor": "yesterday"}).json()["errors"]

    assert error["pointer"] == "/query/cursor"
    assert error["detail"].startswith("String should match pattern")


def test_a_place_that_cannot_be_is_not_found(broadband: Warehouse, with_key: WithKey) -> None:
    account = an_account()
    address = f"/api/v1/customers/cus_{account.pk}/timeline"

    answer = with_key().get(address, {"cursor": "20261399T000000000000Z-a-1"})

    assert told(answer)[:2] == (404, "not_found")


def test_another_method_is_refused_with_those_that_work(
    broadband: Warehouse, with_key: WithKey
) -> None:
    answer = with_key().delete("/api/v1/customers/cus_1")

    assert told(answer)[:2] == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"


def test_a_rule_of_the_business_is_told_with_its_own_code(
    broadband: Warehouse, with_key: WithKey
) -> None:
    client = with_key()
    Revision.objects.all().delete()

    answer = client.get("/api/v1/customers/cus_1")

    assert told(answer)[:2] == (409, "no_strategy")
    assert "tenure strategy apply" in answer.json()["detail"]


def test_the_type_of_a_problem_leads_to_a_page(broadband: Warehouse) -> None:
    page = Client(headers={"Accept-Language": "en"}).get("/problems/too_many_requests")

    assert "Wait as many seconds as Retry-After says, then go on." in page.content.decode()
    assert Client().get("/problems/moon").status_code == 404


def test_a_key_has_a_quota_of_its_own(
    broadband: Warehouse, with_key: WithKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "PER_KEY", 2)
    address = f"/api/v1/customers/cus_{an_account().pk}"
    client, other = with_key(), with_key()

    answers = [client.get(address) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert [one.headers["RateLimit"] for one in answers] == [
        '"default";r=1;t=60',
        '"default";r=0;t=60',
        '"default";r=0;t=60',
    ]
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=2;w=60'
    assert answers[2].headers["Retry-After"] == "60"
    assert other.get(address).status_code == 200


def test_keys_cannot_be_guessed_faster_than_an_address_may_ask(
    broadband: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "PER_ADDRESS", 2)
    client = Client(headers={"Authorization": "Bearer tnr_a_b"})

    found = [client.get("/api/v1/customers/cus_1").status_code for _ in range(3)]

    assert found == [401, 401, 429]
