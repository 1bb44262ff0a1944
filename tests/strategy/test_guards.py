"""GRD-01, TOP-06: guardrails are data with a reason, and examples that hold whenever read."""

from typing import Any

import pytest

from tenure.strategy.cases import BASELINE
from tenure.strategy.guard_checks import check_every_day
from tenure.strategy.guard_lines import lines
from tenure.strategy.loading import build, preset, preset_names
from tenure.strategy.reading import StrategyError
from tenure.strategy.refusing import first_refusal


def with_lines(*own: dict[str, Any], **limits: Any) -> Any:
    document = preset("broadband").document
    files: Any = document["files"]
    table = {**files["guardrails.toml"], **limits}
    table["line"] = [*table["line"], *own]
    strategy = build({**document, "files": {**files, "guardrails.toml": table}})
    check_every_day(strategy)
    return strategy


SAID = {"zh": "甲", "en": "said"}


@pytest.mark.parametrize("name", preset_names())
def test_every_line_of_a_preset_has_a_reason_and_a_case_on_either_side(name: str) -> None:
    guardrails = preset(name).guardrails

    for line in lines(guardrails):
        stated = guardrails.stated[line.code]
        assert stated.reason.zh
        assert stated.reason.en
        assert {one.is_refused for one in stated.examples} == {True, False}, line.code


def test_a_limit_moved_past_an_example_is_told_before_it_is_applied() -> None:
    """GRD-01: 0.5 % as floor margin lets a tenth through, which the example says is refused."""
    with pytest.raises(StrategyError) as told:
        with_lines(floor_margin="0.5 %")

    assert told.value.data["path"] == "line[floor_margin].example[0].refused"


def test_a_line_of_our_own_refuses_by_its_rule_and_names_itself() -> None:
    strategy = with_lines(
        {
            "id": "no_deep_for_many_uses",
            "reason": SAID,
            "said": SAID,
            "refuses": {"feature": "uses_left", "op": ">", "value": 5},
            "example": [{"name": SAID, "case": {"uses_left": 6}, "refused": True}],
        }
    )

    found = first_refusal(lines(strategy.guardrails), {**BASELINE, "uses_left": 6})

    assert found is not None
    assert found.code == "no_deep_for_many_uses"
    assert first_refusal(lines(strategy.guardrails), BASELINE) is None


@pytest.mark.parametrize(
    ("own", "path"),
    [
        ({"id": "floor_margins", "reason": SAID}, "line[floor_margins].id"),
        ({"id": "mine", "reason": SAID, "said": SAID}, "line[mine].refuses"),
        (
            {"id": "cooling_of", "reason": SAID, "example": [
                {"name": SAID, "case": {"uses_leftt": 1}, "refused": True}]},
            "line[cooling_of].example[0].case.uses_leftt",
        ),
        (
            {"id": "contact_cap2", "reason": SAID, "said": SAID, "refuses":
                {"feature": "cap_room", "op": "<", "value": 1},
                "example": [{"name": SAID, "case": {"cap_room": 1}, "refused": True}]},
            "line[contact_cap2].example[0].refused",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_where_it_stands(own: dict[str, Any], path: str) -> None:
    with pytest.raises(StrategyError) as told:
        with_lines(own)

    assert told.value.data["path"] == path
