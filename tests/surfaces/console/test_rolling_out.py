"""What a comparison would change in a month, and the deeds that end it, on its page."""

from typing import Any

import pytest

from tenure.decide.decisions.models import Decision
from tenure.records.experiments.models import Assignment
from tests.builders import day
from tests.decide.decisions.deciding import change_strategy
from tests.decide.decisions.test_promises import customers, offering
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_experiments import CHINESE, ENGLISH, a_readout, shown
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

PAGE = "/experiments/less_or_hour/engineer_hour"
READ = {
    "experiment_key": "less_or_hour", "subject": "engineer_hour", "control": "coupon_30",
    "diff": 0.30, "low": 0.15, "high": 0.45, "guards": {},
    "arms": {"engineer_hour": {"assigned": 400, "terms": 400, "renewed": 300, "rate": 0.75},
             "coupon_30": {"assigned": 400, "terms": 400, "renewed": 180, "rate": 0.45}},
}  # fmt: skip


def comparing(**given: Any) -> None:
    """Coupon or an hour of an engineer for everybody who may get either, 90 days old."""
    offering(
        coupon_30={"prior_logit_lift": 1.5},
        engineer_hour={"prior_logit_lift": 3.0, "capacity_per_day": 9, "handed": {"stock": 2}},
    )
    arm = [{"id": "coupon_30", "weight": 1}, {"id": "engineer_hour", "weight": 1}]
    known = {
        "id": "less_or_hour", "name": {"zh": "券或上门", "en": "Coupon or engineer"}, "salt": "s",
        "arm": arm, "starts_on": str(day(-89)), "planned_on": str(day(-1)),
    }  # fmt: skip
    change_strategy({"experiments.toml": {"exploration": "0 %", "between": [known | given]}})


@pytest.fixture
def compared(broadband: Warehouse) -> None:
    comparing()
    finish_day(broadband, *customers(12))


def test_a_page_says_what_a_month_would_bring_and_take(compared: None, sign_in: SignIn) -> None:
    """EXP-01, EXP-04: 12 customers in 90 days are 4 a month; 0.30 of them are 1.2 renewals."""
    a_readout(**READ)
    client = sign_in("analyst")
    hours = Decision.objects.filter(action="engineer_hour")
    in_arm = Assignment.objects.filter(arm="engineer_hour").count()
    assert Assignment.objects.filter(experiment__key="less_or_hour").count() == 12
    a_month = round(hours.count() / in_arm * 4)

    page, chinese = (shown(client, PAGE, one) for one in (ENGLISH, CHINESE))

    assert "Impact after rolling out" in page
    assert "推广后的影响" in chinese
    assert 'Eligible customers a month</dt><dd class="num">4</dd>' in page
    assert f'of them get the offer</dt><dd class="num">{a_month}</dd>' in page
    assert 'Renewals more a month</dt><dd class="num">+1.2 (+0.60 … +1.8)</dd>' in page
    assert 'Can be given in a month</dt><dd class="num">270</dd>' in page
    assert 'Left in stock</dt><dd class="num">0</dd>' in page
    assert "There is less of it than a month takes" in page
    assert "库存或产能不够" in chinese
    assert "Margin more a month" in page


def test_a_page_says_why_it_projects_nothing(compared: None, sign_in: SignIn) -> None:
    a_readout(**READ | {"verdict": "too_few"})
    client = sign_in("analyst")

    few, chinese = (shown(client, PAGE, one) for one in (ENGLISH, CHINESE))
    comparing(starts_on=str(day(-9)))
    early = shown(client, PAGE)

    assert "Too few: what rolling out would change cannot be said yet." in few
    assert "数据不足，还不能说推广后会怎样。" in chinese
    assert "Renewals more a month" not in few
    assert "Margin more a month" not in few
    assert "Too early: either customers came for fewer than 28 days" in early
    assert "Eligible customers a month" not in early
