"""What a comparison would change in a month, and the deeds that end it, on its page."""

from typing import Any

import pytest

from tenure.decide.decisions.models import Decision
from tenure.prove.readouts.actions import read_out
from tenure.prove.readouts.models import Readout
from tenure.records.experiments.models import Assignment, Ending
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, day
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


def test_a_page_says_what_was_expected_and_whom_it_really_met(
    compared: None, sign_in: SignIn
) -> None:
    """EXP-01: counted by the lot, and beside it how many were really given what is compared."""
    read_out(as_of=AS_OF, at=AT)
    arms = Readout.objects.get(experiment_key="less_or_hour", as_of=AS_OF).arms
    drawn = Assignment.objects.filter(experiment__key="less_or_hour")
    given = {
        arm: Decision.objects.filter(action=arm, outcome="chosen", term__in=drawn.filter(
            arm=arm).values("term")).count()
        for arm in arms
    }  # fmt: skip
    client = sign_in("analyst")
    silent = shown(client, PAGE)
    comparing(hypothesis={"zh": "上门更留人", "en": "An hour at home keeps more"})
    page, chinese = (shown(client, PAGE, one) for one in (ENGLISH, CHINESE))

    assert {arm: counts["exposed"] for arm, counts in arms.items()} == given
    assert 0 < given["engineer_hour"] < arms["engineer_hour"]["assigned"]
    assert "Really met it" in page
    assert "nobody wrote one down before it began" in silent
    assert "An hour at home keeps more" in page
    assert "上门更留人" in chinese


def test_a_guardrail_is_judged_at_any_look_until_the_planned_day(
    compared: None, sign_in: SignIn
) -> None:
    """L3: 2 of 500 against 1 of 500 rule out one percent once, and not on every day at once."""
    guards = {"complaints": {"engineer_hour": [500, 2], "coupon_30": [500, 1]}}
    a_readout(**READ | {"guards": guards, "guard_margin": 0.01})
    client = sign_in("analyst")

    once = shown(client, PAGE, CHINESE)
    comparing(planned_on=str(day(60)))
    daily = shown(client, PAGE, CHINESE)

    assert "护栏守住：排除了超过 1.0% 的损害" in once
    assert "护栏没有守住：不能排除超过 1.0% 的损害" in daily


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


def test_a_comparison_is_stopped_once_after_a_page_that_says_what_follows(
    compared: None, sign_in: SignIn
) -> None:
    """EXP-01: a reason, one journal entry, a double click is one deed, and later is refused."""
    a_readout(**READ)
    client, ending = sign_in("operator"), f"{PAGE}/end/stop"

    asked = shown(client, ending)
    chinese = shown(client, ending, CHINESE)
    once = {"once": "form", "why": "够了"}
    bare = client.post(ending, {"once": "form", "why": " "}, headers=ENGLISH, follow=True)
    assert not Ending.objects.exists()
    done = [client.post(ending, once, headers=ENGLISH, follow=True) for _ in range(2)]
    late = client.post(ending, {"once": "x", "why": "y"}, headers=CHINESE, follow=True)

    assert "What changes from 17 June 2026 on" in asked
    assert "Nobody new is drawn into it" in asked
    assert 'of them with an outcome still to come</dt><dd class="num">12</dd>' in asked
    assert "停止“券或上门”" in chinese
    assert "Say why the comparison" in bare.content.decode()
    for one in done:
        assert "It is stopped from tomorrow on." in one.content.decode()
    listed = [shown(client, "/experiments", one) for one in (ENGLISH, CHINESE)]
    assert [">stopped</span>" in listed[0], ">已停止</span>" in listed[1]] == [True, True]
    made = Ending.objects.get()
    assert (made.rolled_out, made.reason) == ("", "够了")
    assert Entry.objects.filter(kind="experiment.stopped").count() == 1
    page, again = late.content.decode(), shown(client, PAGE)
    assert "已经结束" in page
    assert "已停止" in page
    assert "Stopped: the last customers were drawn for" in again
    assert "/end/" not in again


def test_the_better_arm_is_rolled_out_and_only_a_better_one(
    compared: None, sign_in: SignIn
) -> None:
    readout, client, ending = a_readout(**READ), sign_in("operator"), f"{PAGE}/end/roll-out"
    name = current().offers["engineer_hour"].name

    page, asked = shown(client, PAGE), shown(client, ending)
    chinese = shown(client, ending, CHINESE)
    assert f"Roll out “{name.en}”" in page
    assert f"gets “{name.en}”, and none of the other arms" in asked
    assert "The permanent holdout is kept" in asked
    assert f"推广“券或上门”中的“{name.zh}”" in chinese

    Readout.objects.update(verdict="too_few")
    few = client.post(ending, {"once": "a", "why": "b"}, headers=ENGLISH, follow=True)
    assert "calls no arm better" in few.content.decode()
    assert "roll-out" not in shown(client, PAGE)
    assert not Ending.objects.exists()

    # What was looked at is what is done: the other arm became the better one meanwhile.
    Readout.objects.filter(pk=readout.pk).update(verdict="harms")
    stale = {"once": "a", "why": "b", "arm": "engineer_hour"}
    changed = client.post(ending, stale, headers=ENGLISH, follow=True)
    assert "is the better arm now" in changed.content.decode()
    assert not Ending.objects.exists()
    assert 'name="arm" value="coupon_30"' in shown(client, ending)
    client.post(ending, stale | {"arm": "coupon_30"}, headers=ENGLISH)
    assert Ending.objects.get().rolled_out == "coupon_30"
    assert "Rolled out: everybody but the permanent holdout gets" in shown(client, PAGE)


def test_only_who_may_act_ends_a_comparison(compared: None, sign_in: SignIn) -> None:
    a_readout(**READ)
    a_readout()
    reader, operator = sign_in("analyst"), sign_in("operator")

    for deed in ("stop", "roll-out"):
        assert reader.get(f"{PAGE}/end/{deed}").status_code == 403
        assert reader.post(f"{PAGE}/end/{deed}", {"why": "x"}).status_code == 403
        # The permanent holdout is no comparison of experiments.toml: nobody ends it here.
        assert operator.post(f"/experiments/holdout/treated/end/{deed}").status_code == 404
    assert operator.get(f"{PAGE}/end/fly").status_code == 404
    assert operator.get("/experiments/nobody/x/end/stop").status_code == 404
    assert "/end/" not in shown(reader, PAGE)
    assert not Ending.objects.exists()
