"""The health score's map (HLT-01) and the shipped tags (TAG-01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.strategy.features import OBSERVED
from tenure.strategy.health import Component, Health
from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.reading import StrategyError
from tenure.strategy.rules import features_of, holds
from tests.strategy.documents import a_document, at

VALUES = st.one_of(st.none(), st.floats(-1000, 1000))
HEALTH = preset("broadband").health


def a_component(
    *,
    name: str = "use",
    weight: int = 1,
    points: tuple[tuple[float, float], ...] = ((0, 0), (10, 100)),
) -> Component:
    said = Sentence(zh="使用", en="use")
    return Component(id=name, name=said, feature=name, weight=weight, points=points)


@pytest.mark.parametrize(
    ("value", "score"),
    [(-5, 0.0), (0, 0.0), (2, 20.0), (4, 40.0), (7, 70.0), (10, 100.0), (99, 100.0), (None, None)],
)
def test_component_is_straight_between_points_and_flat_outside(
    value: float | None, score: float | None
) -> None:
    component = a_component(points=((0, 0), (4, 40), (10, 100)))

    assert component.score(value) == score


def test_total_is_the_weighted_mean_of_what_is_known() -> None:
    health = Health(70, 75, (a_component(name="use", weight=3), a_component(name="pay", weight=1)))

    assert health.total(health.parts({"use": 10, "pay": 2})) == (3 * 100 + 1 * 20) / 4
    assert health.total(health.parts({"use": None, "pay": 2})) == 20
    assert health.total(health.parts({"use": None, "pay": None})) is None


@given(values=st.lists(VALUES, min_size=5, max_size=5))
def test_health_stays_between_the_worst_and_the_best_part(values: list[float | None]) -> None:
    health = HEALTH
    row = {one.feature: value for one, value in zip(health.components, values, strict=True)}

    parts = health.parts(row)
    total = health.total(parts)

    known = [part for part in parts.values() if part is not None]
    assert (total is None) == (not known)
    if total is not None:
        assert 0 <= min(known) <= max(known) <= 100
        assert min(known) - 1e-9 <= total <= max(known) + 1e-9


@pytest.mark.parametrize("name", preset_names())
def test_intervention_line_is_70_and_recovery_75(name: str) -> None:
    """HLT-01: below 70 at once, and no flapping: back only at 75."""
    health = preset(name).health

    assert (health.threshold, health.recover) == (70, 75)
    assert all(one.feature in OBSERVED for one in health.components)


@pytest.mark.parametrize(
    ("tag", "row", "expected"),
    [
        ("core_idle_7", {"days_since_core": 7}, True),
        ("core_idle_7", {"days_since_core": 6}, False),
        ("core_idle_7", {"days_since_core": None}, False),
        ("renewed_yesterday", {"term_age_days": 1, "renewals_count": 2}, True),
        ("renewed_yesterday", {"term_age_days": 1, "renewals_count": 0}, False),
        ("expiring_30", {"days_left": 30}, True),
        ("expiring_30", {"days_left": -1}, False),
        ("high_value", {"tier_rank": 1, "paid_total_minor": 300_000}, True),
        ("high_value", {"tier_rank": 2, "paid_total_minor": 299_999}, False),
        ("slow_evenings", {"slow_evenings_30": 9, "speed_ratio_30": 0.31}, True),
        ("detractor", {"nps_last": None}, False),
    ],
)
def test_tags_of_the_broadband_operator(
    tag: str, row: dict[str, float | None], expected: bool
) -> None:
    """TAG-01: “7 days without the core feature”, “renewed yesterday” and others."""
    assert holds(preset("broadband").tags[tag].rule, row) is expected


@pytest.mark.parametrize("name", preset_names())
def test_tags_look_at_declared_features_only(name: str) -> None:
    for tag in preset(name).tags.values():
        assert features_of(tag.rule) <= OBSERVED.keys()


def test_version_of_a_tag_is_that_of_its_rule() -> None:
    """TAG-01: entering and leaving carry the version of the rule."""
    changed, renamed = a_document(), a_document()
    at(changed, ("tags.toml", "tag", 0, "when"))["value"] = 8
    at(renamed, ("tags.toml", "tag", 0, "name"))["en"] = "idle"

    versions = [build(one).tags["core_idle_7"].version for one in (a_document(), changed, renamed)]

    assert versions[0] != versions[1]
    assert versions[0] == versions[2]


def test_more_tags_than_bits_are_refused() -> None:
    document = a_document()
    tags = at(document, ("tags.toml", "tag"))
    tags += [{**tags[0], "id": f"more_{number}"} for number in range(64 - len(tags))]

    with pytest.raises(StrategyError, match="at most 63 tags"):
        build(document)
