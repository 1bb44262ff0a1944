"""SEG-06: no play and no journey without a segment, and its rule is a part of theirs."""

from datetime import date
from typing import Any, cast

import pytest

from tenure.strategy.journeys import Journey
from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.reading import StrategyError
from tenure.strategy.rules import ALWAYS, AllOf, Leaf, Op, Rule
from tenure.strategy.targeting import check_named
from tests.strategy.documents import a_document, at, files_of

LATER = date(2026, 3, 1)


def changed(file: str, kind: str, **keys: Any) -> dict[str, Any]:
    document = a_document()
    files_of(document)[file][kind][0].update(keys)
    return document


def rules_of(document: dict[str, Any], journey: str) -> list[tuple[date, Rule]]:
    """The rule of a journey in each of its dated forms."""
    forms = build(document).dated["journeys"]
    return [
        (form.effective_on, cast("dict[str, Journey]", form.value)[journey].applies)
        for form in forms
    ]


@pytest.mark.parametrize("name", preset_names())
def test_every_shipped_play_and_journey_names_a_segment(name: str) -> None:
    strategy = preset(name)

    named = [one.segment for one in strategy.journeys.values()]
    named += [one.segment for one in strategy.plays.values()]
    assert {*named} <= {*strategy.segments, "everyone"}


@pytest.mark.parametrize(
    ("file", "kind", "name"),
    [("journeys.toml", "journey", "annual_renewal"), ("plays.toml", "play", "repair_care")],
)
def test_one_without_a_segment_is_refused_anew_and_read_where_stored(
    file: str, kind: str, name: str
) -> None:
    document = a_document()
    del files_of(document)[file][kind][0]["segment"]

    stored = build(document)

    with pytest.raises(StrategyError, match="name a segment, or write “everyone”") as refused:
        check_named(stored)
    assert f"{kind}[{name}].segment" in refused.value.sentence("en")
    assert "请用 segment 指定一个人群" in refused.value.sentence("zh")
    assert (stored.journeys | stored.plays)[name].applies == ALWAYS  # type: ignore[operator]


def test_the_rule_of_the_segment_joins_the_rule_of_its_own() -> None:
    own = Leaf("has_email", Op.EQUAL, 1)
    document = changed(
        "journeys.toml",
        "journey",
        applies=[{"feature": "has_email", "op": "==", "value": 1}],
    )

    strategy = build(document)

    yearly = strategy.segments["yearly"].rule
    assert strategy.journeys["annual_renewal"].applies == AllOf((yearly, AllOf((own,))))
    assert strategy.plays["early_access"].applies == ALWAYS


def test_everyone_changes_neither_rule_nor_version() -> None:
    named = build(changed("journeys.toml", "journey", segment="everyone"))
    unnamed = a_document()
    del files_of(unnamed)["journeys.toml"]["journey"][0]["segment"]

    first, second = (one.journeys["annual_renewal"] for one in (named, build(unnamed)))

    assert (first.applies, first.version) == (second.applies, second.version)


def test_a_segment_that_changes_on_a_day_changes_the_journey_from_that_day() -> None:
    document = a_document()
    later = dict(files_of(document)["segments.toml"], effective_on=LATER.isoformat())
    files_of(document)["segments.2026.toml"] = later
    segments = [dict(one) for one in later["segment"]]
    place = [one["id"] for one in segments].index("yearly")
    segments[place]["when"] = [{"feature": "cycle_months", "op": ">=", "value": 24}]
    later["segment"] = segments

    found = rules_of(document, "annual_renewal")

    assert found == [
        (date(2000, 1, 1), AllOf((Leaf("cycle_months", Op.AT_LEAST, 12),))),
        (LATER, AllOf((Leaf("cycle_months", Op.AT_LEAST, 24),))),
    ]


def test_an_unknown_segment_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(StrategyError, match="yearly"):
        build(changed("plays.toml", "play", segment="yearl"))


def test_a_journey_that_decides_takes_a_segment_of_features_only() -> None:
    document = changed("journeys.toml", "journey", segment="gamer")
    assert any(one.get("decides") for one in at(document, ("journeys.toml", "journey", 0, "step")))

    with pytest.raises(StrategyError, match="read on features alone"):
        build(document)
