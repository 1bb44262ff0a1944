"""Whatever somebody writes into an address or a form, a page answers and nothing breaks."""

import re

import pytest
from django.urls import URLPattern

from tenure.surfaces.console.urls import urlpatterns
from tests.builders import a_term
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

NUMBERS = ["²", "9" * 5_000, "99999999999999999999", "-1", "a\x00b", "1e400", "'; --"]
ROWS = [
    re.sub(r"<int:\w+>", "9" * 20, f"/{one.pattern}")
    for one in urlpatterns
    if isinstance(one, URLPattern) and "<int:" in str(one.pattern)
]


def test_a_number_that_no_row_has_breaks_no_page(broadband: Warehouse, sign_in: SignIn) -> None:
    finish_day(broadband, a_customer())
    client = sign_in("owner")

    answers = {client.get(re.sub(r"<\w+:\w+>", "x", one)).status_code for one in ROWS}

    assert len(ROWS) > 20
    assert answers <= {200, 302, 404, 405}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_a_form_that_is_none_breaks_no_page(
    broadband: Warehouse, sign_in: SignIn, number: str
) -> None:
    finish_day(broadband, a_customer())
    account_id, client = a_term().account_id, sign_in("owner")

    answers = [
        client.get("/voice", {"days": number, "page": number}).status_code,
        client.get(f"/customers/{account_id}/renewal", {"term": number}).status_code,
        client.post(f"/customers/{account_id}/days", {"term": number, "days": number}).status_code,
        client.post("/goodwill/give", {"account": number, "amount": number}).status_code,
        client.get("/customers", {"after": number}).status_code,
        client.get("/journal", {"after": number}).status_code,
    ]

    assert answers == [200, 404, 404, 404, 200, 200]


def test_a_refused_draft_that_is_loaded_again_leads_to_its_segment(
    db: None, sign_in: SignIn
) -> None:
    answer = sign_in("owner").get("/segments/new/save")

    assert (answer.status_code, answer["Location"]) == (302, "/segments/new")
