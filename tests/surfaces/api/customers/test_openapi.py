"""The document says what the answers are, and the answers are what it says (R-E-024)."""

from typing import Any

import hypothesis
import pytest
from django.test import Client
from openapi_spec_validator import validate

from tenure.project.wsgi import application
from tenure.surfaces.api import access
from tests.builders import a_payment
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.api.conftest import WithKey
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

DOCUMENT = "/api/v1/openapi.json"


def document() -> dict[str, object]:
    found: dict[str, object] = Client().get(DOCUMENT).json()
    return found


def test_the_document_is_openapi_3_1(db: None) -> None:
    found = document()

    validate(found)
    assert found["openapi"] == "3.1.0"
    assert set(found["paths"]) == {  # type: ignore[call-overload]
        "/api/v1/batches",
        "/api/v1/batches/{batch_id}",
        "/api/v1/batches/{batch_id}/drop",
        "/api/v1/batches/{batch_id}/place",
        "/api/v1/customers",
        "/api/v1/customers/{customer_id}",
        "/api/v1/customers/{customer_id}/timeline",
        "/api/v1/terms/{term_id}/quotes",
        "/api/v1/orders",
        "/api/v1/orders/{order_id}",
        "/api/v1/orders/{order_id}/cancel",
        "/api/v1/orders/{order_id}/payments",
        "/api/v1/stores/{store}/notices",
        "/api/v1/subscriptions/{subscription_id}/cancellation",
        "/api/v1/subscriptions/{subscription_id}/cancellation/undo",
        "/api/v1/webhooks/deliveries",
        "/api/v1/webhooks/deliveries/{message_id}",
        "/api/v1/webhooks/deliveries/{message_id}/resend",
    }


def test_every_operation_declares_its_problems(db: None) -> None:
    paths: dict[str, dict[str, dict[str, object]]] = document()["paths"]  # type: ignore[assignment]

    problems = {"401", "403", "404", "409", "422", "429", "503"}
    for method, operation in [one for every in paths.values() for one in every.items()]:
        responses: dict[str, dict[str, dict[str, object]]] = operation["responses"]  # type: ignore[assignment]
        assert problems | ({"400"} if method == "post" else set()) == {
            one for one in responses if one >= "400"
        }
        assert list(responses["422"]["content"]) == ["application/problem+json"]


@pytest.mark.slow
def test_answers_to_anything_that_is_asked_keep_to_the_document(
    broadband: Warehouse, with_key: WithKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made-up requests through the whole application: never a 500, never an undeclared answer."""
    # Imported here: a second that every run of other tests would wait for.
    import schemathesis

    monkeypatch.setattr(access, "PER_KEY", 100_000)
    monkeypatch.setattr(access, "PER_ADDRESS", 100_000)
    one = a_customer()
    a_payment(term=one.term)
    finish_day(broadband, one)
    headers = {"Authorization": with_key().defaults["HTTP_AUTHORIZATION"]}
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, app=application)

    @hypothesis.settings(
        max_examples=60, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(case=schema.as_strategy())
    def asked(case: Any) -> None:
        if "customer_id" in case.path_parameters:
            case.path_parameters["customer_id"] = f"cus_{one.term.account_id}"
        case.call_and_validate(headers=headers)

    asked()
