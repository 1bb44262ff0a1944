"""GRD-01: an offer that breaks a guard is refused with the rule named."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.strategy.cases import FIELDS
from tenure.strategy.guard_lines import lines
from tenure.strategy.loading import preset
from tenure.strategy.refusing import first_refusal
from tenure.strategy.rules import features_of
from tests.decide.eligibility.cases import a_case, random_cases

GUARDRAILS = preset("broadband").guardrails
LINES = lines(GUARDRAILS)


def code_of(**given: Any) -> str | None:
    line = first_refusal(LINES, a_case(**given))
    return line.code if line else None


def test_an_offer_inside_every_line_is_allowed() -> None:
    assert code_of() is None


@pytest.mark.parametrize(
    ("code", "case"),
    [
        ("service_issue", {"open_fault": 1}),
        ("service_issue", {"days_since_complaint": 0}),
        ("service_issue", {"days_since_complaint": 6}),
        ("contact_cap", {"cap_room": 0}),
        ("sure_to_renew", {"p_renew": 0.95}),
        ("below_cost", {"above_cost_minor": -1}),
        ("floor_margin", {"left_share": 0.199}),
        ("discount_too_deep", {"discount_share": 0.201}),
        ("dearer_than_now", {"dearer_than_now_minor": 1}),
        ("better_offer_held", {"held_beyond_minor": 0}),
        ("discounts_in_year", {"discounts_in_year": 1}),
        ("discount_amount_in_year", {"discounts_in_year_minor": 65_001}),
        ("cooling_off", {"days_since_offer": 59}),
    ],
)
def test_each_guard_refuses_by_its_name(code: str, case: dict[str, Any]) -> None:
    """GRD-01, TOP-09: 20 % floor, 20 % deepest, 650.00 and once a year, 60 days between two."""
    assert code_of(**case) == code


@pytest.mark.parametrize(
    "case",
    [
        {"days_since_complaint": 7},
        {"cap_room": 1},
        {"p_renew": 0.949},
        {"above_cost_minor": 0},
        {"left_share": 0.2},
        {"discount_share": 0.2},
        {"dearer_than_now_minor": 0},
        {"held_beyond_minor": -1},
        {"discounts_in_year_minor": 65_000},
        {"days_since_offer": 60},
    ],
)
def test_on_the_line_is_still_allowed(case: dict[str, Any]) -> None:
    assert code_of(**case) is None


def test_a_fault_stops_promotion_and_neither_reminders_nor_care() -> None:
    """R-N-020: nobody is courted while something is broken; service goes on."""
    care = {"is_marketing": 0, "is_discount": 0, "gives": 0, "open_fault": 1}

    assert code_of(**care) is None
    assert code_of(**care, days_since_complaint=1) is None


def test_a_reminder_is_held_to_no_margin() -> None:
    """A plan that earns little may still be renewed."""
    assert code_of(is_discount=0, gives=0, left_share=0.05, above_cost_minor=-5) is None


def test_a_strategy_may_court_during_a_fault_if_it_says_so() -> None:
    lax = replace(GUARDRAILS, no_promotion_during_fault=False, no_promotion_after_complaint_days=0)

    assert first_refusal(lines(lax), a_case(open_fault=1, days_since_complaint=0)) is None


@given(cases=random_cases, floor=st.integers(0, 100))
def test_a_stricter_floor_never_allows_more(cases: list[dict[str, Any]], floor: int) -> None:
    strict = lines(replace(GUARDRAILS, floor_margin_share=Decimal(floor) / 100))
    stricter = lines(replace(GUARDRAILS, floor_margin_share=Decimal(floor + 5) / 100))

    for case in cases:
        if first_refusal(strict, case) is not None:
            assert first_refusal(stricter, case) is not None


def test_lines_have_codes_of_their_own_and_say_what_they_show() -> None:
    assert len({line.code for line in LINES}) == len(LINES)
    for line in LINES:
        assert features_of(line.rule) <= set(FIELDS)
        assert ("value" in line.sentence.slots) == bool(line.shows)
        assert "limit" not in line.sentence.slots or line.limit is not None
