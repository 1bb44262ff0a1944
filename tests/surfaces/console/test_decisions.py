"""The page of decisions: exact sums, the rule that refused, and no number that nobody computed."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.decide.decisions.budget import budget_on
from tenure.decide.decisions.limited import choosings_on
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.queries import chosen_on
from tenure.decide.decisions.reviewing import bites, day_of
from tenure.decide.decisions.worth import Worth, worth_of
from tenure.decide.effects.models import Learning
from tenure.records.strategies.queries import current
from tenure.surfaces.console.decisions_page import page_of
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import a_customer, change_strategy
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_experiments import CHINESE, ENGLISH, MOST_QUERIES, a_readout
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse


@pytest.fixture
def finished(broadband: Warehouse) -> None:
    """Three who waver, one who is sure, one a day too early."""
    some = [a_customer(p_lapse=p, account={"phone": f"1380000{p * 1000:04.0f}"})
            for p in (0.3, 0.45, 0.6)]  # fmt: skip
    sure = a_customer(p_lapse=0.02, account={"phone": "13800001111"})
    faulty = a_customer(p_lapse=0.5, account={"phone": "13800002222"}, days_left=31)
    finish_day(broadband, *some, sure, faulty)


@pytest.fixture
def analyst(finished: None, sign_in: SignIn) -> Client:
    return sign_in("analyst")


def shown(client: Client, path: str = "/decisions", headers: dict[str, str] = ENGLISH) -> str:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path, headers=headers)

    assert answer.status_code == 200
    assert len(asked) <= MOST_QUERIES, [one["sql"][:90] for one in asked]
    return str(answer.content.decode())


def the_worth() -> Worth:
    day = day_of(AS_OF, chosen=choosings_on(AS_OF), strategy=current().at(AS_OF))
    assert day is not None
    found = worth_of(day)
    assert found is not None
    return found


def test_what_was_chosen_stands_with_its_sums_and_reasons(analyst: Client) -> None:
    """TOP-09: each action with its numbers as they are stored, its why, and masked names."""
    page = shown(analyst)

    chosen = {one.action: one for one in chosen_on(AS_OF)}
    assert {action: one.count for action, one in chosen.items()} == {"term_2y": 3, "reminder": 1}
    assert chosen["term_2y"].cost_minor == 5128 + 4252 + 3275
    assert chosen["term_2y"].margin_minor == 2263 + 4349 + 4947
    assert chosen["term_2y"].most is None
    assert "¥126" in page
    assert "It brings the highest expected margin within budget and capacity" in page
    assert "张**" in page
    assert "chosen with probability 100.0%" in page


def test_a_line_of_the_business_is_called_by_its_words_though_it_refused_nobody(
    analyst: Client,
) -> None:
    """GRD-01: the demo's own line, which no built-in name belongs to."""
    assert "Nobody who was not scored gets more than a tenth off" in shown(analyst)


def test_a_refused_offer_names_its_rule(analyst: Client) -> None:
    """TOP-06: bites are counted by rule, with what was refused and why."""
    day = day_of(AS_OF, chosen=choosings_on(AS_OF), strategy=current().at(AS_OF))
    assert day is not None
    found = {one.code: one for one in bites(day)}

    sure = found["sure_to_renew"]
    assert (sure.offers, sure.terms, sure.left_alone) == (3, 1, 0)
    assert {name.en: count for name, count in sure.actions} == {
        "One year, 10 % off": 1,
        "Two years, 20 % off": 1,
        "Credit of 15 yuan, as double points": 1,
    }
    assert found["floor_margin"].offers == 0
    page = shown(analyst)
    assert "No gift from a renewal probability of 95.0 % on" in page
    assert "renews with a probability of 98.0 %, 95.0 % or more" in page
    assert "refused nothing on this day" in page


def test_the_frontier_is_the_one_that_the_day_was_chosen_from(analyst: Client) -> None:
    """TOP-10: spending is advised from the stored alternatives, and agrees with what was done."""
    worth, done = the_worth(), budget_on(AS_OF).budget.used_minor

    assert worth.frontier.advised == worth.needed == done == 12_655
    assert worth.frontier.allowed == 500_000
    assert (worth.terms, worth.left_out, worth.explored_minor) == (4, 0, 0)
    values = [one.value for one in worth.frontier.points]
    assert values == sorted(values)
    assert values[-1] == 2263 + 4349 + 4947 + 76
    assert "Spend ¥126, not the ¥5,000 that is allowed" in shown(analyst)


def test_a_budget_that_is_too_small_pays_to_the_end(analyst: Client) -> None:
    change_strategy({"guardrails.toml": {"monthly_budget": "500.00 CNY"}})
    Decision.objects.update(strategy_hash=current().hash)

    worth, page = the_worth(), shown(analyst)

    assert worth.frontier.allowed == 2 * (50_000 // 16)
    assert not worth.has_room
    assert worth.frontier.allowed in worth.grid
    assert "that is allowed pays" in page
    assert "of margin on top of itself" in page


def test_the_month_is_told_as_one_and_each_term_counts_once(analyst: Client) -> None:
    """TOP-06: under the month's own budget; an earlier choice of the same term is not added."""
    since = AS_OF.replace(day=1)
    month = the_month()
    before = Decision.objects.order_by("pk")[0]
    Decision.objects.create(
        **{field.attname: getattr(before, field.attname) for field in Decision._meta.fields}
        | {"id": None, "as_of": since, "step": "earlier", "coupon_code": None}
    )

    again = the_month()

    assert month is not None
    assert month == again
    assert month.frontier.allowed == budget_on(AS_OF).budget.planned_minor
    assert month.frontier.advised == month.needed == 12_655
    assert (month.terms, month.left_out, month.explored_minor) == (4, 0, 0)
    page = shown(analyst)
    assert f"In {AS_OF:%Y-%m} spend ¥126, not the " in page
    assert "What each budget of the month would bring" in page
    assert 'id="d-month"' in page
    nobody = shown(analyst, f"/decisions?month={AS_OF.year - 1}-01")
    assert "What each budget of the month would bring" not in nobody


def the_month() -> Worth | None:
    found = page_of(AS_OF, strategy=current(), month="").month_worth
    return None if found is None else found.worth


def test_what_chance_chose_is_told_with_its_propensity_and_is_no_plan(analyst: Client) -> None:
    drawn = Decision.objects.filter(cost_minor=3275)
    drawn.update(explored=True, reason="explored", propensity=0.1)

    worth, page = the_worth(), shown(analyst)

    assert (worth.terms, worth.explored_minor) == (3, 3275)
    assert worth.frontier.allowed == 500_000 - 3275
    assert worth.frontier.advised == 5128 + 4252
    assert "propensity 10.0% to 10.0%" in page
    assert "Chosen at random, to learn what works" in page


def test_what_nobody_weighed_gets_no_number(analyst: Client) -> None:
    """Choices without stored estimates are left out, and the page says so."""
    Decision.objects.update(p_without=None)

    page = shown(analyst)

    assert "cannot be computed for this day" in page
    assert "that is allowed" not in page


def test_subsidy_is_what_goes_to_who_renews_anyway(analyst: Client) -> None:
    """ROI-01: probability without × discount, counting the expected uptake of a longer term."""
    discount, uptake = 165_600 - 132_480, 0.2
    expected = sum(share * discount * uptake for share in (0.7, 0.55, 0.4))

    given = {one.action: one.subsidy_minor for one in chosen_on(AS_OF)}

    assert given["term_2y"] == pytest.approx(expected, abs=1)
    assert given["reminder"] == 0
    assert "¥109.30" in shown(analyst)


def test_what_chance_found_stands_beside_what_is_assumed(analyst: Client) -> None:
    a_readout(experiment_key="exploration", subject="yearly.offer.term_2y", control="left")

    page = shown(analyst)

    assert "0.38 ± 0.20 log-odds" in page
    assert "/experiments/exploration/yearly.offer.term_2y" in page
    assert "nothing yet: assumed only" in page


def test_another_month_shows_its_own_budget(analyst: Client) -> None:
    page = shown(analyst, "/decisions?month=2026-05")

    assert "No discount was chosen in this month" in page
    assert "until 31 May" in page
    assert "At month end, at this pace" not in page
    assert "until 15 June" in shown(analyst, "/decisions?month=2026-99")


def test_it_reads_chinese(analyst: Client) -> None:
    page = shown(analyst, headers=CHINESE)

    assert "建议花 ¥126，而不是上限 ¥5,000" in page
    assert "续费概率达到 95.0 % 就不再送优惠" in page


@pytest.mark.parametrize(
    ("headers", "sentence"), [(ENGLISH, "Nothing was decided yet"), (CHINESE, "还没有任何决策")]
)
@pytest.mark.usefixtures("broadband")
def test_before_the_first_night_the_page_teaches(
    sign_in: SignIn, headers: dict[str, str], sentence: str
) -> None:
    assert sentence in shown(sign_in("analyst"), headers=headers)


def test_the_page_says_what_is_learned_and_what_is_assumed(analyst: Client) -> None:
    """AI-02, TOP-20: an action that was learned of shows its rows, the others say assumed."""
    assert "Too few choices by chance" not in shown(analyst)
    arms = [{"action": "reminder", "rows": 412, "lift": 0.25, "sd": 0.06}]
    learning = Learning.objects.create(
        as_of=AS_OF, learned_at=AT, verdict="single", n=900, metrics={"arms": arms},
        data_hash="a" * 64, strategy_hash=current().hash, path="effects/one.npz",
    )  # fmt: skip

    page = shown(analyst)

    assert "0.25 ± 0.06 log-odds" in page
    assert "odds of renewing × 1.28, 412 choices" in page
    assert "the average effect of each action is used" in page
    assert page.count('<span class="t3">assumed</span>') == len(current().offers) - 2
    Learning.objects.filter(pk=learning.pk).update(verdict="thin")
    assert "已成熟的随机选择还太少" in shown(analyst, headers=CHINESE)
