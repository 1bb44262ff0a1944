"""OFR-08, OFR-09: whoever hesitates is offered days, takes them by one tap, once a term."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.kernel.clock import now
from tenure.records.billing.orders.models import Order
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Subscription, Term
from tests.act.decisions import a_decision
from tests.builders import a_node, an_incident, day
from tests.surfaces.portal.customers import ENGLISH, a_customer, by_link, signed_in
from tests.surfaces.portal.test_home import MOST_QUERIES


def offered(term: Term, *, days: int = 7, **more: Any) -> None:
    """What the risk of losing this customer led to (OFR-09)."""
    about = {"price_minor": 82_800, "list_price_minor": 82_800, "extension_days": days}
    a_decision(term=term, action="extra_week", step="t3", **{**about, **more})


@pytest.mark.parametrize("way", [by_link, signed_in])
def test_the_days_of_the_letter_are_taken_by_one_tap(broadband: object, way: Any) -> None:
    """Pressed twice they are given once; nothing is charged, and the journal tells it."""
    term = a_customer(language="en")
    offered(term)
    client = way(term, headers=ENGLISH)
    renewal = client.get("/my/renew", {"contract": term.subscription_id, "term": term.pk})
    assert "Take 7 more days" in renewal.content.decode()

    for _ in range(2):
        answer = client.post("/my/more-days", {"contract": term.subscription_id}, follow=True)

    told = answer.content.decode()
    assert "Your contract now runs through 14 July 2026. Nothing was charged." in told
    assert "29 days left" in told
    assert "more days are yours" not in told
    term.refresh_from_db()
    assert (term.extended_days, term.ends_on) == (7, day(30))
    assert Entry.objects.filter(kind="term.extended").count() == 1
    assert Order.objects.count() == 0


@pytest.mark.parametrize("more", [{}, {"valid_until": day(-1)}, {"outcome": "withheld"}])
def test_days_that_are_not_offered_are_not_given(term: Term, more: dict[str, Any]) -> None:
    if more:
        offered(term, **{**({"days": 0} if "outcome" in more else {}), **more})

    client = signed_in(term, headers=ENGLISH)
    page = client.get("/my").content.decode()
    told = client.post("/my/more-days", {"contract": term.subscription_id}, follow=True)

    assert "more day" not in page
    assert "its end did not move and nothing was charged" in told.content.decode()
    before = term.ends_on
    term.refresh_from_db()
    assert (term.extended_days, term.ends_on) == (0, before)


def test_nobody_takes_the_days_of_somebody_else(term: Term) -> None:
    offered(term)
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")

    answer = signed_in(other).post("/my/more-days", {"contract": term.subscription_id})

    assert answer.status_code == 404
    term.refresh_from_db()
    assert term.extended_days == 0


@pytest.mark.parametrize("way", [by_link, signed_in])
@pytest.mark.parametrize("path", ["/my", "/my/renew"])
def test_the_busiest_customer_costs_no_more_than_a_dozen_questions(
    term: Term, way: Any, path: str
) -> None:
    """*Numbers*: three years that earn a price, offers that stand, free days, and a fault."""
    Term.objects.filter(pk=term.pk).update(number=3)
    Subscription.objects.filter(pk=term.subscription_id).update(started_on=day(-1_073))
    offered(term)
    a_decision(term=term, list_price_minor=82_800, price_minor=72_800)
    an_incident(node=a_node(serves=term.subscription), started_at=now() - timedelta(hours=1))
    client = way(term)
    client.get(path)

    with CaptureQueriesContext(connection) as asked:
        page = client.get(path).content.decode()

    assert "728.00" in page
    assert len(asked) <= MOST_QUERIES, [query["sql"][:200] for query in asked.captured_queries]
