"""The forecast by month and week, two opinions of a renewal, and the way from lead to renewal."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tenure.records.milestones.models import Milestone
from tenure.records.opinions.models import Opinion
from tenure.records.subscriptions.models import Term
from tenure.understand.forecast.actions import fill
from tenure.understand.forecast.models import ForecastMonth, ForecastWeek
from tenure.understand.forecast.queries import Coverage, month_backtest, months
from tenure.warehouse.snapshots import take
from tests.builders import AS_OF, AT, ZONE, a_term, day
from tests.decide.decisions.deciding import Customer, a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_experiments import CHINESE, shown
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse


@pytest.fixture
def one(broadband: Warehouse) -> Customer:
    found = a_customer(p_lapse=0.4)
    finish_day(broadband, found)
    take(as_of=AS_OF, at=AT, zone=ZONE)
    fill(as_of=AS_OF, at=AT)
    return found


def test_months_are_forecast_and_shown_beside_weeks(one: Customer, sign_in: SignIn) -> None:
    """The one term ends on 15 July: renewed with 60 %, so P50 is 0.6 of it, and its price."""
    (month,) = months(as_of=AS_OF)

    assert (month.month_starts_on, month.due) == (AS_OF.replace(month=7, day=1), 1)
    assert month.renewals_p50 == pytest.approx(0.6)
    assert month.revenue_p50_minor == int(0.6 * one.term.price_minor)
    page = shown(sign_in("analyst"), "/forecast")
    assert "2026-07" in page
    assert "P10–P90" in page
    assert "按月" in shown(sign_in("auditor"), "/forecast", CHINESE)


def test_weeks_are_drawn_with_the_spread_of_their_revenue(one: Customer, sign_in: SignIn) -> None:
    week = ForecastWeek.objects.get(as_of=AS_OF)
    week.pk, week.week_starts_on = None, week.week_starts_on + timedelta(days=7)
    week.revenue_p10_minor, week.revenue_p90_minor = 12_345, 67_890
    week.save()

    page = shown(sign_in("analyst"), "/forecast")

    drawn = json.loads(re.findall(r'id="d-forecast"[^>]*>(.*?)</script>', page)[0])
    assert (drawn["lo"][1], drawn["hi"][1]) == (123.45, 678.9)
    assert drawn["lines"][0]["data"][0] == float(Decimal(week.revenue_p50_minor) / 100)
    assert "到期收入，按周" in shown(sign_in("auditor"), "/forecast", CHINESE)


def test_a_month_that_is_over_is_held_against_what_came(broadband: Warehouse) -> None:
    """Only the look of the day before the month began counts."""
    first = day(-75).replace(day=1)
    term = a_term(days_left=(first - AS_OF).days + 10)
    Term.objects.filter(pk=term.pk).update(
        state="renewed", renewed_on=term.ends_on, starts_on=term.ends_on - timedelta(days=365)
    )
    for back, high in ((1, 1.0), (20, 0.5)):
        ForecastMonth.objects.create(
            as_of=first - timedelta(days=back), month_starts_on=first, currency="CNY", due=1,
            by_band=[1, 0, 0, 0], renewals_p10=0.2, renewals_p50=0.5, renewals_p90=high,
            revenue_p10_minor=0, revenue_p50_minor=1, revenue_p90_minor=2,
        )  # fmt: skip

    checks = month_backtest(as_of=AS_OF)

    assert [(one.due, one.renewed, one.is_inside) for one in checks] == [(1, 1, True)]
    assert (checks[0].revenue_minor, checks[0].is_revenue_inside) == (term.price_minor, False)
    assert Coverage.of(checks) == Coverage(1, 1, 0)
    assert Coverage.of([]) is None


def test_the_account_managers_call_is_kept_beside_the_models(
    one: Customer, sign_in: SignIn
) -> None:
    """TOP-08: noted on the customer's page, listed where both are far apart."""
    operator, account = sign_in("operator"), one.term.account_id
    path = f"/customers/{account}/opinion"

    wrong = operator.post(path, {"term": one.term.pk, "percent": "much"}, follow=True)
    done = operator.post(
        path, {"term": one.term.pk, "percent": "95", "note": "wants two years"}, follow=True
    )

    assert "不是" in wrong.content.decode() or "收到的是" in wrong.content.decode()
    assert done.status_code == 200
    opinion = Opinion.objects.get()
    assert (opinion.renews_share, opinion.model_share) == (Decimal("0.95"), Decimal("0.6"))
    assert "95%" in shown(operator, f"/customers/{account}/opinions")
    listed = shown(operator, "/forecast")
    assert "wants two years" in listed
    assert "+35.0" in listed
    analyst = sign_in("analyst")
    assert "wants two years" not in shown(analyst, "/forecast")
    assert analyst.post(path, {"percent": "1"}).status_code == 403


def test_the_funnel_and_the_way_of_one_customer(one: Customer, sign_in: SignIn) -> None:
    """DAT-04: n, share and median days; a step that nobody tells of says so."""
    account = one.term.account
    for party in (account.external_id, "never-won"):
        Milestone.objects.create(
            source="crm", external_id=party, party_source=account.source, party=party,
            stage="lead", happened_on=one.term.subscription.started_on - timedelta(days=7),
            recorded_at=AT,
        )  # fmt: skip
    client: Client = sign_in("analyst")

    page = shown(client, "/figures/funnel")

    assert "50.0%" in page
    assert "import milestones.csv" in page
    assert "Lead" in shown(client, f"/customers/{account.pk}/stages")
