"""Cases for the tests of what refuses them: one that nothing refuses, and random ones."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tenure.strategy.cases import FIELDS

CLEAN: Mapping[str, Any] = {
    "held_out": 0,
    "asked_to_stop": 0,
    "is_own_currency": 1,
    "is_scored": 1,
    "p_renew": 0.6,
    "marketing_consent": 1,
    "is_personalised": 1,
    "has_phone": 1,
    "extended_days": 0,
    "open_fault": 0,
    "days_since_complaint": None,
    "cap_room": 8,
    "discounts_in_year": 0,
    "days_since_offer": None,
    "holds_offer": 0,
    "most_used": None,
    "is_nothing": 0,
    "is_reminder": 0,
    "is_call": 0,
    "is_extension": 0,
    "is_marketing": 1,
    "is_discount": 1,
    "gives": 1,
    "is_withdrawn": 0,
    "is_alone": 0,
    "has_it": 0,
    "is_other_module": 0,
    "is_other_arm": 0,
    "is_sold": 1,
    "is_shorter": 0,
    "is_eligible": 1,
    "uses_left": 1,
    "above_cost_minor": 34_920,
    "left_share": 0.42,
    "discount_share": 0.10,
    "discounts_in_year_minor": 8_280,
    "dearer_than_now_minor": -690,
    "held_beyond_minor": -8_280,
}
assert set(CLEAN) == set(FIELDS)


def a_case(**given: Any) -> dict[str, Any]:
    """A discount of a tenth for a customer whom nothing speaks against."""
    return {**CLEAN, **given}


_FLAG = st.integers(0, 1)
_COUNT = st.one_of(st.none(), st.integers(-3, 40))
_SHARE = st.one_of(
    st.none(), st.floats(-1, 1, allow_nan=False), st.sampled_from([0.0, 0.2, 0.5, 0.95])
)
_MINOR = st.one_of(st.none(), st.integers(-100_000, 100_000))


def _values(column: str) -> st.SearchStrategy[Any]:
    if column.endswith("_share") or column == "p_renew":
        return _SHARE
    if column.endswith("_minor"):
        return _MINOR
    if column == "most_used":
        return st.none()
    if column.startswith(("days_", "cap_", "uses_", "extended_", "discounts_")):
        return _COUNT
    return _FLAG


random_cases = st.lists(
    st.fixed_dictionaries({column: _values(column) for column in FIELDS}),
    min_size=1,
    max_size=8,
)
