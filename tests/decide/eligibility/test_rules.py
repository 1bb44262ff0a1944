"""Who may be given what, read on one customer; each refusal has a code and two sentences."""

from typing import Any

import pytest
from hypothesis import given

from tenure.decide.eligibility.rules import LINES
from tenure.strategy.cases import FIELDS
from tenure.strategy.refusing import first_refusal
from tenure.strategy.rules import features_of
from tests.decide.eligibility.cases import a_case, random_cases


def code_of(**given: Any) -> str | None:
    line = first_refusal(LINES, a_case(**given))
    return line.code if line else None


def test_a_customer_whom_nothing_speaks_against_is_eligible() -> None:
    assert code_of() is None


@pytest.mark.parametrize(
    ("code", "case"),
    [
        ("holdout", {"held_out": 1}),
        ("asked_to_stop", {"asked_to_stop": 1}),
        ("other_currency", {"is_own_currency": 0}),
        ("not_scored", {"is_scored": 0, "p_renew": None}),
        ("no_consent", {"marketing_consent": 0}),
        ("not_personalised", {"is_personalised": 0}),
        ("no_telephone", {"is_call": 1, "has_phone": 0}),
        ("not_sold", {"is_sold": 0}),
        ("shorter_term", {"is_shorter": 1}),
        ("extended_before", {"is_extension": 1, "extended_days": 7}),
        ("used_up", {"uses_left": 0}),
        ("not_for_them", {"is_eligible": 0}),
    ],
)
def test_each_line_refuses_by_its_name(code: str, case: dict[str, Any]) -> None:
    """TOP-09, OFR-02, OFR-08: the rule that refuses is named."""
    assert code_of(**case) == code


def test_what_is_not_marketing_needs_no_consent_to_marketing() -> None:
    assert code_of(is_marketing=0, marketing_consent=0) is None


def test_a_reminder_goes_out_without_a_score_and_without_personalisation() -> None:
    assert code_of(is_reminder=1, is_scored=0, is_personalised=0, p_renew=None) is None


def test_the_first_line_names_the_refusal() -> None:
    """TOP-04: the holdout comes before everything else that might be said."""
    assert code_of(held_out=1, marketing_consent=0, uses_left=0) == "holdout"


@given(cases=random_cases)
def test_leaving_alone_is_never_refused(cases: list[dict[str, Any]]) -> None:
    assert all(first_refusal(LINES, {**case, "is_nothing": 1}) is None for case in cases)


@given(cases=random_cases)
def test_nobody_held_out_is_given_anything(cases: list[dict[str, Any]]) -> None:
    """TOP-04."""
    for case in cases:
        line = first_refusal(LINES, {**case, "is_nothing": 0, "held_out": 1})
        assert line is not None
        assert line.code == "holdout"


def test_lines_have_codes_of_their_own_and_look_at_declared_columns() -> None:
    assert len({line.code for line in LINES}) == len(LINES)
    for line in LINES:
        assert features_of(line.rule) <= set(FIELDS)
        assert line.sentence.zh != line.sentence.en
        assert line.sentence.slots <= {"value", "limit"}
