"""Bad input through the loop: a clear sentence, a safe choice (do nothing), a journal entry."""

from datetime import timedelta
from typing import Any

import pytest

from tenure.act.promises.withdrawing import withdraw
from tenure.decide.decisions.actions import decide_due
from tenure.decide.decisions.evaluating import on_own_past
from tenure.decide.decisions.learning import learn_weekly, matured
from tenure.decide.decisions.limits import told as not_kept
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.reasons import sentence_of_reason
from tenure.decide.effects.models import Learning
from tenure.kernel.failures import Refusal
from tenure.loop.nightly import run
from tenure.records.contacts.models import Message
from tenure.records.experiments.models import Assignment
from tenure.records.experiments.rules import ComparisonChanged
from tenure.records.jobs.actions import note_refusal, start_run
from tenure.records.journal.models import Entry
from tenure.records.stock.models import Promise
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import build
from tenure.strategy.reading import StrategyError
from tests.act.posts import Postbag
from tests.builders import AS_OF, AT, a_term, at_on, day
from tests.decide.decisions.conftest import broadband
from tests.decide.decisions.deciding import a_customer, change_strategy, decide
from tests.decide.decisions.test_comparing import COMPARISON
from tests.decide.decisions.test_promises import offering
from tests.strategy.documents import a_document, at
from tests.understand.warehouses import Warehouse

__all__ = ["broadband"]
LATER = AS_OF + timedelta(days=46)
LATER_AT = AT + timedelta(days=46)


def compare(*comparisons: dict[str, Any]) -> None:
    change_strategy({"experiments.toml": {"exploration": "0 %", "comparison": list(comparisons)}})


def entry(kind: str) -> dict[str, Any]:
    content: dict[str, Any] = Entry.objects.get(kind=kind).content
    return content


def test_no_overlap_teaches_nothing_and_what_is_stated_stands(broadband: Warehouse) -> None:
    """Without chance nothing was ever tried beside what the plan chose."""
    change_strategy({"experiments.toml": {"exploration": "0 %", "least_per_arm": 5}})
    many = [a_customer(p_lapse=0.4) for _ in range(20)]
    decide(broadband, *many)
    Term.objects.all().update(renewed_on=day(20))

    learn_weekly(as_of=LATER, at=LATER_AT)

    learning = Learning.objects.get()
    assert (learning.verdict, learning.path) == ("thin", "")
    assert learning.metrics["why"]["code"] == "too_few_rows"
    said = learning.metrics["why"]["sentence"]
    assert "are needed to test on customers not learned from" in said["en"]
    assert "才能在未见过的客户上检验" in said["zh"]
    assert entry("effects.learned")["verdict"] == "thin"
    with pytest.raises(Refusal, match="too few"):
        on_own_past(current(), as_of=LATER)


def test_an_arm_with_no_outcomes_is_left_out_and_the_journal_says_thin(
    broadband: Warehouse,
) -> None:
    """Chance chose, and nobody's term is over: no arm has an outcome yet."""
    change_strategy({"experiments.toml": {"exploration": "50 %", "least_per_arm": 5}})
    decide(broadband, *[a_customer(p_lapse=0.4, days_left=60) for _ in range(20)])

    learn_weekly(as_of=day(30), at=AT + timedelta(days=30))

    assert Learning.objects.get().n == 0
    said = Learning.objects.get().metrics["why"]["sentence"]
    assert said["en"].startswith("0 rows are too few")
    assert said["zh"].startswith("只有 0 行")
    assert entry("effects.learned") == {
        "learning": Learning.objects.get().pk, "verdict": "thin", "n": 0, "changed": [],
    }  # fmt: skip


@pytest.mark.usefixtures("strategy")
@pytest.mark.django_db
def test_an_assignment_changed_midway_stops_the_day_with_an_entry() -> None:
    """The night does nothing more: nobody is chosen for, nobody is written to."""
    compare(COMPARISON)
    a_term(days_left=7)
    run(as_of=AS_OF, at=at_on(AS_OF + timedelta(days=1), 9), post=Postbag())
    messages = Message.objects.count()
    compare({**COMPARISON, "salt": "another"})
    term, bag = a_term(days_left=8), Postbag()

    for _ in range(2):
        with pytest.raises(ComparisonChanged):
            run(as_of=day(1), at=at_on(day(2), 9), post=bag)

    told = entry("run.refused")
    assert (told["stage"], told["code"]) == ("decide", "comparison_changed")
    assert "t7_tone" in told["why"]["en"]
    assert "t7_tone" in told["why"]["zh"]
    assert bag.letters == []
    assert Message.objects.count() == messages
    assert not Decision.objects.filter(term=term).exists()
    assert not Assignment.objects.filter(term=term, experiment__key="t7_tone").exists()


def test_a_budget_of_zero_gives_nothing_away_and_still_reminds(broadband: Warehouse) -> None:
    change_strategy({"guardrails.toml": {"monthly_budget": "0.00 CNY"}})
    one = a_customer(p_lapse=0.4)

    counts = decide(broadband, one)

    decision = Decision.objects.get(term=one.term)
    assert decision.kind in {"nothing", "reminder", "value_recap"}
    refused = {row["action"]: row["refused_by"] for row in decision.alternatives}
    assert refused["care_call"] == "budget"
    said = sentence_of_reason("budget", strategy=current().at(AS_OF), action="care_call")
    assert said.en == "today's budget went to customers for whom it brings more"
    assert said.zh == "今日预算用在了回报更高的客户身上"
    assert counts["due"] == 1
    assert Entry.objects.filter(kind="decision.made").count() == 1


def test_outcomes_before_their_exposure_teach_nothing_and_are_counted(
    broadband: Warehouse,
) -> None:
    """Renewals that became known late are older than the choice: none of it did them."""
    change_strategy({"experiments.toml": {"exploration": "50 %", "least_per_arm": 5}})
    early, later = ([a_customer(p_lapse=0.4) for _ in range(20)] for _ in range(2))
    decide(broadband, *early, *later)
    drawn = Decision.objects.filter(propensity__lt=1, p_without__isnull=False)
    Term.objects.filter(pk__in=[one.term.pk for one in early]).update(renewed_on=day(-3))
    Term.objects.filter(pk__in=[one.term.pk for one in later]).update(renewed_on=day(20))
    count = drawn.filter(term__in=[one.term for one in early]).values("term").distinct().count()

    learn_weekly(as_of=LATER, at=LATER_AT)

    learned = {row["term_id"] for row in matured(LATER, outcome_days=15)}
    assert learned == set(
        drawn.filter(term__in=[one.term for one in later]).values_list("term_id", flat=True)
    )
    told = entry("effects.outcome_before_exposure")
    assert (told["rows"], told["code"]) == (count, "outcome_before_exposure")
    assert count > 0
    assert f"In {count} rows the outcome came before the action" in told["why"]["en"]
    assert f"{count} 行的结果早于动作本身" in told["why"]["zh"]


def test_capacities_that_no_plan_can_keep_choose_nobody_and_name_what_stands_against_them(
    broadband: Warehouse,
) -> None:
    """Three calls asked for, none allowed, and the other way written as a contradiction."""
    wanted = {"id": "calls", "name": {"zh": "电话", "en": "calls"}, "actions": ["care_call"],
              "per": "day", "at_least": 3}  # fmt: skip
    none = {"id": "no_hours", "name": {"zh": "没有人手", "en": "no hours"},
            "actions": ["care_call"], "per": "day", "at_most": 0}  # fmt: skip
    change_strategy({"limits.toml": {"limit": [wanted, none]}})
    many = [a_customer(p_lapse=0.4, account={"phone": f"1380000000{n}"}) for n in range(4)]

    decide(broadband, *many)

    told = not_kept(entry("floor.not_kept"), strategy=current().at(AS_OF))
    assert told.en.startswith("“calls” asks for 3 on this day and at most 0 can be reached")
    assert "“no hours”" in told.en
    assert told.zh.startswith("“电话”当天至少要 3 次，最多只能做到 0 次，因为“没有人手”")
    assert not Decision.objects.filter(action="care_call").exists()
    with pytest.raises(StrategyError, match="at_least"):
        change_strategy({"limits.toml": {"limit": [wanted | {"at_most": 2}]}})


def test_an_offer_withdrawn_while_promised_is_kept_for_who_has_it_and_made_to_nobody_else(
    broadband: Warehouse,
) -> None:
    """The promise stands, the next customer is left alone with the reason, the journal tells."""
    offering(wifi_point={"prior_logit_lift": 2.0})
    first, second = a_customer(p_lapse=0.4), a_customer(p_lapse=0.4)
    decide(broadband, first)
    promise = Promise.objects.get()

    withdraw("wifi_point", "none from the maker", on=AS_OF, at=AT, by="ops")
    decide(broadband, second, at=AT + timedelta(hours=2))

    promise.refresh_from_db()
    assert (promise.term_id, promise.state) == (first.term.pk, "held")
    made = Decision.objects.get(term=second.term)
    assert (made.outcome, made.action, made.reason) == ("withheld", "nothing", "withdrawn")
    said = sentence_of_reason("withdrawn", strategy=current().at(AS_OF))
    assert all(said.say(language) for language in ("zh-Hans", "en"))
    assert entry("offer.withdrawn")["promises"] == {"honoured": 1}


def test_costs_below_zero_are_refused_before_anything_is_applied() -> None:
    document = a_document()
    offer = at(document, ("offers.toml", "offer", 1))
    offer["contact_cost"] = "-1.00 CNY"

    with pytest.raises(StrategyError) as refused:
        build(document)

    assert refused.value.data["path"] == f"offer[{offer['id']}].contact_cost"
    assert all("contact_cost" in refused.value.sentence(tag) for tag in ("zh-Hans", "en"))
    assert refused.value.sentence("zh-Hans") != refused.value.sentence("en")


def test_two_experiments_never_hold_one_customer_at_once(broadband: Warehouse) -> None:
    """Whoever is in one stays in it; the other one is told how many were kept apart."""
    other = {**COMPARISON, "id": "t7_other", "salt": "t7-other-1",
             "name": {"zh": "另一个", "en": "another"}}  # fmt: skip
    compare(COMPARISON)
    first = [a_customer(days_left=7) for _ in range(3)]
    decide(broadband, *first)
    compare(COMPARISON, other)

    decide_due(as_of=AS_OF, at=AT + timedelta(hours=1))

    given = Assignment.objects.filter(term__in=[one.term for one in first])
    keys = given.exclude(experiment__key="holdout").values_list("experiment__key", flat=True)
    assert set(keys) == {"t7_tone"}
    told = entry("experiment.kept_apart")
    assert {name: told[name] for name in told if name != "why"} == {"key": "t7_other", "count": 3}
    assert told["why"]["en"].startswith("3 customers are in another comparison that still runs")
    assert told["why"]["zh"].startswith("3 位客户已在另一个还没结束的对比里，没有进入“另一个”")


@pytest.mark.django_db
def test_a_refusal_is_entered_once_however_often_the_night_tries() -> None:
    stored = start_run(AS_OF, strategy_hash="x" * 64, at=AT)
    why = ComparisonChanged(key="t7_tone")

    for _ in range(3):
        note_refusal(stored, "decide", why=why, at=AT, by="loop")

    assert entry("run.refused")["code"] == "comparison_changed"
