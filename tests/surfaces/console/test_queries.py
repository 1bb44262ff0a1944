"""No page asks the database more than a dozen times, however much there is to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern

from tenure.act.benefits.trials import start_trial
from tenure.decide.proposals.actions import propose
from tenure.records.loyalty.actions import Earned, Moment, earn
from tenure.records.subscriptions.states import TermState
from tenure.surfaces.console.urls import urlpatterns
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.actions import fill
from tenure.warehouse.fills import Filled, complete
from tests.act.decisions import a_decision
from tests.builders import AS_OF, AT, a_consent, a_subscription, a_term, a_todo, primary_person
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_today import MOST_QUERIES
from tests.surfaces.days import TODAY, finish_day
from tests.understand.warehouses import Warehouse

# A dry run plans and judges a whole day: more questions, however many steps and customers.
WORKED_OUT = ("/journeys/dry-run", "/journeys/dry-run.csv")
# Pages that need nothing named, beside those that only take deeds.
PAGES = sorted(
    f"/{one.pattern}"
    for one in urlpatterns
    if isinstance(one, URLPattern) and "<" not in str(one.pattern) and one.name not in {
        "login", "logout"
    }
)  # fmt: skip


@pytest.fixture
def busy(broadband: Warehouse) -> int:
    """A finished day, three customers, and to-dos for whoever is here and whoever left."""
    finish_day(broadband, *(a_customer() for _ in range(3)))
    for ago in range(4):
        a_todo(term=a_term(ends_on=AS_OF + timedelta(days=20 + ago)))
        gone = a_term(
            ends_on=AS_OF - timedelta(days=60 + ago),
            closed_on=AS_OF - timedelta(days=60 + ago),
            state=TermState.LAPSED,
        )
        last = a_todo(term=gone)
    return last.pk


@pytest.mark.slow
def test_no_page_asks_more_than_a_dozen_times(busy: int, sign_in: SignIn) -> None:
    client = sign_in("owner")
    asked = {}
    for page in PAGES:
        with CaptureQueriesContext(connection) as made:
            answer = client.get(page)
        if answer.status_code == 200:
            asked[page] = len(made)

    assert len(asked) > 20
    read = {page: count for page, count in asked.items() if page not in WORKED_OUT}
    assert {page: count for page, count in read.items() if count > MOST_QUERIES} == {}


@pytest.fixture
def counted(broadband: Warehouse) -> int:
    """Five customers in a segment who agreed to be told of; one has points and tries something."""
    customers = [a_customer() for _ in range(5)]
    finish_day(broadband, *customers)
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=1, at=AT)
    fill(as_of=AS_OF, at=AT)
    for one in customers:
        a_consent(person=primary_person(one.term.account), purpose="sharing", channel="email")
    term = customers[0].term
    points = Earned(term.account_id, "payment:P-7", 1_288, AS_OF + timedelta(days=300), 128_800)
    earn(points, now=Moment(AS_OF, AT, "loop"))
    start_trial(term.subscription_id, "game_lane", on=AS_OF, at=AT, by="customer")
    return term.account_id


def test_pages_of_one_thing_ask_at_most_a_dozen_times(counted: int, sign_in: SignIn) -> None:
    """DAT-02, SEG-02, CHN-07, MET-14: what a customer was given, a segment's list and audiences."""
    client, asked = sign_in("owner"), {}
    for page in (
        f"/customers/{counted}/given",
        "/segments/yearly/list.csv",
        "/segments/yearly/audience",
        "/health/benefits",
    ):
        # What a process asks once in its life is asked before.
        client.get(page)
        with CaptureQueriesContext(connection) as made:
            answer = client.get(page, headers={"Accept-Language": "en"})
        assert answer.status_code == 200
        asked[page] = len(made)
    given = client.get(f"/customers/{counted}/given", headers={"Accept-Language": "en"})

    assert "1,288</b> points" in given.content.decode()
    assert {page: count for page, count in asked.items() if count > MOST_QUERIES} == {}


@pytest.mark.slow
def test_plans_of_many_customers_cost_no_more_questions(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """AI-01: ten plans that wait, each with the ways in which its customer may be reached."""
    customers = [a_customer() for _ in range(10)]
    finish_day(broadband, *customers)
    for one in customers:
        propose(one.term.pk, as_of=AS_OF, at=AT, by="user:ann")
    client = sign_in("owner")
    with CaptureQueriesContext(connection) as made:
        page = client.get("/plans").content.decode()

    assert all(f"/customers/{one.term.account_id}" in page for one in customers)
    assert len(made) <= MOST_QUERIES


@pytest.mark.parametrize("customers", [3, 12])
def test_a_dry_run_asks_no_more_for_more_customers(
    broadband: Warehouse, sign_in: SignIn, customers: int
) -> None:
    finish_day(broadband, *(a_customer() for _ in range(customers)))
    client = sign_in("owner")
    for page in WORKED_OUT:
        client.get(page)
        with CaptureQueriesContext(connection) as made:
            assert client.get(page).status_code == 200
        assert len(made) <= 29, len(made)


def test_what_lies_ahead_of_a_customer_asks_few_times_a_step(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """TOP-09: what is written or decided already is asked once, not for each step."""
    one = a_customer()
    finish_day(broadband, one)
    client = sign_in("owner")
    client.get(f"/customers/{one.term.account_id}/ahead")
    with CaptureQueriesContext(connection) as made:
        page = client.get(f"/customers/{one.term.account_id}/ahead")

    assert page.status_code == 200
    looked_up = [one["sql"] for one in made if '"send_key" IN (' in one["sql"]]
    assert len(looked_up) == 1
    assert len(made) <= 40, len(made)


def test_a_script_of_somebody_who_left_is_written_from_a_few_readings(
    busy: int, sign_in: SignIn
) -> None:
    """CHN-04: with the price that the offer for those who return makes (WIN-01)."""
    client = sign_in("owner")
    with CaptureQueriesContext(connection) as made:
        answer = client.get(f"/todos/{busy}/script")

    assert answer.status_code == 200
    assert "tn-script" in answer.content.decode()
    assert len(made) <= MOST_QUERIES, len(made)


def test_a_script_asks_a_dozen_times_with_a_long_past_and_a_decision(
    busy: int, sign_in: SignIn
) -> None:
    """CHN-04, WIN-01: a chain of four years that ended, and an offer decided for it."""
    contract = a_subscription(started_on=AS_OF - timedelta(days=4 * 365 + 60))
    for years in range(4, 0, -1):
        ends_on = AS_OF - timedelta(days=60 + 365 * (years - 1))
        last = a_term(
            subscription=contract,
            ends_on=ends_on,
            state=TermState.RENEWED if years > 1 else TermState.LAPSED,
        )
    todo = a_todo(term=last)
    decided = a_decision(term=last)
    plain = {"script": {}, "decision_id": decided.pk, "template": "ends_soon"}
    type(todo).objects.filter(pk=todo.pk).update(**plain)
    client = sign_in("owner")
    client.get(f"/todos/{busy}/script")
    with CaptureQueriesContext(connection) as made:
        answer = client.get(f"/todos/{todo.pk}/script", headers={"Accept-Language": "en"})

    assert answer.status_code == 200
    assert "¥" in answer.content.decode()
    assert "You may offer" in answer.content.decode()
    assert len(made) <= MOST_QUERIES, [one["sql"][:90] for one in made]
    assert client.get("/todos/999999/script").status_code == 404
