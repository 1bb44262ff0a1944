"""EXP-01: scripts are compared on customers at random, sticky, and read out like the holdout."""

from collections import Counter
from datetime import timedelta

import pytest

from tenure.act.journeys.actions import plan_due
from tenure.decide.decisions.actions import decide_due
from tenure.prove.readouts.actions import read_out
from tenure.prove.readouts.queries import latest
from tenure.records.contacts.models import Message
from tenure.records.experiments.models import Assignment
from tenure.records.experiments.rules import ComparisonChanged
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, day
from tests.decide.decisions.deciding import a_customer, change_strategy, decide, put_tables
from tests.understand.warehouses import Warehouse

COMPARISON = {
    "id": "t7_tone",
    "name": {"zh": "T−7 语气", "en": "Tone at T−7"},
    "journey": "annual_renewal",
    "step": "t7",
    "salt": "t7-tone-1",
    "starts_on": "2026-06-01",
    "planned_on": "2026-12-01",
    "arm": [
        {"id": "plain", "weight": 1},
        {"id": "options", "weight": 1, "message": "renewal_options"},
        {"id": "silent", "weight": 1, "sends": False},
    ],
}


def compare(**changes: object) -> None:
    exploration = {"exploration": "0 %"}
    change_strategy(
        {"experiments.toml": {**exploration, "comparison": [{**COMPARISON, **changes}]}}
    )


def arms() -> dict[int, str]:
    found = Assignment.objects.filter(experiment__key="t7_tone")
    return dict(found.values_list("term_id", "arm"))


def test_each_customer_at_the_step_enters_one_arm_for_ever(broadband: Warehouse) -> None:
    compare()
    due = [a_customer(days_left=7) for _ in range(30)]
    early, held = a_customer(days_left=8), a_customer(days_left=7, account={"in_holdout": True})
    decide(broadband, *due, early, held)
    before = arms()

    decide_due(as_of=AS_OF, at=AT + timedelta(hours=1))

    comparison = current().experiments.comparisons["t7_tone"]
    assert set(before) == {one.term.pk for one in due}
    assert all(before[one.term.pk] == comparison.arm_of(str(one.term.account_id)).id for one in due)
    assert len(Counter(before.values())) == 3
    assert arms() == before


def test_arms_of_a_comparison_with_strata_are_even_in_each(broadband: Warehouse) -> None:
    """Six of one length, three of another: two and one of each arm, whoever they are."""
    compare(strata=["cycle_months"])
    yearly = [a_customer(days_left=7) for _ in range(6)]
    longer = [a_customer(days_left=7, term={"cycle_months": 24}) for _ in range(3)]

    decide(broadband, *yearly, *longer)

    found = arms()
    for group, each in ((yearly, 2), (longer, 1)):
        counts = Counter(found.get(one.term.pk) for one in group)
        assert counts == {"plain": each, "options": each, "silent": each}


def test_each_arm_gets_its_own_script_or_none(broadband: Warehouse) -> None:
    compare()
    due = [a_customer(days_left=7) for _ in range(12)]
    decide(broadband, *due)

    planned = plan_due(as_of=AS_OF, at=AT)

    templates = dict(Message.objects.filter(step="t7").values_list("term_id", "template"))
    said = {"plain": "ends_soon", "options": "renewal_options", "silent": None}
    assert {term: templates.get(term) for term in arms()} == {
        term: said[arm] for term, arm in arms().items()
    }
    assert planned.excluded["left_out"] == list(arms().values()).count("silent")


def test_the_arms_are_read_out_against_the_first(broadband: Warehouse) -> None:
    """TOP-05: "silent" against "plain" is the test of the reminder itself."""
    compare()
    due = [a_customer(days_left=7) for _ in range(12)]
    decide(broadband, *due)

    counts = read_out(as_of=day(22), at=AT + timedelta(days=22))

    assert counts["readouts"] == 3
    readout = latest("t7_tone", "silent")
    assert readout is not None
    assert (readout.control, readout.verdict) == ("plain", "too_few")
    assert readout.arms["plain"]["terms"] == list(arms().values()).count("plain")
    assert readout.fixed_low is None


def test_a_running_comparison_cannot_change_its_arms(broadband: Warehouse) -> None:
    compare()
    decide(broadband, a_customer(days_left=7))
    compare(salt="another")
    late = a_customer(days_left=7)
    put_tables(broadband, [late])

    with pytest.raises(ComparisonChanged) as refused:
        decide_due(as_of=AS_OF, at=AT)

    assert "t7_tone" in refused.value.sentence("en")
    assert late.term.pk not in arms()


def test_nobody_enters_before_the_comparison_starts(broadband: Warehouse) -> None:
    compare(starts_on="2026-06-16")
    decide(broadband, a_customer(days_left=7))

    assert arms() == {}
