"""SEG-01 … SEG-05: who is in a segment, which line removed how many, and why one customer is in."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.records.segments.actions import Draft, save
from tenure.records.strategies.queries import current
from tenure.strategy.fields import settled
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule, holds
from tenure.strategy.segments import version_of
from tenure.surfaces.cli.segments import export
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.actions import fill
from tenure.understand.segments.models import SegmentCount
from tenure.understand.segments.queries import (
    counts,
    fields,
    find,
    known,
    members,
    trend,
    waterfall,
)
from tenure.understand.segments.reading import read_on_everyone
from tenure.understand.segments.rules import meetings
from tenure.understand.segments.why import why
from tenure.understand.tags.actions import fill as fill_tags
from tenure.warehouse.fills import Filled, complete
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import AS_OF, AT, a_term
from tests.understand.features.literal import TODAY, an_account, an_event
from tests.understand.warehouses import Warehouse

SPEND = (10_000, 20_000, 30_000, 40_000, 90_000)


@pytest.fixture
def five(broadband: Warehouse) -> list[Any]:
    """Five customers: the fifth pays most, the first was never active."""
    terms = [a_term() for _ in SPEND]
    broadband.write(
        accounts=[
            an_account(account_id=term.account_id, region="滨江区" if place < 2 else "望澜区")
            for place, term in enumerate(terms)
        ],
        events=[
            an_event(1, "Feature Used", account_id=terms[4].account_id, feature="game_lane",
                     message_id=f"m{n}")
            for n in range(4)
        ],
    )  # fmt: skip
    broadband.put(
        FEATURES,
        *(
            {
                "term_id": term.pk,
                "subscription_id": term.subscription_id,
                "account_id": term.account_id,
                "paid_total_minor": SPEND[place],
                "active_days_30": place * 5,
                "active_days_90": place * 10,
                "nps_last": None if place == 0 else place,
                "plan_code": "home_100" if place < 3 else "home_300",
            }
            for place, term in enumerate(terms)
        ),
    )
    broadband.put(RISKS, *({"term_id": term.pk, "p_lapse": 0.1} for term in terms))
    complete(Filled(FEATURES.name, TODAY, version="x"), row_count=5, at=AT)
    return terms


def test_a_day_is_filled_with_who_is_in_what_and_kept(five: list[Any]) -> None:
    """SEG-01, SEG-02, SEG-08: standings, activity and what somebody uses."""
    first = fill(as_of=AS_OF, at=AT)
    second = fill(as_of=AS_OF, at=AT)
    found = members(AS_OF)

    assert first == second == {"rows": 5, "segments": len(current().segments)}
    assert found is not None
    # The line above the lowest 80 % of the spend is 50,000: 40,000 + 0.2 × 50,000.
    assert found.customers("high_value").tolist() == [five[4].account_id]
    assert found.customers("low_frequency").tolist() == [five[0].account_id]
    assert found.terms("silent").tolist() == [five[0].pk]
    assert found.customers("gamer").tolist() == [five[4].account_id]
    assert counts(as_of=AS_OF)["active"].customers == 2
    assert [(one.as_of, one.customers) for one in trend("silent", as_of=AS_OF)] == [(AS_OF, 1)]


def test_a_saved_segment_is_filled_with_its_version_and_the_snapshot_keeps_the_old_rule(
    five: list[Any],
) -> None:
    """SEG-05: snapshot against live."""
    fill(as_of=AS_OF, at=AT)
    rule = {"all": [{"feature": "account:region", "op": "==", "value": "滨江区"}]}
    tree = AllOf((Leaf("account:region", Op.EQUAL, "滨江区"),))
    draft = Draft("riverside", Sentence(zh="滨江", en="riverside"), rule, version_of(tree))
    save(draft, on=AS_OF, at=AT, by="user:1")

    before = members(AS_OF)
    live = waterfall(find("riverside", as_of=AS_OF).rule, on=AS_OF).customers
    fill(as_of=AS_OF, at=AT)

    assert before is not None
    assert "riverside" not in before.segments
    assert live == 2
    assert SegmentCount.objects.get(segment="riverside").customers == 2
    assert SegmentCount.objects.count() == len(current().segments) + 1


def test_each_line_says_how_many_it_leaves_and_how_many_it_removed(five: list[Any]) -> None:
    rule = AllOf(
        (
            Leaf("plan_code", Op.EQUAL, "home_100"),
            AnyOf((Leaf("active_days_30", Op.AT_LEAST, 10), Leaf("nps_last", Op.UNKNOWN))),
            Not(Leaf("account:region", Op.EQUAL, "望澜区")),
        )
    )

    found = waterfall(rule, on=AS_OF)

    assert found.everyone == 5
    assert [(one.step.depth, one.left, one.removed) for one in found.lines] == [
        (0, 3, 2),
        (0, 2, 1),
        (1, 1, 0),
        (1, 1, 0),
        (0, 1, 1),
    ]
    assert found.customers == 1


def test_why_tells_each_line_with_the_customers_own_value(five: list[Any]) -> None:
    segments = {"high_value": known(as_of=AS_OF)["high_value"]}
    names = fields(current())

    (rich,) = why(five[4].account_id, segments, on=AS_OF, names=names)
    (poor,) = why(five[3].account_id, segments, on=AS_OF, names=names)

    assert rich.is_in
    assert not poor.is_in
    assert [(line.value, line.is_true) for line in poor.lines] == [(40_000, False), (30, True)]
    assert poor.lines[0].settled == Leaf("paid_total_minor", Op.AT_LEAST, 50_000.0)
    assert poor.missing[0].asked.en == "quantile of paid in total is at least 80 %"


def test_two_segments_meet_where_they_share_customers(five: list[Any]) -> None:
    rules: dict[str, Rule] = {
        "paying": Leaf("paid_total_minor", Op.AT_LEAST, 30_000),
        "busy": Leaf("active_days_30", Op.AT_LEAST, 15),
        "nobody": AnyOf(()),
    }
    read = read_on_everyone(rules, on=AS_OF)

    (met,) = meetings(read.people, bit=read.bit("paying"), others=range(3))

    assert (met.second, met.both, met.share_of_first) == (read.bit("busy"), 2, 2 / 3)


def test_a_tag_stands_in_a_rule(five: list[Any]) -> None:
    fill_tags(as_of=AS_OF, at=AT)

    read = read_on_everyone({"low": Leaf("tag:low_use", Op.EQUAL, 1)}, on=AS_OF)

    assert read.terms("low").tolist() == [five[0].pk]


def test_the_list_is_taken_away_without_names(five: list[Any], tmp_path: Path) -> None:
    fill(as_of=AS_OF, at=AT)

    export("silent", to=tmp_path / "silent.json", as_of=str(AS_OF))

    (row,) = json.loads((tmp_path / "silent.json").read_text())
    assert (row["term_id"], row["as_of"]) == (five[0].pk, str(AS_OF))
    assert "name" not in row


leaves = st.sampled_from(
    [
        Leaf("active_days_30", Op.AT_LEAST, 10),
        Leaf("nps_last", Op.UNKNOWN),
        Leaf("plan_code", Op.EQUAL, "home_300"),
        Leaf("account:region", Op.EQUAL, "滨江区"),
        Leaf("quantile:paid_total_minor", Op.ABOVE, 0.5),
        Leaf("event:Feature Used:30", Op.AT_LEAST, 1),
    ]
)
trees = st.recursive(
    leaves,
    lambda part: (
        st.builds(AllOf, st.lists(part, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(part, max_size=3).map(tuple))
        | st.builds(Not, part)
    ),
    max_leaves=6,
)


def test_both_readings_of_a_tree_agree(five: list[Any]) -> None:
    """The compiled tree on everyone, and the same tree on one row after another."""
    rows = [
        {
            "active_days_30": place * 5,
            "nps_last": None if place == 0 else place,
            "plan_code": "home_100" if place < 3 else "home_300",
            "account:region": "滨江区" if place < 2 else "望澜区",
            "paid_total_minor": SPEND[place],
            "event:Feature Used:30": 4 if place == 4 else 0,
        }
        for place in range(5)
    ]

    @given(rules=st.lists(trees, min_size=1, max_size=20))
    @hypothesis_settings(max_examples=15, deadline=None)
    def agree(rules: list[Rule]) -> None:
        named = {str(place): rule for place, rule in enumerate(rules)}
        read = read_on_everyone(named, on=AS_OF)
        for name, rule in named.items():
            plain = settled(rule, read.cuts)
            expected = [term.pk for term, row in zip(five, rows, strict=True) if holds(plain, row)]
            assert sorted(read.terms(name).tolist()) == expected

    agree()
