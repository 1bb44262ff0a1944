"""The choice: the best under the budget, a few at random, and a reason for everybody."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.decide.decisions.rules import Actions, Chosen, Draw, Options, choose

CODES = ("holdout", "no_consent", "cooling_off")
# Leaving alone, a reminder, a discount, a call.
ACTIONS = Actions(
    gives=np.array([False, False, True, False]),
    is_counted=np.array([False, False, True, True]),
    reminds=np.array([False, True, False, False]),
    capacity=np.array([np.inf, np.inf, np.inf, 1.0]),
    contact=np.array([0.0, 5.0, 5.0, 1200.0]),
)
OPEN = -1
NAN = float("nan")


def a_term(**given: Any) -> dict[str, list[float]]:
    """One column: a reminder worth 1, a discount worth 10 for 20, a call worth 8 for 12."""
    column: dict[str, list[float]] = {
        "refused": [OPEN, OPEN, OPEN, OPEN],
        "margin": [0.0, 1.0, 10.0, 8.0],
        "margin_surely": [0.0, -1.0, 2.0, 1.0],
        "margin_high": [0.0, 3.0, 20.0, 15.0],
        "cost": [0.0, 0.1, 20.0, 12.0],
    }
    column.update(given)
    return column


def options_of(*columns: dict[str, list[float]]) -> Options:
    arrays = {name: np.array([one[name] for one in columns]).T for name in columns[0]}
    return Options(
        refused=arrays["refused"].astype(np.int64),
        margin=arrays["margin"],
        margin_surely=arrays["margin_surely"],
        margin_high=arrays["margin_high"],
        cost=arrays["cost"],
    )


def nobody_explores(count: int) -> Draw:
    order = np.arange(count).astype(np.uint64)
    return Draw(share=0.0, explores=np.zeros(count, dtype=bool), ticket=order, order=order)


def chosen(
    *columns: dict[str, list[float]],
    budget: float = 1e9,
    draw: Draw | None = None,
    actions: Actions = ACTIONS,
) -> Chosen:
    draw = draw or nobody_explores(len(columns))
    return choose(options_of(*columns), actions, draw=draw, budget=budget, codes=CODES)


def test_the_most_valuable_action_is_chosen_and_the_others_are_told_why_not() -> None:
    found = chosen(a_term())

    assert found.choice.tolist() == [2]
    assert found.reason.tolist() == ["best_margin"]
    assert found.held_back[:, 0].tolist() == ["", "lower_margin", "", "lower_margin"]
    assert found.propensity[:, 0].tolist() == [0, 0, 1, 0]


def test_a_gift_that_is_not_shown_to_pay_is_not_given() -> None:
    """It is not sure enough that the discount pays; the call, which gives nothing, may go."""
    found = chosen(a_term(margin_surely=[0.0, -1.0, -0.1, -5.0]))

    assert found.choice.tolist() == [3]
    assert found.held_back[2, 0] == "not_proven"


def test_the_holdout_is_left_alone_and_the_log_says_why() -> None:
    """TOP-04, TOP-09."""
    found = chosen(a_term(refused=[OPEN, 0, 0, 0]))

    assert (found.choice.tolist(), found.reason.tolist()) == ([0], ["holdout"])
    assert found.propensity[:, 0].tolist() == [1, 0, 0, 0]


def test_the_reason_is_what_stands_before_the_best_action() -> None:
    """The discount would bring most and is cooling off; nothing else is worth anything."""
    found = chosen(
        a_term(refused=[OPEN, OPEN, 2, 1], margin=[0.0, -1.0, 10.0, 8.0]),
        a_term(margin=[0.0, -1.0, -2.0, -3.0], margin_surely=[0.0, -9.0, -9.0, -9.0]),
        a_term(margin=[0.0, -1.0, 2.0, -3.0], margin_surely=[0.0, -9.0, -9.0, -9.0]),
    )

    assert found.choice.tolist() == [0, 0, 0]
    assert found.reason.tolist() == ["cooling_off", "not_worth_it", "not_proven"]


def test_an_exhausted_budget_leaves_what_costs_nothing_of_it() -> None:
    """GRD-01: the budget holds discounts and calls; a reminder still goes out."""
    broke = chosen(a_term(), a_term(margin=[0.0, -1.0, 10.0, 8.0]), budget=0)

    assert broke.choice.tolist() == [1, 0]
    assert broke.reason.tolist() == ["best_margin", "budget"]
    assert broke.held_back[:, 0].tolist() == ["", "", "budget", "budget"]
    assert broke.plan.spent[0] == 0


def test_the_budget_goes_where_it_brings_most() -> None:
    """20 of budget: the second term's discount brings 12, the first's 10."""
    found = chosen(
        a_term(refused=[OPEN, OPEN, OPEN, 1]),
        a_term(refused=[OPEN, OPEN, OPEN, 1], margin=[0.0, 1.0, 12.0, 0.0]),
        budget=20,
    )

    assert found.choice.tolist() == [1, 2]


def test_one_call_a_day_goes_to_the_one_it_helps_most() -> None:
    """PRD-04: risk and value decide through the margin, the capacity through its price."""
    callers = [
        a_term(refused=[OPEN, 1, 1, OPEN], margin=[0.0, 0.0, 0.0, value]) for value in (8.0, 9.0)
    ]

    found = chosen(*callers)
    none_left = chosen(
        *callers,
        actions=Actions(
            ACTIONS.gives,
            ACTIONS.is_counted,
            ACTIONS.reminds,
            np.array([np.inf, np.inf, np.inf, 0.0]),
            ACTIONS.contact,
        ),
    )

    assert found.choice.tolist() == [0, 3]
    assert found.reason.tolist() == ["capacity", "best_margin"]
    assert none_left.reason.tolist() == ["capacity", "capacity"]


def test_without_a_score_only_a_reminder_goes_out() -> None:
    blank = {name: [NAN] * 4 for name in ("margin", "margin_surely", "margin_high", "cost")}

    found = chosen(a_term(**blank), a_term(**blank, refused=[OPEN, 0, 0, 0]))

    assert found.choice.tolist() == [1, 0]
    assert found.reason.tolist() == ["not_scored", "holdout"]
    assert found.propensity.max(axis=0).tolist() == [1, 1]


def explorers(tickets: list[int], *, share: float) -> Draw:
    hashes = np.array(tickets, dtype=np.uint64)
    return Draw(share, np.ones(len(tickets), dtype=bool), ticket=hashes, order=hashes)


def test_chance_is_even_over_what_is_plausible_and_is_logged() -> None:
    """Four plausible actions: 10 % ⁄ 4 each, and 90 % more for the one that the plan prefers."""
    found = chosen(*[a_term()] * 4, draw=explorers([0, 1, 2, 3], share=0.1), actions=ROOMY)

    assert found.choice.tolist() == [0, 1, 2, 3]
    assert found.reason.tolist() == ["explored"] * 4
    assert found.propensity[:, 0].tolist() == pytest.approx([0.025, 0.025, 0.925, 0.025])


ROOMY = Actions(
    ACTIONS.gives, ACTIONS.is_counted, ACTIONS.reminds, np.full(4, np.inf), ACTIONS.contact
)


def test_chance_may_not_choose_what_is_refused_or_cannot_pay() -> None:
    column = a_term(
        refused=[OPEN, OPEN, 1, OPEN],
        margin=[0.0, 1.0, 10.0, -5.0],
        margin_high=[0.0, 3.0, 20.0, -1.0],
    )

    found = chosen(*[column] * 4, draw=explorers([0, 1, 2, 3], share=0.1))

    assert found.choice.tolist() == [0, 1, 0, 1]
    assert found.propensity[2:].max() == 0


def test_chance_leaves_costly_actions_to_the_plan_when_it_could_break_the_budget() -> None:
    """Four explorers at 20 each could cost 80, more than half of a budget of 100."""
    found = chosen(*[a_term()] * 4, draw=explorers([0, 1, 2, 3], share=0.1), budget=100)

    assert set(found.choice.tolist()) == {0, 1}


columns = st.lists(
    st.tuples(
        st.lists(st.sampled_from([-1, -1, 0, 1, 2]), min_size=3, max_size=3),
        st.lists(st.floats(-20, 20), min_size=3, max_size=3),
        st.lists(st.floats(0, 30), min_size=3, max_size=3),
        st.booleans(),
        st.integers(0, 1000),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(drawn=columns, budget=st.floats(0, 200), share=st.sampled_from([0.0, 0.1, 0.5]))
def test_no_choice_is_refused_dear_or_without_a_reason(
    drawn: list[Any], budget: float, share: float
) -> None:
    """GRD-01, TOP-09: over random markets, with and without exploration."""
    terms = [
        {
            "refused": [OPEN, *refused],
            "margin": [0.0, *margin],
            "margin_surely": [0.0, *(one - 3 for one in margin)],
            "margin_high": [0.0, *(one + 3 for one in margin)],
            "cost": [0.0, *cost],
        }
        for refused, margin, cost, _, _ in drawn
    ]
    hashes = np.array([one[4] for one in drawn], dtype=np.uint64)
    explores = np.array([one[3] and share > 0 for one in drawn])
    draw = Draw(share, explores, ticket=hashes, order=hashes)

    found = chosen(*terms, draw=draw, budget=budget)

    options, every = options_of(*terms), np.arange(len(terms))
    assert (options.refused[found.choice, every] < 0).all()
    counted = options.cost * ACTIONS.is_counted[:, None]
    assert counted[found.choice, every].sum() <= budget + 1e-6
    assert (found.choice == 3).sum() <= 1
    assert all(found.reason)
    assert found.propensity.sum(axis=0) == pytest.approx(np.ones(len(terms)))
    assert (found.propensity[found.choice, every] > 0).all()
    assert (found.propensity[options.refused >= 0] == 0).all()
