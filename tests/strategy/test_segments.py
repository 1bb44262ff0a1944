"""SEG-05: a feature, tag, attribute, event or standing stands in a rule, and is read back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.strategy.fields import Fields
from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.reading import StrategyError
from tenure.strategy.rule_writing import as_table
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule
from tenure.strategy.segments import rule_of
from tests.strategy.documents import a_document, files_of

FIELDS = Fields({tag.id: tag.name for tag in preset("broadband").tags.values()})
READY = {"high_value", "low_frequency", "first_term", "falling_activity", "business", "enterprise"}
PERSONS = {"elderly_light", "family", "young", "gamer", "video_meeting"}

leaves = st.sampled_from(
    [
        Leaf("active_days_30", Op.AT_LEAST, 4),
        Leaf("usage_trend", Op.BELOW, 0.6),
        Leaf("plan_code", Op.AMONG, ("home_100", "home_300")),
        Leaf("paid_total_minor", Op.ABOVE, 60_000, "CNY"),
        Leaf("nps_last", Op.UNKNOWN),
        Leaf("tag:low_use", Op.EQUAL, 1),
        Leaf("account:region", Op.DIFFERENT, "滨江区"),
        Leaf("event:Feature Used/game_lane:30", Op.AT_LEAST, 2),
        Leaf("quantile:paid_total_minor", Op.AT_LEAST, 0.8),
        Leaf("p_lapse", Op.ABOVE, 0.25),
    ]
)
trees = st.recursive(
    leaves,
    lambda part: (
        st.builds(AllOf, st.lists(part, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(part, max_size=3).map(tuple))
        | st.builds(Not, part)
    ),
    max_leaves=10,
)


@given(rule=trees)
def test_a_written_rule_is_read_back_as_the_same_rule(rule: Rule) -> None:
    top = rule if isinstance(rule, AllOf) else AllOf((rule,))

    assert rule_of(as_table(rule), fields=FIELDS, file="a test") == top


@pytest.mark.parametrize("name", preset_names())
def test_every_ready_strategy_has_the_segments_that_people_expect(name: str) -> None:
    """SEG-01, SEG-02, SEG-03, SEG-04, SEG-08."""
    found = preset(name).segments.keys()

    wanted = READY if name == "small_business" else READY | PERSONS
    assert wanted <= found


def refused(when: Any) -> str:
    document = a_document()
    files_of(document)["segments.toml"]["segment"][0]["when"] = when
    with pytest.raises(StrategyError) as refusal:
        build(document)
    return refusal.value.sentence("en")


@pytest.mark.parametrize(
    ("leaf", "part"),
    [
        ({"feature": "tag:lowuse", "op": "==", "value": 1}, "tag:low_use"),
        ({"feature": "event:Login:900", "op": ">=", "value": 1}, "event:Login:900"),
        ({"feature": "quantile:active_days_30", "op": ">=", "value": 1.5}, "between 0 and 1"),
        ({"feature": "quantile:plan_code", "op": ">=", "value": 0.5}, "quantile:plan_code"),
        ({"feature": "tag:low_use", "op": ">", "value": 1}, "yes or no"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(leaf: dict[str, Any], part: str) -> None:
    assert part in refused([leaf])
