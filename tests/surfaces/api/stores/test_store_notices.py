"""R-A-070: a seller's server hands on what a store told; the customer's page sends to the store."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import AT

if TYPE_CHECKING:
    from tests.surfaces.api.conftest import WithKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("broadband")]


def post(client: Any, key: str, **told: str) -> Any:
    return client.post(
        "/api/v1/stores/google/notices",
        told,
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_a_notice_is_taken_and_the_page_shows_where_it_is_managed(with_key: "WithKey") -> None:
    from tests.surfaces.portal.customers import ENGLISH, a_customer, signed_in

    term = a_customer()
    told = {"event_id": "m-1", "kind": "6", "sent_at": AT.isoformat()}
    contract = f"sub_{term.subscription_id}"

    answer = post(with_key("renewals"), "k1", contract=contract, **told)
    unknown = post(with_key("renewals"), "k2", contract="sub_999999", **told)
    strange = post(with_key("renewals"), "k3", contract=contract, **told | {"kind": "99"})
    page = signed_in(term, headers=ENGLISH).get("/my").content.decode()

    assert (answer.status_code, unknown.status_code, strange.status_code) == (200, 404, 409)
    assert (answer.json()["state"], answer.json()["store"]) == ("in_grace", "google")
    assert "play.google.com/store/account/subscriptions" in page
    assert "You bought this in Google Play" in page
    assert re.search(r'href="/my/renew|action="/my/cancel/start', page) is None
