"""The page of the metrics: figures with their definitions, months that add up, files to take."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pyarrow import BufferReader

from tenure.kernel.periods import add_months
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.states import TermState
from tenure.surfaces.console.metrics_page import Chosen, Line, MetricsPage, chart_of
from tenure.surfaces.console.templatetags.tenure_metrics import (
    metric_caution,
    metric_mind,
    metric_value,
)
from tenure.surfaces.console.views import metrics as views
from tenure.understand.metrics import queries
from tenure.understand.metrics.actions import fill
from tenure.understand.metrics.behind import OPENED, rows_behind
from tenure.understand.metrics.exports import rows_of
from tenure.understand.metrics.models import CohortMonth, MetricValue
from tenure.understand.metrics.queries import share_of
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


@pytest.mark.parametrize("metric", sorted(OPENED))
def test_a_figure_opens_the_rows_that_add_up_to_it(get: Get, sign_in: SignIn, metric: str) -> None:
    """R-M-022: what the rows add is exactly the figure's parts; analysts see no customers."""
    value = MetricValue.objects.get(metric=metric, as_of=AS_OF, slice_by="")
    found = rows_behind(metric, as_of=AS_OF, strategy=current().at(AS_OF))
    operator = sign_in("operator")

    page = operator.get(f"/figures/{metric}/rows", headers=ENGLISH)
    file = operator.get(f"/figures/{metric}/rows.csv").content.decode("utf-8-sig")

    num, den = sum(one.num for one in found), sum(one.den for one in found)
    assert value.num is not None
    assert value.den
    if den:
        assert num * value.den == pytest.approx(value.num * den)
    else:
        assert num == pytest.approx(value.num / value.den)
    assert len(found) == len(file.splitlines()) - 1 > 0
    assert page.status_code == 200
    assert "All together" in text_of(page.content.decode())
    assert get(f"/figures/{metric}/rows").status_code == 403


def test_sums_are_those_of_every_row_not_of_those_shown(
    filled: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-U-041: six customers, of whom two are shown."""
    monkeypatch.setattr(views, "ROWS_SHOWN", 2)

    page = sign_in("operator").get("/figures/customers/rows", headers=ENGLISH)

    text = text_of(page.content.decode())
    assert "6 rows stand behind this figure" in text
    assert "The first 2 are shown" in text
    assert "All together 6" in text


@translation.override("en")
def test_a_rate_with_fewer_than_five_behind_it_is_hidden_and_one_below_thirty_marked() -> None:
    """R-M-023: on pages, in charts and small lines, and in files."""
    metric = METRICS["renewal_rate"]

    def value(rows: int, *, ago: int = 0) -> MetricValue:
        on = AS_OF - timedelta(days=ago)
        return MetricValue(
            metric=metric.id, version=1, as_of=on, num=1, den=rows, rows=rows, low=0.1, high=0.9
        )

    few, some, enough = value(4), value(5), value(30)

    assert metric_value(metric, few, "CNY") == "—"
    assert metric_value(metric, some, "CNY") != "—"
    assert "too few" in str(metric_caution(few))
    assert "below 30" in str(metric_caution(some))
    assert metric_caution(enough) == ""
    assert "too few" in metric_mind(metric, few)
    assert metric_mind(METRICS["mrr_churn"], few) == ""
    assert share_of(few) is None
    points = [value(40, ago=3), value(50, ago=2), value(4, ago=1), value(40)]
    chart = chart_of(metric, points, currency="CNY")
    assert chart is not None
    assert len(chart["x"]) == len(chart["lo"]) == 3
    assert len(Line(metric, None, tuple(points), None).spark.split()) == 3


@pytest.mark.django_db
def test_a_hidden_rate_is_hidden_in_files_too() -> None:
    """R-M-023."""
    MetricValue.objects.create(
        metric="renewal_rate", version=1, as_of=AS_OF, num=1, den=4, rows=4, low=0.1, high=0.9
    )

    [row] = rows_of(AS_OF, language="en")

    assert (row["value"], row["low"], row["high"], row["n"]) == ("", None, None, 4)


def test_a_changed_definition_is_a_new_version_with_a_line_where_it_breaks() -> None:
    """R-M-020: one registry; the chart says from where on numbers mean something else."""
    metric = replace(METRICS["renewal_rate"], version=2)
    points = [
        MetricValue(
            metric=metric.id, version=1 + (ago < 2), as_of=AS_OF - timedelta(days=ago),
            num=1, den=40, rows=40,
        )
        for ago in (3, 2, 1, 0)
    ]  # fmt: skip

    chart = chart_of(metric, points, currency="CNY")
    same = chart_of(metric, points[:2], currency="CNY")

    assert chart is not None
    assert same is not None
    assert chart["notes"] == [{"x": (AS_OF - timedelta(days=1)).isoformat(), "text": "v2"}]
    assert "notes" not in same


def test_a_number_stands_beside_the_period_and_the_year_before(get: Get) -> None:
    """R-U-042: definition and formula, rows behind it, what it was before, and the chart's file."""
    month = get("/figures/mrr_churn").content.decode()
    for ago, num in ((30, 30), (365, 10)):
        on = add_months(AS_OF, -12) if ago == 365 else AS_OF - timedelta(days=ago)
        MetricValue.objects.update_or_create(
            metric="renewal_rate", as_of=on, slice_by="", slice_value="",
            defaults={"version": 1, "num": num, "den": 40, "rows": 40},
        )  # fmt: skip

    day = text_of(get("/figures/renewal_rate").content.decode())
    file = get("/figures/renewal_rate/points.csv").content.decode("utf-8-sig").splitlines()

    assert "The month before" in month
    assert "The same month last year" in month
    assert 'data-action="picture"' in month
    assert f"30 days before 75% {AS_OF - timedelta(days=30)}" in day.replace("75.0%", "75%")
    assert f"The same day last year 25% {add_months(AS_OF, -12)}" in day.replace("25.0%", "25%")
    assert file[0] == "as_of,version,value,num,den,n"
    assert f"{AS_OF - timedelta(days=30)},1,0.750000,30,40,40" in file
    assert get("/figures/nothing/points.csv").status_code == 404
