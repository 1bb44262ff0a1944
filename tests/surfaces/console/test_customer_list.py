"""The list of customers: what ends when, how likely it is lost, in three orders."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.kernel.clock import now
from tenure.records.billing.models import Payment
from tenure.records.subscriptions.models import Term
from tenure.surfaces.console import customer_list, paging
from tenure.understand.churn.models import Estimator
from tenure.warehouse.tables.understanding import HEALTH, RISKS
from tests.builders import AT, a_payment, a_term, an_account
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
MOST_QUERIES = 12


@pytest.fixture
def terms(broadband: Warehouse) -> list[Term]:
    """Three customers: the second ends first, the third is the likeliest to go; one is gone."""
    finish_day(broadband, a_customer())
    today = now().date()
    found = [
        a_term(account=an_account(name=name), ends_on=today + timedelta(days=days))
        for name, days in (("Ann Early", 30), ("Bo Soon", 3), ("Cy Risky", 60))
    ]
    gone = a_term(account=an_account(name="Di Gone"), ends_on=today - timedelta(days=90))
    Term.objects.filter(pk=gone.pk).update(state="lapsed", closed_on=today - timedelta(days=80))
    broadband.put(
        RISKS,
        *(
            {"term_id": term.pk, "p_lapse": p, "band": band}
            for term, p, band in zip(found, (0.10, 0.20, 0.70), (2, 2, 4), strict=True)
        ),
    )
    broadband.put(HEALTH, {"term_id": found[0].pk, "score": 81.4})
    return found


def order_of(page: str) -> list[str]:
    names = ("Ann Early", "Bo Soon", "Cy Risky", "Di Gone")
    return sorted((name for name in names if name in page), key=page.index)


@pytest.mark.parametrize("role", ["operator", "analyst"])
def test_a_customer_is_found_by_the_number_on_a_paper(
    terms: list[Term], sign_in: SignIn, role: str
) -> None:
    """Of an order, a payment, a contract or an invoice; in full, so that nobody is guessed."""
    payment = a_payment(term=terms[1])
    number = "PAY20260615000001"
    Payment.objects.filter(pk=payment.pk).update(number=number)
    client = sign_in(role)

    found = client.get("/customers", {"q": number}, headers=ENGLISH).content.decode()
    part = client.get("/customers", {"q": "PAY2026"}, headers=ENGLISH).content.decode()

    assert f'href="/customers/{terms[1].account_id}"' in found
    assert f'href="/customers/{terms[0].account_id}"' not in found
    assert f'href="/customers/{terms[1].account_id}"' not in part


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("newest", ["Di Gone", "Cy Risky", "Bo Soon", "Ann Early"]),
        ("ending", ["Bo Soon", "Ann Early", "Cy Risky"]),
        ("risk", ["Cy Risky", "Bo Soon", "Ann Early"]),
        ("nonsense", ["Di Gone", "Cy Risky", "Bo Soon", "Ann Early"]),
    ],
)
def test_customers_stand_in_an_order_with_what_matters_of_each(
    terms: list[Term], sign_in: SignIn, order: str, told: list[str]
) -> None:
    client = sign_in("operator")
    client.get("/customers")

    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/customers?order={order}", headers=ENGLISH).content.decode()

    assert len(asked) <= MOST_QUERIES, len(asked)
    assert order_of(page) == told
    assert "Critical 70 %" in page or "Critical 70%" in page
    assert ">81<" in page
    assert ("no running term" in page) == ("Di Gone" in told)


@pytest.mark.parametrize("order", ["newest", "ending", "risk"])
def test_pages_follow_one_another_without_a_gap(
    terms: list[Term], sign_in: SignIn, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customer_list, "PAGE_ROWS", 2)
    monkeypatch.setattr(paging, "PAGE_ROWS", 2)
    client, seen, link = sign_in("operator"), [], f"order={order}"
    while link:
        page = client.get(f"/customers?{link}", headers=ENGLISH).content.decode()
        seen += order_of(page)
        mark = page.partition(f'href="?order={order}&amp;before=')[2].partition('"')[0]
        link = f"order={order}&before={mark}" if mark else ""

    assert sorted(set(seen)) == sorted(seen)
    assert {"Ann Early", "Bo Soon", "Cy Risky"} <= set(seen)


@pytest.mark.parametrize("mark", ["x", "2026-13-40.1", "2026-01-01", "99999999999999999999", "-1"])
@pytest.mark.parametrize("order", ["newest", "ending", "risk"])
def test_a_mark_that_nobody_gave_is_no_failure(
    terms: list[Term], sign_in: SignIn, order: str, mark: str
) -> None:
    answer = sign_in("operator").get(f"/customers?order={order}&before={mark}")

    assert answer.status_code == 200


def test_an_average_of_the_plan_is_no_score(terms: list[Term], sign_in: SignIn) -> None:
    """PRD-01: where no estimator is better than chance, no page shows one customer as riskier."""
    Estimator.objects.create(
        kind="base_rate", as_of=AT.date(), trained_at=AT, n=10, data_hash="x", strategy_hash="x"
    )
    client = sign_in("operator")
    listed = client.get("/customers?order=risk", headers=ENGLISH).content.decode()

    assert "not better than chance; average of the plan 70" in listed
    assert "Critical" not in listed
    assert "this order says nothing about a single customer" in listed


def test_customers_are_searched_by_the_letters_of_their_names(
    terms: list[Term], sign_in: SignIn
) -> None:
    """R-U-030: by whoever sees people; others find by number alone."""
    for name in ("张伟", "李四"):
        an_account(name=name)

    owner, analyst = sign_in("owner"), sign_in("analyst")

    def found(client: Client, sought: str) -> str:
        return client.get("/customers", {"q": sought}).content.decode()

    assert "张伟" in found(owner, "zhangwei")
    assert "张伟" in found(owner, "ZW")
    assert "李四" not in found(owner, "zw")
    assert "<tbody>" not in found(analyst, "zhangwei")
