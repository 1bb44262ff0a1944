"""The same lines, read on everyone at once, say the same of each one."""

from typing import Any

from hypothesis import given, settings

from tenure.decide.eligibility.expressions import NOT_REFUSED, first_refused
from tenure.decide.eligibility.rules import LINES
from tenure.strategy.cases import FIELDS
from tenure.strategy.guard_lines import lines
from tenure.strategy.loading import preset
from tenure.strategy.refusing import Refusing, first_refusal
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.declaration import Column
from tests.decide.eligibility.cases import a_case, random_cases

GUARDED = (*LINES, *lines(preset("broadband").guardrails))
DECLARED = [
    Column(name, "float64" if name.endswith("_share") or name == "p_renew" else "int64")
    for name in FIELDS
]


def of_everyone(cases: list[dict[str, Any]], *, drawn: tuple[Refusing, ...]) -> list[str | None]:
    rows = [[case[name] for name in FIELDS] for case in cases]
    with open_engine("duckdb", threads=1) as engine:
        frame = engine.literal(rows, columns=DECLARED)
        places = first_refused(drawn, engine.collect(frame)).tolist()
    return [None if place == NOT_REFUSED else drawn[place].code for place in places]


def of_one(case: dict[str, Any], *, drawn: tuple[Refusing, ...]) -> str | None:
    line = first_refusal(drawn, case)
    return line.code if line else None


def test_a_handful_of_cases() -> None:
    cases = [
        a_case(),
        a_case(held_out=1),
        a_case(is_nothing=1, held_out=1),
        a_case(days_since_complaint=6),
        a_case(left_share=0.19),
        a_case(p_renew=0.95, left_share=0.19),
    ]

    assert of_everyone(cases, drawn=GUARDED) == [
        None,
        "holdout",
        None,
        "service_issue",
        "floor_margin",
        "sure_to_renew",
    ]


@settings(max_examples=60, deadline=None)
@given(cases=random_cases)
def test_both_readings_refuse_the_same_for_the_same_reason(cases: list[dict[str, Any]]) -> None:
    """GRD-01, TOP-09: one rule, two readings."""
    assert of_everyone(cases, drawn=GUARDED) == [of_one(one, drawn=GUARDED) for one in cases]
