"""The page of the day: what it says, from what it is said, and what it costs (design 01)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tenure.prove.readouts.models import Readout
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.states import TermState
from tenure.surfaces.console.briefing import Ended, briefing
from tenure.surfaces.console.today_page import Forecast, TodayPage
from tenure.understand.forecast.models import ForecastWeek
from tenure.understand.metrics.models import MetricValue
from tests.builders import AS_OF, a_node, a_term, a_todo, an_incident, day
from tests.decide.decisions.deciding import Customer, a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import MORNING, STAGES, finish_day
from tests.understand.warehouses import Warehouse

MOST_QUERIES = 12


def text_of(html: str) -> str:
    """What a reader reads, with one space between pieces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def a_metric(metric: str, num: int, den: int, **given: Any) -> MetricValue:
    defaults = {"version": 1, "as_of": AS_OF, "rows": den, "low": 0.8, "high": 0.9}
    return MetricValue.objects.create(metric=metric, num=num, den=den, **{**defaults, **given})


def a_readout(verdict: str, **given: Any) -> Readout:
    return Readout.objects.create(
        experiment_key="holdout",
        subject="treated",
        control="holdout",
        as_of=AS_OF,
        matured_until=day(-15),
        arms={"treated": {"terms": 900, "renewed": 800}, "holdout": {"terms": 50, "renewed": 40}},
        verdict=verdict,
        srm_p=0.4,
        srm="fine",
        has=950,
        needs=3_000,
        least_effect=0.02,
        currency="CNY",
        read_at=MORNING,
        **given,
    )


def a_full_day(warehouse: Warehouse, *, callers: int = 3) -> list[Customer]:
    """Callers who are due, one term renewed and one not yesterday, a fault, a to-do."""
    customers = [a_customer(p_lapse=0.4, marketing_consent=0) for _ in range(callers)]
    a_term(ends_on=AS_OF, state=TermState.RENEWED)
    a_term(ends_on=AS_OF, state=TermState.GRACE)
    a_term(cancel_asked_on=AS_OF, state=TermState.CANCELLING)
    an_incident(node=a_node(serves=customers[0].term.subscription))
    a_todo(term=customers[0].term)
    a_metric("renewal_rate_recent", 131, 150, provisional=True)
    a_metric("renewal_rate_recent", 129, 150, as_of=AS_OF - timedelta(days=7))
    a_metric("logo_churn", 3, 268)
    finish_day(warehouse, *customers)
    return customers


def test_the_day_is_told_in_one_sentence(broadband: Warehouse, sign_in: SignIn) -> None:
    a_full_day(broadband)

    chinese = text_of(
        sign_in("owner").get("/", headers={"Accept-Language": "zh-Hans"}).content.decode()
    )
    english = text_of(
        sign_in("operator").get("/", headers={"Accept-Language": "en"}).content.decode()
    )

    assert "今日 6 月 16 日 周二" in chinese
    assert (
        "昨日到期 2 户，已续 1 户。先看“光缆中断”：受影响用户中有 1 户将在 30 天内到期，"
        "营销触达已自动暂停。"
    ) in chinese
    assert (
        "Yesterday 2 terms ended, of which 1 are renewed. Look at “Fibre cut” first: of those "
        "affected, 1 end within 30 days. Marketing to them has paused by itself."
    ) in english


def test_figures_carry_their_caveat_and_their_definition(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    a_full_day(broadband)

    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert "87.3 % ▲ 1.3 provisional, grace days run" in text
    assert "Formula renewed so far ÷ due Here 131 ÷ 150 n 150 95% interval 80.0% – 90.0%" in text
    assert "1.12 % 3 customers in 30 days" in text
    assert "Gross revenue retention" in text
    assert "— too few behind it to show" in text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "— Nothing was compared yet."),
        (
            {"verdict": "too_early"},
            "— Too early: no term has ended and passed its waiting days in both groups yet.",
        ),
        (
            {"verdict": "too_few", "renewals": 9.4, "renewals_low": -182.0, "renewals_high": 182.2},
            "+9 95% interval −182 to +182 0 Too few: 950 customers so far, and it takes 3,000 to "
            "see a change of 2 percentage points.",
        ),
        (
            {"verdict": "uneven", "renewals": 9.4, "renewals_low": 1.0, "renewals_high": 2.0},
            "— The groups do not have the promised sizes (p = 0.4), so nothing here can be trusted",
        ),
    ],
)
def test_the_effect_is_an_interval_or_an_honest_refusal(
    broadband: Warehouse, sign_in: SignIn, given: dict[str, Any] | None, shown: str
) -> None:
    """TOP-04, ROI-01: no number without its interval, none at all where nothing can be said."""
    finish_day(broadband, a_customer())
    if given is not None:
        a_readout(**given)

    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert shown in text


def test_decisions_are_grouped_with_what_they_are_expected_to_bring(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    a_full_day(broadband)

    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert "Call by a specialist 3 +0.24 +0.04 to +0.42 ¥36 ¥68.16 interval spans zero" in text
    assert "Call by a specialist 3 / 60" in text
    assert "Budget of the month ¥36 / ¥40.0k At this rate ¥72 by the end of the month" in text


def test_changes_come_from_the_finished_run(broadband: Warehouse, sign_in: SignIn) -> None:
    a_full_day(broadband)

    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert "Risk rose to high or critical 3 Health fell below the line 4" in text
    assert "Lapsed or cancelled 1 / 0 Asked to stop 1" in text
    assert "Messages sent that night 7 2 held back, 1 failed" in text


def test_a_repair_that_is_late_is_said_to_be_late(broadband: Warehouse, sign_in: SignIn) -> None:
    an_incident(due_at=MORNING - timedelta(hours=2))
    an_incident(due_at=MORNING + timedelta(hours=2))
    finish_day(broadband, a_customer())

    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert "0 lines, overdue since 2026-06-16 07:40" in text
    assert "0 lines, repair expected by 2026-06-16 11:40" in text


def test_who_needs_a_person_stands_with_risk_reason_and_margin(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    customers = a_full_day(broadband)
    a_todo(term=customers[0].term, kind="options")
    account = customers[0].term.account

    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert text.count(account.external_id) == 1
    assert f"张伟 {account.external_id} Plus 300M 07-15 T-29 High 40%" in text


def test_the_page_takes_twelve_queries_however_much_there_is(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    a_full_day(broadband, callers=2)
    client = sign_in("owner")

    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _ in range(20):
        a_todo(term=a_term())
        an_incident(node=a_node(serves=a_term().subscription))
    with CaptureQueriesContext(connection) as many:
        client.get("/")

    assert (len(few), len(many)) == (MOST_QUERIES, MOST_QUERIES)


def test_before_the_first_day_the_page_says_how_to_get_there(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert "No day was computed yet." in text
    assert "tenure import" in text
    assert "tenure run" in text


def test_an_old_day_says_how_old_it_is(broadband: Warehouse, sign_in: SignIn) -> None:
    run = finish_day(broadband, a_customer())
    run.as_of = AS_OF - timedelta(days=3)
    run.save()

    text = text_of(sign_in("owner").get("/", headers={"Accept-Language": "en"}).content.decode())

    assert "Everything below is as of the end of 12 June 2026." in text
    assert "On 12 June 0 terms ended, of which 0 are renewed." in text


def a_page(stages: dict[str, Any], *, waiting: int) -> TodayPage:
    found = briefing(AS_OF, strategy=current(), at=MORNING)
    return TodayPage(found, current().at(AS_OF), stages, AS_OF + timedelta(days=1), waiting)


def test_the_first_step_that_is_not_done_is_the_present_one(broadband: Warehouse) -> None:
    quiet = {**STAGES, "understand": {"risk_rose": 0}}

    with override("en"):
        at_work = [one.is_current for one in a_page(STAGES, waiting=2).steps]
        calm = a_page(quiet, waiting=0).steps

    assert at_work == [True, False, False, False, False]
    assert [one.is_done for one in calm] == [True, True, True, True, False]
    assert [one.is_current for one in calm] == [False, False, False, False, True]
    assert [one.note for one in calm[:2]] == ["0 moved to high risk", "none is open"]


def test_terms_of_a_day_are_counted_once(broadband: Warehouse) -> None:
    a_term(ends_on=AS_OF, state=TermState.RENEWED)
    a_term(ends_on=AS_OF, state=TermState.CANCELLING, cancel_asked_on=AS_OF)
    a_term(ends_on=day(1), state=TermState.RENEWED)

    assert briefing(AS_OF, strategy=current(), at=MORNING).ended == Ended(2, 1, 1)


def test_the_forecast_adds_weeks_up_and_draws_them_in_the_readers_unit(
    broadband: Warehouse,
) -> None:
    weeks = [(day(0), [9_000, 3_000, 500, 100]), (day(7), [10, 0, 0, 0])]
    for starts, by_band in weeks:
        due = sum(by_band)
        ForecastWeek.objects.create(
            as_of=AS_OF,
            week_starts_on=starts,
            currency="CNY",
            due=due,
            by_band=by_band,
            renewals_p10=0.8 * due,
            renewals_p50=0.9 * due,
            renewals_p90=1.0 * due,
            revenue_p10_minor=0,
            revenue_p50_minor=0,
            revenue_p90_minor=0,
        )

    forecast = a_page(STAGES, waiting=0).forecast

    assert isinstance(forecast, Forecast)
    assert forecast.due == 12_610
    assert forecast.rate == pytest.approx(0.9)
    assert [forecast.rate_low, forecast.rate_high] == pytest.approx([0.8, 1.0])
    with override("zh-hans"):
        assert (forecast.chart["divisor"], forecast.chart["suffix"]) == (10_000, "万")
    with override("en"):
        chart = forecast.chart
    assert (chart["divisor"], chart["suffix"], chart["x"]) == (1_000, "k", ["6/15", "6/22"])
    assert chart["series"][0] == {"name": "Low", "data": [9_000, 10]}
