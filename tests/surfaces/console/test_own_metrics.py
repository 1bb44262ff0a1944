"""The pages on which operators define, hold against, and compute what if."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tenure.records.journal.models import Entry
from tenure.records.planning.models import Spending, Yardstick
from tenure.understand.metrics.actions import fill
from tenure.understand.metrics.models import MetricAlert, MetricValue, OwnMetric
from tenure.warehouse.snapshots import take
from tests.builders import AS_OF, AT, a_term
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_today import text_of
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
FORMULA = {"key": "arpa_year", "name_en": "A year each", "formula": "arpu * 12", "unit": "minor"}


@pytest.fixture
def operator(broadband: Warehouse, sign_in: SignIn) -> Any:
    """Somebody who may act, on a finished day with one customer."""
    finish_day(broadband)
    a_term()
    take(as_of=AS_OF, at=AT)
    fill(as_of=AS_OF, at=AT)
    return sign_in("operator")


def post(operator: Any, path: str, content: Mapping[str, str]) -> str:
    answer = operator.post(f"/figures/own/{path}", content, headers=ENGLISH, follow=True)
    return text_of(answer.content.decode())


def test_a_formula_is_saved_or_its_mistake_is_named(operator: Any) -> None:
    """DAT-05: a clear error keeps what was written; a good formula is charted at once."""
    wrong = post(operator, "save", {**FORMULA, "formula": "arpu * twelve"})
    assert "“twelve” in the formula is no metric" in wrong
    assert not OwnMetric.objects.exists()

    right = post(operator, "save", FORMULA)
    page = text_of(operator.get("/figures/arpa_year", headers=ENGLISH).content.decode())

    assert "Version 1 is saved." in right
    assert "arpu * 12" in page
    assert MetricValue.objects.filter(metric="arpa_year").count() == 1
    post(operator, "arpa_year/retire", {})
    assert operator.get("/figures/arpa_year").status_code == 404


def test_a_benchmark_needs_a_source_and_says_when_n_is_too_small(operator: Any) -> None:
    """MET-09: no number without who says so; a gap only where it can be seen."""
    held = {"kind": "benchmark", "metric": "grr", "value": "92 %", "source": ""}
    assert "Say where it comes from" in post(operator, "yardstick", held)
    assert not Yardstick.objects.exists()

    text = post(operator, "yardstick", {**held, "source": "Annual report of Big Net 2025"})

    assert "Annual report of Big Net 2025" in text
    assert "92.0%" in text
    assert "We have no such number yet." in text or "Too few to say" in text
    target = {"kind": "target", "metric": "mrr", "value": "100", "source": "board"}
    post(operator, "yardstick", target)
    revenue = text_of(operator.get("/figures?group=revenue", headers=ENGLISH).content.decode())
    assert "¥100" in revenue
    assert Entry.objects.filter(kind="yardstick.entered").count() == 2


def test_stickiness_and_lifetime_stand_beside_their_target_and_trend(operator: Any) -> None:
    """MET-15: interaction frequency and mean customer lifetime, each with a target and a trend."""
    for metric, unit in (("stickiness", "50 %"), ("mean_lifetime", "36")):
        MetricValue.objects.filter(metric=metric).delete()
        for days, value in ((30, 25), (0, 40)):
            MetricValue.objects.create(
                metric=metric, version=1, as_of=AS_OF - timedelta(days=days), slice_by="",
                slice_value="", num=value, den=100 if metric == "stickiness" else 1, rows=100,
            )  # fmt: skip
        target = {"kind": "target", "metric": metric, "value": unit, "source": "board"}
        post(operator, "yardstick", target)

    told = text_of(operator.get("/figures?group=customers", headers=ENGLISH).content.decode())
    sticky = text_of(operator.get("/figures/stickiness", headers=ENGLISH).content.decode())

    assert "40.0%" in told
    assert "50.0%" in told
    assert "36" in told
    assert "25.0%" in sticky
    assert "40.0%" in sticky


def test_spending_gives_the_cost_of_a_customer_from_the_next_night(operator: Any) -> None:
    """MET-04: by channel, over twelve whole months; nothing where nobody was won."""
    spent = {"channel": "web", "month": "2026-03", "amount": "5000.00"}

    post(operator, "spending", spent)
    post(operator, "spending", {**spent, "amount": "6000.00"})
    fill(as_of=AS_OF, at=AT)

    assert Spending.objects.get().amount_minor == 600_000
    values = {one.metric: one for one in MetricValue.objects.filter(as_of=AS_OF, slice_by="")}
    assert (values["acquisition_spend"].num, values["customers_won"].num) == (600_000, 1)
    assert (values["cac"].num, values["cac"].den) == (600_000, 1)
    assert "is not an amount" in post(operator, "spending", {**spent, "amount": "much"})


def test_what_if_answers_in_the_open(operator: Any) -> None:
    """MET-11, BUD-01: the pair of the saying is only an example input."""
    text = text_of(operator.get("/figures/what-if", headers=ENGLISH).content.decode())
    wrong = text_of(operator.get("/figures/what-if?margin=x", headers=ENGLISH).content.decode())

    assert "Change 10.0%" in text
    assert "The last unit brings" in text
    assert "“x” is no number." in wrong


def test_a_change_beyond_noise_is_shown_with_its_slice(operator: Any) -> None:
    """MET-08: each alert links to the driving segment."""
    MetricAlert.objects.create(
        metric="renewal_rate", as_of=AS_OF, before=0.9, now=0.7, z=-5.0,
        driver_by="plan", driver_value="home_100",
    )  # fmt: skip

    page = operator.get("/figures", headers=ENGLISH).content.decode()

    assert "Changed beyond noise" in page
    assert "?slice=plan:home_100" in page


def test_analysts_read_and_change_nothing(broadband: Warehouse, sign_in: SignIn) -> None:
    finish_day(broadband)

    answer = sign_in("analyst").post("/figures/own/save", FORMULA)

    assert answer.status_code == 403
    assert not OwnMetric.objects.exists()
