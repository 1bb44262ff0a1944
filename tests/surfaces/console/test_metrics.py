"""The page of the metrics: figures with their definitions, months that add up, files to take."""

import json
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from pyarrow import BufferReader

from tenure.records.subscriptions.states import TermState
from tenure.surfaces.console.metrics_page import Chosen, MetricsPage
from tenure.understand.metrics import queries
from tenure.understand.metrics.actions import fill
from tenure.understand.metrics.models import CohortMonth
from tenure.understand.metrics.registry import METRICS
from tenure.warehouse.snapshots import take
from tests.builders import AS_OF, AT, a_term
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_today import MOST_QUERIES, text_of
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

type Get = Callable[[str], HttpResponse]

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def filled(broadband: Warehouse) -> None:
    """Seven customers, one of whom is gone, and a finished night."""
    finish_day(broadband)
    for ago in (400, 300, 200, 100, 50, 20):
        a_term(starts_on=AS_OF - timedelta(days=ago), ends_on=AS_OF + timedelta(days=40))
    a_term(
        starts_on=AS_OF - timedelta(days=380),
        ends_on=AS_OF - timedelta(days=15),
        closed_on=AS_OF,
        end_kind="voluntary",
        state=TermState.CANCELLED,
    )
    take(as_of=AS_OF, at=AT)
    fill(as_of=AS_OF, at=AT)


@pytest.fixture
def get(filled: None, sign_in: SignIn) -> Get:
    """Pages as an analyst reads them in English."""
    client = sign_in("analyst")
    return lambda path: client.get(path, headers=ENGLISH)  # type: ignore[return-value]


def test_every_number_opens_its_definition_formula_and_n(filled: None, sign_in: SignIn) -> None:
    """TOP-19, DAT-05: in both languages, in at most a dozen queries."""
    client = sign_in("analyst")
    with CaptureQueriesContext(connection) as made:
        english = text_of(client.get("/figures", headers=ENGLISH).content.decode())
    chinese = text_of(
        client.get("/figures", headers={"Accept-Language": "zh-Hans"}).content.decode()
    )

    assert len(made) <= MOST_QUERIES
    assert "Monthly recurring revenue" in english
    assert "Formula Σ price ÷ months" in english
    assert "Example 999.00 a year = 83.25 a month" in english
    assert "Definition mrr v1 · G06" in english
    assert "Lost by their own choice" in english
    assert "月度经常性收入" in chinese


@pytest.mark.parametrize("group", ["renewal", "revenue", "customers", "voice", "value"])
def test_each_group_lists_its_metrics(get: Get, group: str) -> None:
    text = text_of(get(f"/figures?group={group}&months=24").content.decode())

    for metric in METRICS.values():
        if metric.group == group:
            assert metric.name.en in text, metric.id


def test_shown_months_add_up_to_the_minor_unit(filled: None) -> None:
    """STD-01: what the table shows, not only what is stored."""
    page = MetricsPage(
        AS_OF, "CNY", Chosen(), queries.headline(as_of=AS_OF),
        queries.series(as_of=AS_OF, months=24), queries.cohorts(), {},
    )  # fmt: skip

    assert len(page.bridge) == 24
    for before, after in pairwise(page.bridge):
        assert after.amounts["start"] == before.amounts["end"]
    for month in page.bridge:
        steps = sum(month.columns)
        assert month.amounts["start"] + steps == month.amounts["end"]
    assert page.bridge[-1].amounts["churn"] < 0


def test_a_slice_and_one_metric_have_pages_of_their_own(get: Get) -> None:
    """MET-02: by plan, region, channel, manager and cohort."""
    place = queries.slice_values(as_of=AS_OF, slices=("plan",))[0]
    whole = text_of(get(f"/figures?slice={place[0]}:{place[1]}").content.decode())
    one = text_of(get("/figures/mrr_churn").content.decode())

    assert "Moved here" in whole
    assert "Σ start, end = 0" in one
    assert f"Plan {place[1]}" in one
    assert "Used by" in one
    assert get("/figures/nothing").status_code == 404


def test_the_cohorts_say_how_customers_were_lost(filled: None) -> None:
    """STD-02: the three kinds of loss apart, and the map pools months of a quarter."""
    cells = list(CohortMonth.objects.filter(lost_voluntary__gt=0))

    page = MetricsPage(AS_OF, "CNY", Chosen(), {}, {}, queries.cohorts(), {})

    assert {(one.lost_voluntary, one.lost_involuntary, one.lost_lapse) for one in cells} == {
        (1, 0, 0)
    }
    assert sum(row.customers for row in page.quarters.rows) == 7
    lost = [row for row in page.quarters.rows if row.newest and row.newest.lost[0]]
    assert len(lost) == 1


def test_all_metrics_can_be_taken_away(get: Get) -> None:
    """DAT-05: the three forms hold the same rows."""
    as_json = json.loads(get("/figures/export.json").content)
    parquet = pq.read_table(BufferReader(get("/figures/export.parquet").content))
    as_csv = get("/figures/export.csv").content.decode("utf-8-sig")

    assert parquet.num_rows == len(as_json) == len(as_csv.splitlines()) - 1
    customers = next(one for one in as_json if one["metric"] == "customers" and not one["slice"])
    assert Fraction(customers["num"], customers["den"]) == 6
    assert get("/figures/export.exe").status_code == 404
