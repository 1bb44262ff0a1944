"""The month's budget: committed when chosen, settled when the term is over."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.decisions.budget import Budget, budget_of, commit, settle
from tenure.decide.decisions.models import BudgetEntry, Decision
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, a_term, day

GUARDRAILS = preset("broadband").guardrails


def a_choice(term: Term, **given: Any) -> Decision:
    """A discount of 80.00 on 800.00, expected to cost 60.05 with its letter."""
    defaults: dict[str, Any] = {
        "account_id": term.account_id,
        "term": term,
        "journey": "annual_renewal",
        "step": "t30",
        "as_of": AS_OF,
        "outcome": "chosen",
        "action": "term_1y",
        "kind": "term_discount",
        "reason": "best_margin",
        "propensity": 1.0,
        "currency": "CNY",
        "cost_minor": 6_005,
        "contact_cost_minor": 5,
        "list_price_minor": 80_000,
        "price_minor": 72_000,
        "months": 12,
        "strategy_hash": "x",
        "decided_at": AT,
    }
    return Decision.objects.create(**defaults | given)


def used(as_of: date = AS_OF) -> int:
    return budget_of(as_of, GUARDRAILS).used_minor


def test_a_choice_that_costs_is_committed_once(either_database: str) -> None:
    a_choice(a_term())
    a_choice(a_term(), action="reminder", kind="reminder", cost_minor=5, price_minor=80_000)
    a_choice(a_term(), as_of=day(-1))

    first, again = commit(as_of=AS_OF), commit(as_of=AS_OF)

    assert (first, again) == (1, 0)
    assert used() == 6_005
    entry = BudgetEntry.objects.get()
    assert (entry.month_on, entry.on, entry.currency) == (date(2026, 6, 1), AS_OF, "CNY")


def test_what_was_not_used_goes_back_into_the_budget(either_database: str) -> None:
    """The term lapsed: of 60.05 expected only the letter of 0.05 was spent."""
    term = a_term(days_left=-16, state=TermState.LAPSED)
    a_choice(term)
    commit(as_of=AS_OF)

    first, again = settle(as_of=AS_OF), settle(as_of=day(1))

    assert (first, again) == (1, 0)
    assert BudgetEntry.objects.get(kind="settle").amount_minor == -6_000
    assert used() == 5


@pytest.mark.parametrize(
    ("price", "spent"), [(72_000, 8_005), (80_000, 5)], ids=["with the offer", "at the full price"]
)
def test_what_was_really_given_replaces_what_was_expected(
    either_database: str, price: int, spent: int
) -> None:
    term = a_term(days_left=5, state=TermState.RENEWED, renewed_on=AS_OF)
    a_term(
        subscription=term.subscription,
        number=2,
        starts_on=term.ends_on,
        price_minor=price,
        list_price_minor=80_000,
    )
    a_choice(term)
    commit(as_of=AS_OF)

    settle(as_of=AS_OF)

    assert used() == spent


def test_of_two_offers_of_a_term_the_discount_is_booked_once(either_database: str) -> None:
    """The better one was used; of the other only the letter was spent."""
    term = a_term(days_left=5, state=TermState.RENEWED, renewed_on=AS_OF)
    a_term(
        subscription=term.subscription,
        number=2,
        starts_on=term.ends_on,
        price_minor=72_000,
        list_price_minor=80_000,
    )
    a_choice(term, step="t30")
    a_choice(term, step="t7", action="coupon", price_minor=77_000)
    a_choice(term, step="t3", price_minor=70_000, valid_until=day(-1))
    commit(as_of=AS_OF)

    assert settle(as_of=AS_OF) == 3
    assert used() == 8_000 + 3 * 5


def test_an_open_term_keeps_its_share_of_the_budget(either_database: str) -> None:
    a_choice(a_term(days_left=5))
    commit(as_of=AS_OF)

    assert settle(as_of=AS_OF) == 0
    assert used() == 6_005


def test_another_month_has_a_budget_of_its_own(either_database: str) -> None:
    a_choice(a_term())
    commit(as_of=AS_OF)

    assert used(date(2026, 7, 1)) == 0
    assert used(day(-1)) == 0


def a_budget(**given: int) -> Budget:
    return Budget(
        **{"planned_minor": 4_000_000, "used_minor": 0, "days_left": 16}
        | {"second_person_minor": 1_000_000}
        | given,
        currency="CNY",
    )


def test_a_day_takes_two_shares_of_what_is_left() -> None:
    """GRD-01: 40,000.00 over 16 days is 5,000.00 a day."""
    assert a_budget().today_minor == 500_000
    assert a_budget(used_minor=2_000_000).today_minor == 250_000
    assert a_budget(used_minor=5_000_000).today_minor == 0
    assert a_budget(days_left=1).today_minor == 4_000_000
    assert a_budget(days_left=1, used_minor=3_900_000).today_minor == 100_000


@given(
    planned=st.integers(0, 10**9),
    spending=st.lists(st.floats(0, 1), min_size=30, max_size=30),
)
def test_a_month_of_days_at_their_limit_never_passes_the_budget(
    planned: int, spending: list[float]
) -> None:
    used_minor = 0
    for place, share in enumerate(spending):
        today = a_budget(
            planned_minor=planned,
            used_minor=used_minor,
            days_left=30 - place,
            second_person_minor=10**9,
        ).today_minor
        used_minor += int(today * share)

    assert used_minor <= planned
