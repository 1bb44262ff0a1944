"""Choices by chance teach the next ones; what is thin stays as stated; the past can be replayed."""

from datetime import date, timedelta

import pytest

from tenure.decide.decisions.evaluating import on_own_past
from tenure.decide.decisions.learning import learn_weekly, matured, usable
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.replaying import NothingToReplay, replay, replay_all
from tenure.decide.effects.models import Learning
from tenure.decide.offpolicy.refusals import TooFewRows
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import (
    a_customer,
    alternative,
    change_strategy,
    decide,
    the_decision,
)
from tests.understand.warehouses import Warehouse

LATER = AS_OF + timedelta(days=46)
LATER_AT = AT + timedelta(days=46)


def by_chance(*, least_per_arm: int = 12) -> None:
    change_strategy({"experiments.toml": {"exploration": "50 %", "least_per_arm": least_per_arm}})


def learn_from(warehouse: Warehouse, *, count: int) -> None:
    """A past in which everybody who was spoken to renewed, and nobody else."""
    by_chance()
    many = [a_customer(p_lapse=0.2 + 0.5 * n / count) for n in range(count)]
    decide(warehouse, *many, at=AT + timedelta(hours=1))
    spoken_to = Decision.objects.exclude(kind="nothing").values("term")
    Term.objects.filter(pk__in=spoken_to).update(renewed_on=AS_OF + timedelta(days=20))
    learn_weekly(as_of=LATER, at=LATER_AT)


def test_what_was_learned_decides_the_next_day_and_says_so(broadband: Warehouse) -> None:
    """AI-02, TOP-09: the effect of the letter is far above what the operator stated of it."""
    stated = a_customer()
    change_strategy({"experiments.toml": {"exploration": "0 %"}})
    decide(broadband, stated)
    learn_from(broadband, count=240)

    learning = Learning.objects.get()
    assert learning.verdict in {"personal", "single"}
    assert learning.n >= 200
    assert len(learning.data_hash) == 64
    assert Entry.objects.get(kind="effects.learned").content["verdict"] == learning.verdict

    change_strategy({"experiments.toml": {"exploration": "0 %"}})
    new = a_customer(days_left=30 + 46)
    decide(broadband, new, as_of=LATER, at=LATER_AT)

    decision, before = the_decision(new), the_decision(stated)
    assert decision.learning_id == learning.pk
    assert before.learning_id is None
    arms = {arm["action"] for arm in learning.metrics["arms"]} - {"nothing"}
    for one in decision.alternatives:
        assert one["is_learned"] == (one["action"] in arms)
    name = sorted(arms)[0]
    assert alternative(decision, name)["effect"] > 2 * alternative(before, name)["effect"]
    assert [one.is_same for one in replay_all(Choosing.objects.get(as_of=LATER))] == [True]


def test_it_is_learned_once_a_week(broadband: Warehouse) -> None:
    first = learn_weekly(as_of=LATER, at=LATER_AT)
    next_day = learn_weekly(as_of=LATER + timedelta(days=1), at=LATER_AT + timedelta(days=1))
    next_week = learn_weekly(as_of=LATER + timedelta(days=7), at=LATER_AT + timedelta(days=7))

    assert first == next_day == next_week == {"learned": 0}
    assert Learning.objects.count() == 2


def test_a_thin_past_changes_nothing_and_says_how_much_is_needed(broadband: Warehouse) -> None:
    """TOP-20: the operator's prior stands, and the row says why."""
    learn_from(broadband, count=12)

    learning = Learning.objects.get()
    assert (learning.verdict, learning.path) == ("thin", "")
    assert learning.metrics["why"]["code"] == "too_few_rows"
    assert usable(as_of=LATER).lesson is None


def test_what_has_not_matured_teaches_nothing(broadband: Warehouse) -> None:
    by_chance()
    decide(broadband, a_customer())

    def known(on: date) -> int:
        return len(matured(on, outcome_days=15))

    assert (known(AS_OF + timedelta(days=44)), known(AS_OF + timedelta(days=45))) == (0, 1)


@pytest.mark.parametrize("share", ["0 %", "50 %"])
def test_every_past_choice_comes_out_the_same_again(broadband: Warehouse, share: str) -> None:
    """TOP-09: the reasons, the numbers and the draw, from the log alone; two runs of one day."""
    change_strategy({"experiments.toml": {"exploration": share}})
    many = [
        a_customer(p_lapse=p, complaints_180=n % 3, compare_visits_30=n % 4)
        for n, p in enumerate((None, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.95))
    ]
    decide(broadband, *many, a_customer(p_lapse=0.6, account={"in_holdout": True}))
    late = a_customer(p_lapse=0.5)
    decide(broadband, *many, late, at=AT + timedelta(hours=1))

    runs = [replay_all(one) for one in Choosing.objects.order_by("at")]

    assert [len(one) for one in runs] == [12, 1]
    assert all(one.is_same for run in runs for one in run)
    assert replay(the_decision(late)).is_same


def test_a_changed_row_is_found_out(broadband: Warehouse) -> None:
    one = a_customer(p_lapse=0.5)
    decide(broadband, one)
    Decision.objects.update(inputs={**the_decision(one).inputs, "p_lapse": 0.01})

    assert not replay(the_decision(one)).is_same


def test_a_choice_whose_limits_nobody_kept_cannot_be_replayed(broadband: Warehouse) -> None:
    one = a_customer()
    decide(broadband, one)
    Choosing.objects.all().delete()

    with pytest.raises(NothingToReplay):
        replay(the_decision(one))


def test_a_strategy_is_valued_on_the_past_before_it_is_launched(broadband: Warehouse) -> None:
    """TOP-10: who was spoken to renewed, so speaking is worth more than what happened; what the
    past could never have given is left out and counted."""
    learn_from(broadband, count=300)

    found = on_own_past(current(), as_of=LATER)

    assert found["rows"] >= 200
    assert found["beyond_nothing"]["low"] > 0
    assert found["dr"]["low"] <= found["ips"]["value"]
    assert found["dr"]["deviation"] < found["ips"]["deviation"]
    assert sum(found["choices"].values()) + found["left_out"] == found["rows"]
    assert found["overlap"]["matching_rows"] > 0


def test_a_thin_past_values_nothing(broadband: Warehouse) -> None:
    """TOP-20."""
    learn_from(broadband, count=12)

    with pytest.raises(TooFewRows):
        on_own_past(current(), as_of=LATER)
