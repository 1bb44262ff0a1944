"""MET-13, MET-14, SEG-06, SEG-07, HLT-01: the pages beside the segments."""

from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tenure.records.strategies.queries import current
from tenure.strategy.health import Basis
from tenure.surfaces.console.views.health import SetCard
from tenure.understand.features.registry import FEATURES
from tenure.understand.health.models import HealthStudy
from tenure.understand.health.studying import study
from tenure.understand.segments.actions import fill
from tenure.warehouse.engines import open_engine
from tenure.warehouse.fills import Filled, complete
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import Customer, a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import TODAY, finish_day
from tests.understand.features.literal import an_event
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def one(broadband: Warehouse) -> Customer:
    found = a_customer(active_days_30=3, nps_last=4, csat_last=2, complaints_180=1)
    finish_day(broadband, found)
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=1, at=AT)
    event = an_event(3, "Feature Used", account_id=-1, feature="cloud_space")
    broadband.put_events({event["day"]: [event]})
    fill(as_of=AS_OF, at=AT)
    return found


def page(client: Client, address: str) -> str:
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == 200, answer.headers
    return answer.content.decode()


def test_the_score_stands_beside_what_came_of_it(one: Customer, sign_in: SignIn) -> None:
    client = sign_in("operator")
    with open_engine(threads=1) as engine:
        study(current().at(AS_OF), as_of=AS_OF, at=AT, engine=engine)

    told, drafted = page(client, "/health"), page(client, "/health?w.usage=900&line=70")

    assert "0 terms were scored and have ended" in told
    assert "No term that was scored has come to its end yet." in told
    assert 'id="below-then">1<' in drafted
    assert "whole numbers" in page(client, "/health?w.usage=many")


def test_what_became_of_past_scores_is_drawn(one: Customer, sign_in: SignIn) -> None:
    """H2, H3: tenths with n and interval, and the lines at which acting pays."""
    client, score_set = sign_in("operator"), current().at(AS_OF).health.sets[0]
    tenth = {"low": 10.0, "high": 30.0, "n": 40, "renewed": 25, "mean": 21.5, "share": 0.625,
             "least": 0.4703, "most": 0.7581}  # fmt: skip
    line = {"line": 40.0, "below": 0.25, "net": 0.0312, "treat_all": -0.2, "is_offered": True}
    with open_engine(threads=1) as engine:
        study(current().at(AS_OF), as_of=AS_OF, at=AT, engine=engine)
    HealthStudy.objects.filter(set_id=score_set.id).update(
        n=40,
        renewed=25,
        figures={"auc": 0.71, "tenths": [tenth], "learned_tenths": [tenth], "curve": [line]},
        weights={part.id: 20.0 for part in score_set.components},
    )

    written = page(client, "/health")
    card = SetCard(replace(score_set, basis=Basis.LEARNED), HealthStudy.objects.first())
    learned = render_to_string("console/health/_set.html", {"card": card})

    for drawn in (written, learned):
        assert ">10–30</th>" in drawn
        assert 'width="62.5"' in drawn
    assert "0.0312" in learned
    assert "0.0312" not in written


def test_three_drivers_by_segment_and_on_the_customer(one: Customer, sign_in: SignIn) -> None:
    """MET-13: each with its signals, and with what works on it."""
    client = sign_in("operator")

    told, customer = (
        page(client, "/health/drivers"),
        page(client, f"/customers/{one.term.account_id}"),
    )

    # 0.45 · 30 + 0.25 · 22.5 + 0.30 · 50 = 34.1
    assert "<b>34</b>" in told
    assert "What works on it:" in told
    assert "Low frequency" in told
    assert "Emotion" in customer


def test_low_use_says_what_lies_idle_and_gives_the_list(one: Customer, sign_in: SignIn) -> None:
    client = sign_in("operator")

    told, sheet = page(client, "/health/low-use"), page(client, "/health/low-use.csv")

    assert "100 GB family cloud" in told
    assert "not once in 90 days" in told
    assert f",{one.term.pk}," in sheet


def test_high_use_has_a_page_and_a_list_of_its_own(one: Customer, sign_in: SignIn) -> None:
    """SEG-07: nobody here uses much, and the page says so instead of naming somebody."""
    client = sign_in("operator")

    told = page(client, "/health/high-use")

    assert "Nobody of this segment is among the fifth" in told
    assert page(client, "/health/high-use.csv") == ""


def test_benefits_name_what_is_not_measured(one: Customer, sign_in: SignIn) -> None:
    client = sign_in("operator")

    told, sheet = page(client, "/health/benefits"), page(client, "/health/benefits.csv")

    assert "not measured" in told
    assert "a randomised experiment would" in told
    assert "cloud_space" in sheet


def test_a_segment_says_what_it_gets_and_why(one: Customer, sign_in: SignIn) -> None:
    """SEG-06, SEG-08, SEG-09: channels, content, incentive step, plan, service, and plays."""
    client = sign_in("operator")

    silent, elderly = page(client, "/segments/silent"), page(client, "/segments/elderly_light")

    assert "only a call finds the reason" in silent
    assert "A call to the silent" in silent
    assert "Phone" in elderly
    assert "bills in large print" in elderly
