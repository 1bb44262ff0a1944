"""What finance does with invoices that were asked for, and quotes on paper."""

from datetime import date

import pytest

from tenure.records.catalog.models import PlanVersion
from tenure.records.documents.models import Document
from tenure.records.invoicing.actions.requests import Issued, settle_failed, settle_issued, submit
from tenure.records.invoicing.models import Invoice
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.usage.actions import Used, note_usage
from tenure.strategy.loading import PRESETS
from tests.act.documents.invoicing.requested import a_request
from tests.builders import AS_OF, AT, a_term
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.surfaces.portal.customers import a_customer as a_home
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def day(broadband: Warehouse) -> None:
    finish_day(broadband, a_customer())


def test_a_failed_invoice_is_tried_again_withdrawn_and_an_issued_one_made_out_anew(
    day: None, sign_in: SignIn
) -> None:
    client = sign_in("finance")
    failed, issued = a_request(), a_request()
    for one in (failed, issued):
        submit(one.pk, on=AS_OF, at=AT, by="test")
    settle_failed(failed.pk, why="no such title", on=AS_OF, at=AT, by="test")
    settle_issued(issued.pk, Issued("2633" + "0" * 16, AS_OF), at=AT, by="test")

    def decide(one: Invoice, verb: str) -> tuple[str, str]:
        path, form = f"/invoices/{one.pk}/decide", {"verb": verb}
        told = client.post(path, form, follow=True, headers=ENGLISH).content.decode()
        one.refresh_from_db()
        return one.state, told

    page = client.get("/invoices", headers=ENGLISH).content.decode()
    refused = decide(issued, "withdraw")
    again, gone = decide(failed, "retry"), decide(failed, "withdraw")
    decide(issued, "reissue")
    decide(issued, "reissue")

    assert all(one in page for one in ("Try again", "Withdraw", "Make out to the default title"))
    assert refused[0] == "issued"
    assert "Done." not in refused[1]
    assert (again[0], gone[0]) == ("requested", "withdrawn")
    assert Invoice.objects.get(kind="red").corrects == issued
    assert client.post(f"/invoices/{issued.pk}/decide", {"verb": "eat"}).status_code == 400
    assert sign_in("analyst").post(f"/invoices/{issued.pk}/decide").status_code == 403


def test_a_quote_is_issued_once_for_one_price_and_day(day: None, sign_in: SignIn) -> None:
    term, client = a_home(), sign_in("finance")
    form = {"account": term.account.external_id}

    for _ in range(2):
        told = client.post("/documents/quote", form, follow=True, headers=ENGLISH).content.decode()
    nobody = client.post("/documents/quote", {"account": "x"}, follow=True, headers=ENGLISH)

    quote = Document.objects.get(kind="quote")
    assert f"Issued: {quote.number}." in told
    assert "There is no customer with this number" in nobody.content.decode()
    assert client.get(f"/documents/{quote.pk}/file").content.startswith(b"%PDF")


def test_what_was_used_in_a_month_is_put_on_paper_once(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """BIL-05: tier by tier as it is charged; a month without use is told in a sentence."""
    finish_day(broadband, a_customer())
    apply(PRESETS / "saas", by="test", at=AT)
    version = PlanVersion.objects.get(plan__code="basic")
    term = a_term(plan_version=version, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1),
                  currency="USD")  # fmt: skip
    used = [Used(term.subscription_id, "api_calls", date(2026, 5, 10), 250_000)]
    note_usage(used, on=AS_OF, at=AT, by="test")
    client = sign_in("finance")
    form = {"account": term.account.external_id, "month": "2026-05"}

    for _ in range(2):
        told = client.post("/documents/statement", form, follow=True, headers=ENGLISH)
    empty = client.post(
        "/documents/statement", {**form, "month": "2026-04"}, follow=True, headers=ENGLISH
    )

    paper = Document.objects.get(kind="statement")
    assert f"Issued: {paper.number}." in told.content.decode()
    assert (paper.content["gross_minor"], paper.content["currency"]) == (6_000, "USD")
    assert 'role="status"' in empty.content.decode()
    assert client.post("/documents/statement", {**form, "month": "x"}).status_code == 400
    assert sign_in("analyst").post("/documents/statement", form).status_code == 403
