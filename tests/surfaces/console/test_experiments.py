"""The pages of experiments: what may be said first, and nothing where nothing may."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.prove.readouts.models import Readout
from tenure.records.service.models import Ticket
from tests.builders import AS_OF, AT, day
from tests.decide.decisions.deciding import a_customer, change_strategy
from tests.prove.readouts.worlds import terms_of
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}
MOST_QUERIES = 12
ARMS = {
    "treated": {"assigned": 950, "accounts": 900, "terms": 900, "renewed": 720, "rate": 0.8},
    "holdout": {"assigned": 50, "accounts": 45, "terms": 45, "renewed": 27, "rate": 0.6},
}


def a_readout(**given: Any) -> Readout:
    known = {
        "experiment_key": "holdout", "subject": "treated", "control": "holdout",
        "as_of": AS_OF, "matured_until": day(-30), "arms": ARMS, "verdict": "helps",
        "diff": 0.2, "low": 0.05, "high": 0.35, "srm_p": 0.4, "srm": "fine", "has": 945,
        "needs": 800, "least_effect": 0.02, "renewals": 180.0, "renewals_low": 45.0,
        "renewals_high": 315.0, "currency": "CNY", "revenue_minor": 900_000,
        "margin_minor": 400_000, "margin_low_minor": 100_000, "margin_high_minor": 700_000,
        "guards": {"complaints": {"treated": [4000, 40], "holdout": [4000, 40]},
                   "opt_outs": {"treated": [4000, 200], "holdout": [4000, 40]}},
        "read_at": AT,
    }  # fmt: skip
    return Readout.objects.create(**(known | given))


@pytest.fixture
def finished(broadband: Warehouse) -> None:
    finish_day(broadband, a_customer())


@pytest.fixture
def analyst(finished: None, sign_in: SignIn) -> Client:
    return sign_in("analyst")


def shown(client: Client, path: str, headers: dict[str, str] = ENGLISH) -> str:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, headers=headers)

    assert answer.status_code == 200
    assert len(asked) <= MOST_QUERIES, len(asked)
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("headers", "sentence"), [(ENGLISH, "Nothing was compared yet"), (CHINESE, "还没有任何对比")]
)
def test_before_anything_was_compared_the_page_teaches(
    analyst: Client, headers: dict[str, str], sentence: str
) -> None:
    assert sentence in shown(analyst, "/experiments", headers)


def test_a_comparison_says_what_it_may_and_what_it_brought(analyst: Client) -> None:
    """EXP-01, EXP-04, ROI-01: verdict, course, groups, money and what must not get worse."""
    a_readout(as_of=AS_OF - timedelta(days=1), diff=0.1, low=-0.1, high=0.3, verdict="too_few")
    a_readout()

    listed = shown(analyst, "/experiments")
    page = shown(analyst, "/experiments/holdout/treated")

    assert "“The whole programme” brings renewals: +20.0" in listed
    assert "read out on 2 days" in page
    assert '"data": [10.0, 20.0]' in page
    assert "Margin more, after costs" in page
    assert "a harm above 1.0% is not ruled out" in page
    assert page.count("The guardrail holds: a harm above 1.0% is ruled out.") == 1


def test_a_guard_of_few_whom_nothing_befell_is_not_called_held(analyst: Client) -> None:
    """L3: nobody among 120 complained; it takes 268 to rule out one percent more."""
    a_readout(guards={"complaints": {"treated": [120, 0], "holdout": [40, 0]}})

    page = shown(analyst, "/experiments/holdout/treated")

    assert "too few. Nothing varied, and it takes 268 of" in page
    assert "The guardrail holds" not in page
    assert "268" in shown(analyst, "/experiments/holdout/treated", CHINESE)


STAY = {
    "experiment_key": "the_call", "subject": "call", "control": "plain", "metric": "stay",
    "horizon_days": 90, "diff": 14.0, "low": 2.5, "high": 25.5, "needs": 300, "has": 800,
    "renewals": None, "revenue_minor": None, "margin_minor": None, "guards": {},
    "arms": {"call": {"assigned": 410, "followed": 400, "left": 100, "mean_days": 80.0,
                      "stayed": 0.75},
             "plain": {"assigned": 405, "followed": 400, "left": 240, "mean_days": 66.0,
                       "stayed": 0.4}},
    "curves": {"call": [1.0] * 50 + [0.75] * 41, "plain": [1.0] * 50 + [0.4] * 41},
}  # fmt: skip
REVENUE = {
    "experiment_key": "the_call", "subject": "call", "control": "plain", "metric": "revenue",
    "diff": 28_980.0, "low": -5_000.0, "high": 62_960.0, "verdict": "too_few", "has": 60,
    "needs": 4_200, "renewals": None, "guards": {},
    "arms": {"call": {"assigned": 41, "accounts": 40, "terms": 40, "renewed": 30, "rate": 0.75,
                      "total_minor": 2_484_000, "mean_minor": 62_100},
             "plain": {"assigned": 20, "accounts": 20, "terms": 20, "renewed": 8, "rate": 0.4,
                       "total_minor": 662_400, "mean_minor": 33_120}},
}  # fmt: skip


def test_a_time_until_customers_leave_is_a_page_with_its_curves(analyst: Client) -> None:
    """TOP-04: days with their interval, who is still here by day, as a chart and as a table."""
    a_readout(**STAY | {"as_of": AS_OF - timedelta(days=1), "diff": 9.0, "low": -1.0,
                        "verdict": "too_few"})  # fmt: skip
    a_readout(**STAY)

    page = shown(analyst, "/experiments/the_call/call")
    chinese = shown(analyst, "/experiments/the_call/call", CHINESE)

    assert "keeps customers longer: +14.0 days among the first 90 (+2.5 to +25.5)" in page
    assert "让客户留得更久：前 90 天里 +14.0 天（+2.5 至 +25.5）" in chinese
    assert '"data": [9.0, 14.0]' in page
    assert '"data": [100.0, 100.0' in page
    assert 'data-source="d-stay"' in page
    assert "Who is still here" in page
    assert '"end": "call 75.0%"' in page
    assert f'"x": "{AS_OF.month}/{AS_OF.day}", "text": "without zero from here on"' in page
    assert "谁还在" in chinese
    assert "Settled beforehand: how many of the first 90 days a customer stays" in page
    assert "1.8 days" in page
    assert ">66.0<" in page
    assert "Margin more" not in page
    assert "+14.0" in shown(analyst, "/experiments")


def test_an_amount_for_each_term_is_a_page_in_money(analyst: Client) -> None:
    """EXP-02: a ratio of two sums, with its interval at any look, and too few said as such."""
    a_readout(**REVENUE | {"as_of": AS_OF - timedelta(days=1)})
    a_readout(**REVENUE)

    page = shown(analyst, "/experiments/the_call/call")
    chinese = shown(analyst, "/experiments/the_call/call", CHINESE)

    assert "Too few: 60 customers so far, and it takes 4,200 to see a change of 2% of" in page
    assert "样本不足：已有 60 个客户，要看出对照组收入的 2% 的变化需要 4,200 个" in chinese
    assert '"data": [289.8, 289.8]' in page
    assert "The difference is +¥289.80 now (revenue for each term), between −¥50 and" in page
    assert "每个订期的收入" in chinese
    assert ">¥331.20<" in page
    assert "percentage points" not in page


def test_a_stay_that_nobody_was_followed_for_is_too_early(analyst: Client) -> None:
    nothing: dict[str, Any] = {"diff": None, "low": None, "high": None, "needs": None, "curves": {}}
    a_readout(**STAY | nothing | {"verdict": "too_early"})

    page = shown(analyst, "/experiments/the_call/call")

    assert "Too early: in both groups somebody must have been followed for 90 days" in page
    assert "两组都要有跟踪满 90 天的客户" in shown(analyst, "/experiments/the_call/call", CHINESE)
    assert "d-stay" not in page


def test_the_chance_to_do_better_is_told_once_the_result_is_open(analyst: Client) -> None:
    """TOP-04: a Bayesian readout beside the p value, and neither while it is locked."""
    a_readout(as_of=AS_OF - timedelta(days=1))
    locked = shown(analyst, "/experiments/holdout/treated")
    a_readout(p_value=0.0123, wins=0.9938)

    page = shown(analyst, "/experiments/holdout/treated")

    assert "chance that it does better" not in locked
    assert "p = 0.0123." in page
    assert "The chance that it does better is 99.4%" in page
    assert "更好的可能性为 99.4%" in shown(analyst, "/experiments/holdout/treated", CHINESE)


def test_renewals_that_nobody_uses_are_told_apart(analyst: Client) -> None:
    """L3: dormant renewals of each group stand on their own, never among the successes."""
    a_readout(dormant={"treated": [720, 36], "holdout": [27, 1]})

    page = shown(analyst, "/experiments/holdout/treated")

    assert "Renewed and not used" in page
    assert ">720<" in page
    assert ">36<" in page


def test_groups_of_other_sizes_than_promised_show_no_number(analyst: Client) -> None:
    """TOP-04: with an alarming sample ratio neither interval nor money is shown."""
    a_readout(srm="alarm", srm_p=1e-6, verdict="uneven")

    listed = shown(analyst, "/experiments")
    page = shown(analyst, "/experiments/holdout/treated")

    assert "do not have the promised sizes" in listed
    assert "+20.0" not in listed + page
    assert "Margin more" not in page


def test_the_size_of_the_next_one_is_computed_or_refused(analyst: Client) -> None:
    """F4: 34,614 customers; a change that is none is refused in one sentence."""
    asked = "/experiments?base=80&change=2&control=10&weekly=2000"

    assert "34,614 customers in both groups" in shown(analyst, asked)
    assert "both rates lie between 0 and 1" in shown(analyst, "/experiments?base=80&change=0")
    assert "both rates lie between 0 and 1" in shown(analyst, "/experiments?base=much")


def test_a_comparison_that_is_none_is_not_found(analyst: Client) -> None:
    assert analyst.get("/experiments/holdout/nobody").status_code == 404


def test_complaints_and_opt_outs_are_counted_from_the_day_of_the_lot(
    broadband: Warehouse,
) -> None:
    """TOP-05: a complaint before the lot is nobody's fault."""
    from tenure.prove.readouts.watching import guards
    from tenure.records.experiments.models import Assignment, Experiment
    from tests.builders import a_term, an_account

    terms = [a_term(account=an_account(phone=f"1380000000{n}")) for n in range(3)]
    lot = Experiment.objects.get(key="holdout")
    for term, arm in zip(terms, ("treated", "treated", "holdout"), strict=True):
        Assignment.objects.create(
            experiment=lot, account_id=term.account_id, term=term, arm=arm, assigned_on=day(-10)
        )
    for place, days in enumerate((-5, -20)):
        Ticket.objects.create(
            account_id=terms[place].account_id, source="t", external_id=str(place),
            kind="complaint", opened_at=AT + timedelta(days=days), recorded_at=AT,
        )  # fmt: skip

    found = guards("holdout", as_of=AS_OF)

    assert found["complaints"] == {"treated": [2, 1], "holdout": [1, 0]}
    assert found["opt_outs"] == {"treated": [2, 0], "holdout": [1, 0]}


def test_a_strategy_is_reviewed_and_a_change_over_time_is_not_called_an_effect(
    analyst: Client,
) -> None:
    """MET-12: four measures, before and after, and versus control."""
    after = day(-230)  # the strategy of these tests began a month or two before
    terms_of("treated", count=40, renewed=30, ends_on=after)
    terms_of("holdout", count=20, renewed=8, ends_on=after)

    page = shown(analyst, "/experiments/strategy")

    for measure in (">Renewal<", ">Value: margin", ">Recommendation (NPS)<", "who complained<"):
        assert page.count(measure) == 2
    assert "40.0%" in page
    assert "75.0%" in page
    assert "+35.0" in page
    assert "A change over time is not an effect" in page
    assert "too few on one side" in page
    assert "策略评估" in shown(analyst, "/experiments/strategy?strategy=unknown", CHINESE)
    assert "/experiments/strategy" in shown(analyst, "/experiments")


def test_the_strata_of_a_comparison_stand_on_its_page(analyst: Client) -> None:
    """TOP-04: each with its weight, both groups and the difference; said in both languages."""
    strata = {
        "by": ["plan", "cycle_months"], "left": 0.72,
        "levels": {
            "home_300/12": {"share": 0.6, "arms": {
                "treated": {"accounts": 500, "terms": 500, "mean": 0.7},
                "holdout": {"accounts": 480, "terms": 480, "mean": 0.65}}},
            "*": {"share": 0.3, "arms": {
                "treated": {"accounts": 40, "terms": 40, "mean": 0.5},
                "holdout": {"accounts": 30, "terms": 30, "mean": 0.6}}},
            "": {"share": 0.1, "arms": {
                "treated": {"accounts": 20, "terms": 20, "mean": 0.9},
                "holdout": {"accounts": 20, "terms": 20, "mean": 0.9}}},
        },
    }  # fmt: skip
    a_readout(experiment_key="t7_tone", strata=strata)

    english, chinese = (
        shown(analyst, "/experiments/t7_tone/treated", language) for language in (ENGLISH, CHINESE)
    )
    Readout.objects.filter(experiment_key="t7_tone").update(srm="alarm", verdict="uneven")
    uneven = shown(analyst, "/experiments/t7_tone/treated")

    for text in (
        "Within the strata", "72% of the variance is left", "· 12 months", "small ones together",
        "drawn before strata were kept", "+5.0", "−10.0", "480",
        "Compared within 3 strata (plan, length of the term) and weighed",
    ):  # fmt: skip
        assert text in english
    assert english.index("· 12 months") < english.index("small ones together")
    for text in ("各层之内", "方差为原来的 72%", "较小的各层合计", "按套餐、订期长度分 3 层"):
        assert text in chinese
    assert "Within the strata" not in uneven


def test_a_stay_that_was_drawn_in_strata_says_that_it_is_compared_as_drawn(
    analyst: Client,
) -> None:
    comparison = {
        "id": "the_call", "name": {"zh": "来电", "en": "The call"}, "journey": "annual_renewal",
        "step": "t7", "salt": "s", "starts_on": str(day(-300)), "planned_on": str(day(300)),
        "metric": "stay", "arm": [{"id": "plain", "weight": 1}, {"id": "call", "weight": 1}],
    }  # fmt: skip
    a_readout(**STAY)
    change_strategy({"experiments.toml": {"comparison": [comparison]}})
    plain = shown(analyst, "/experiments/the_call/call")
    change_strategy({"experiments.toml": {"comparison": [comparison | {"strata": ["plan"]}]}})

    assert "compared as drawn" not in plain
    assert "drawn in strata, compared as drawn" in shown(analyst, "/experiments/the_call/call")
    assert "按抽取结果直接比较" in shown(analyst, "/experiments/the_call/call", CHINESE)
