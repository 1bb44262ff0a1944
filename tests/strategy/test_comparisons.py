"""Comparisons of scripts declared in the strategy (EXP-01)."""

from typing import Any

import pytest

from tenure.strategy.experiments import Comparison
from tenure.strategy.linting import warnings
from tenure.strategy.loading import build
from tenure.strategy.reading import StrategyError
from tests.strategy.documents import a_document, files_of


def a_comparison(**fields: Any) -> dict[str, Any]:
    return {
        "id": "t7_tone",
        "name": {"zh": "T-7 语气", "en": "Tone at T-7"},
        "journey": "annual_renewal",
        "step": "t7",
        "salt": "t7-tone-1",
        "starts_on": "2026-03-01",
        "planned_on": "2026-06-01",
        "arm": [
            {"id": "plain", "weight": 2},
            {"id": "short", "weight": 1, "message": "renewal_options"},
            {"id": "silent", "weight": 1, "sends": False},
        ],
        **fields,
    }


def with_comparison(**fields: Any) -> dict[str, Any]:
    document = a_document()
    files_of(document)["experiments.toml"]["comparison"] = [a_comparison(**fields)]
    return document


def read(**fields: Any) -> Comparison:
    return build(with_comparison(**fields)).experiments.comparisons["t7_tone"]


def test_first_arm_is_the_control() -> None:
    comparison = read()

    assert comparison.control == "plain"
    assert comparison.weights == {"plain": 2, "short": 1, "silent": 1}
    assert [arm.sends for arm in comparison.arms.values()] == [True, True, False]


def test_arms_are_sticky_and_get_their_weights() -> None:
    """EXP-01: of 20,000 units 10,000 are expected in the control, standard deviation 70.7."""
    comparison = read()
    arms = [comparison.arm_of(f"account:{number}").id for number in range(20_000)]

    assert arms == [comparison.arm_of(f"account:{number}").id for number in range(20_000)]
    assert abs(arms.count("plain") - 10_000) < 283
    assert abs(arms.count("silent") - 5_000) < 245


def test_what_is_expected_is_said_beforehand_or_worth_a_second_look() -> None:
    """EXP-01: a hypothesis in both languages, or a warning that names the comparison."""
    said = {"zh": "语气更短，多续 2 个百分点", "en": "A shorter tone renews 2 points more"}

    told = build(with_comparison(hypothesis=said))
    bare = build(with_comparison())

    assert told.experiments.comparisons["t7_tone"].hypothesis.en == said["en"]
    assert warnings(told) == ()
    (found,) = warnings(bare)
    assert "the comparison “Tone at T-7” has no hypothesis" in found.en
    with pytest.raises(StrategyError, match="hypothesis"):
        read(hypothesis={"zh": "只有中文"})


def test_strata_are_fields_of_the_term() -> None:
    assert read().strata == ()
    assert read(strata=["plan", "cycle_months"]).strata == ("plan", "cycle_months")


def test_a_comparison_is_read_by_renewals_unless_it_says_otherwise() -> None:
    """EXP-02: one metric, settled beforehand; a stay is counted up to a horizon."""
    plain, stay = read(), read(metric="stay", horizon_days=180)

    assert (str(plain.metric), plain.horizon_days) == ("renewal", 90)
    assert (str(stay.metric), stay.horizon_days) == ("stay", 180)


@pytest.mark.parametrize(
    ("fields", "path", "en"),
    [
        ({"metric": "stays"}, "comparison[t7_tone].metric", "stay"),
        ({"metric": "stay", "horizon_days": 0}, "comparison[t7_tone].horizon_days", "7"),
        ({"arm": [{"id": "plain", "weight": 1}]}, "comparison[t7_tone].arm", "at least two arms"),
        ({"planned_on": "2026-03-01"}, "comparison[t7_tone].planned_on", "after starts_on"),
        ({"salt": "a:b"}, "comparison[t7_tone].salt", "must not hold a colon"),
        (
            {"journey": "anual_renewal"},
            "comparison[t7_tone].journey",
            "the nearest is “annual_renewal”",
        ),
        ({"strata": ["plam"]}, "comparison[t7_tone].strata[0]", "the nearest is “plan”"),
        ({"step": "t30"}, "comparison[t7_tone].step", "choose a step that does not"),
        ({"step": "t3o"}, "comparison[t7_tone].step", "the nearest is “t3"),
        (
            {"arm": [{"id": "a", "weight": 1}, {"id": "b", "weight": 1, "message": "offer_term"}]},
            "comparison[t7_tone].arm[b].message",
            "but the message “offer_term” is “marketing”",
        ),
    ],
)
def test_comparison_that_cannot_be_is_refused(fields: dict[str, Any], path: str, en: str) -> None:
    with pytest.raises(StrategyError) as refused:
        build(with_comparison(**fields))

    assert refused.value.data["path"] == path
    assert en in str(refused.value)
