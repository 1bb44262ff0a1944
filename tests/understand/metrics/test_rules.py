"""Worked examples of our own where the published ones give only a definition, and the laws."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.metrics.book import Figure
from tenure.understand.metrics.deriving import derived
from tenure.understand.metrics.registry import METRICS
from tenure.understand.metrics.rules.cohorts import Visitor, day_retention
from tenure.understand.metrics.rules.movements import (
    Recurring,
    bridge_of,
    compounded,
    gross_retention,
    movement_sum,
    movements,
    net_retention,
    point_to_point,
)
from tenure.understand.metrics.rules.rates import Rate, wilson
from tenure.understand.metrics.rules.renewals import ContractEnd, annualised, contract_rates
from tenure.understand.metrics.rules.voices import negative_share


def test_fifty_of_a_thousand_lost_is_five_percent() -> None:
    """MET-01: who joined inside the period is in neither part."""
    rate = formula_of("logo_churn_month", customers_lost=50, customers_start=1000)

    assert rate.value == Fraction(1, 20)
    assert rate.text == "0.050000"


def test_nothing_due_has_no_rate() -> None:
    assert formula_of("logo_churn_month", customers_lost=0, customers_start=0).value is None
    assert wilson(Rate(0, 0)) is None


def test_interval_is_wilsons() -> None:
    """81 of 263, the example of Newcombe (1998), table I: 0.2553 to 0.3662."""
    interval = wilson(Rate(81, 263))

    assert interval is not None
    assert [f"{bound:.4f}" for bound in interval] == ["0.2553", "0.3662"]


def test_g02_like_is_compared_with_like() -> None:
    """G02, R-M-025: D01 prepays three years with 10 % off; D05 had been upgraded in mid-term.

    Three years count by their year; the whole of the contract is another figure.
    """
    three_years = annualised(324_000, months=36)
    ends = [
        ContractEnd(due_in_month=True, old_value=120_000, new_value=int(three_years)),  # D01
        ContractEnd(due_in_month=True, old_value=60_000, new_value=60_000),  # D02, co-termed
        ContractEnd(due_in_month=False, old_value=60_000),  # D03, paused: due later
        ContractEnd(due_in_month=True, old_value=48_000),  # D04, not renewed
        ContractEnd(due_in_month=True, old_value=90_000, new_value=60_000),  # D05
        ContractEnd(due_in_month=True, old_value=0, new_value=60_000, is_trial=True),  # D06
        ContractEnd(due_in_month=True, old_value=36_000, ended_by_provider=True),  # D07
        ContractEnd(due_in_month=True, old_value=12_000, new_value=12_000, term_months=1),  # D08
    ]

    rates = contract_rates(ends)

    assert three_years == 108_000
    assert rates.count == Rate(3, 4)
    assert rates.value_gross == Rate(108_000 + 60_000 + 60_000, 120_000 + 60_000 + 48_000 + 90_000)
    assert rates.short_count == Rate(1, 1)
    assert (rates.ended_by_provider, rates.count_with_provider) == (1, Rate(3, 5))


def test_g05_who_comes_back_counts_in_one_variant_only() -> None:
    """G05: P stays, Q leaves and comes back, R shrinks and grows, S leaves, T joins inside."""
    series = {
        "P": [100, 100, 100],
        "Q": [100, 0, 100],
        "R": [100, 60, 120],
        "S": [100, 100, 0],
        "T": [0, 50, 50],
    }

    gross, net = point_to_point(series.values())

    assert (gross, net) == (Rate(300, 400), Rate(320, 400))
    assert movement_sum(series.values()) == Rate(160, 400)  # loses 100 of Q, 40 of R, 100 of S
    assert f"{float(compounded(Fraction(98, 100))):.6f}" == "0.784717"


def test_g08_three_ways_to_still_be_there() -> None:
    """G08: the day 30 of somebody who signed up on 10 June lies after 5 July."""
    june = date(2026, 6, 1)

    def who(*days: int, signed_up_on: date = june) -> Visitor:
        return Visitor(signed_up_on, frozenset(signed_up_on + timedelta(day) for day in days))

    visitors = [
        who(0, 1, 30),
        who(0, 7),
        who(0, 31),
        who(0),
        who(0, 1, 2, 3),
        who(0, 1, signed_up_on=date(2026, 6, 10)),
    ]

    first = day_retention(visitors, day=1, as_of=date(2026, 7, 5))
    last = day_retention(visitors, day=30, as_of=date(2026, 7, 5))

    assert (first.exact, first.unbounded, first.bracket) == (Rate(3, 6), Rate(5, 6), Rate(3, 6))
    assert (last.exact, last.unbounded, last.bracket) == (Rate(1, 5), Rate(2, 5), Rate(3, 5))


def test_g31_a_mixed_book_hides_those_who_could_leave() -> None:
    """G31 (R-M-005): 30 of 600 monthly customers, and 10 of the 50 yearly ones due, of 360.

    Both rates are entries, by the month of a term: `atr_churn` is counted from due terms (10 of
    50, 40 of 650), the churn of all customers and its year are formulas.
    """
    yearly = formula_of("logo_churn_month", customers_lost=10, customers_start=360)
    mixed = formula_of("logo_churn_month", customers_lost=40, customers_start=960)
    over_a_year = formula_of("churn_annualised", logo_churn=Rate(30, 600))

    assert yearly.text == "0.027778"
    assert mixed.value == Fraction(40, 960)
    assert (Rate(10, 50).text, Rate(40, 650).text) == ("0.200000", "0.061538")
    assert over_a_year.value == 1 - Fraction(19, 20) ** 12
    assert formula_of("churn_annualised", logo_churn=Rate(0, 0)).value is None
    assert METRICS["atr_churn"].golden == METRICS["churn_annualised"].golden == "G31"


def formula_of(metric: str, **given: int | Rate) -> Rate:
    """What the declared formula makes of some entries."""
    day = date(2026, 6, 30)
    told = [
        Figure(name, one if isinstance(one, Rate) else Rate(one, 1), 1, day)
        for name, one in given.items()
    ]
    (found,) = derived(told, METRICS, only={metric})
    return found.rate


def test_each_answer_is_negative_on_its_own_scale() -> None:
    """MET-10: 6 of 10 is negative, 2 of 5 is, 3 of 7 is, 4 of 5 is not."""
    answers = [("nps", 6), ("nps", 7), ("csat", 2), ("ces", 3), ("intent", 4), ("weather", 1)]

    assert negative_share(answers) == Rate(3, 5)


AMOUNTS = st.integers(0, 10**7)
CUSTOMERS = st.lists(st.builds(Recurring, AMOUNTS, AMOUNTS, st.booleans(), st.booleans()))


@given(CUSTOMERS)
def test_movements_bridge_start_to_end(customers: list[Recurring]) -> None:
    """STD-01: start + gains − losses = end, whatever the customers did."""
    moved = movements(customers)

    gains = moved.new + moved.reactivation + moved.expansion
    losses = moved.contraction + moved.churn + moved.paused
    start = sum(customer.start for customer in customers)
    assert start + gains - losses == sum(customer.end for customer in customers)


@given(CUSTOMERS)
def test_gross_retention_is_a_share_and_not_above_net(customers: list[Recurring]) -> None:
    gross, net = gross_retention(customers).value, net_retention(customers).value

    if gross is not None and net is not None:
        assert 0 <= gross <= 1
        assert gross <= net


@given(st.fractions(0, 10**6), st.lists(st.fractions(-(10**5), 10**5), max_size=6))
def test_a_shown_bridge_adds_up_to_the_minor_unit(start: Fraction, steps: list[Fraction]) -> None:
    """STD-01: and no figure is off by a whole unit."""
    named = {str(place): step for place, step in enumerate(steps)}

    shown = bridge_of(start, named)

    assert shown["start"] + sum(shown[name] for name in named) == shown["end"]
    assert all(abs(shown[name] - step) <= 1 for name, step in named.items())
