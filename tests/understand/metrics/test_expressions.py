"""The definitions on everyone agree with the rules on one."""

from dataclasses import asdict, astuple
from datetime import date
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.kernel.periods import date_of, day_number
from tenure.understand.metrics.due import due_terms
from tenure.understand.metrics.rules.renewals import TermEnd, renewal_rates
from tenure.understand.metrics.sold import MONTHLY_SCALE, Sold, read_sold
from tenure.understand.metrics.summing import renewal_sums, retained, revenue_on
from tenure.warehouse.batches import Source
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.facts import ACCOUNTS, TERMS
from tests.understand.features.literal import frame

TODAY = 20_600
GRACE = 15
COLUMNS = tuple(column.name for column in TERMS.columns)


def a_row(term_id: int, **given: Any) -> tuple[Any, ...]:
    """A yearly term of its own subscription and account, priced 1,200.00 a year."""
    values = dict.fromkeys(COLUMNS) | {
        "term_id": term_id,
        "account_id": term_id,
        "subscription_id": term_id,
        "number": 1,
        "plan_code": "home",
        "owner_name": "",
        "cycle_months": 12,
        "starts_day": TODAY - 365,
        "ends_day": TODAY,
        "price_minor": 120_000,
        "known_us": 0,
    }
    return tuple((values | given)[name] for name in COLUMNS)


def sold(rows: list[tuple[Any, ...]], started: dict[int, int | None] | None = None) -> Sold:
    """Terms, and the days on which customers began."""
    with open_engine() as engine:
        terms = Source(TERMS, engine.literal(rows, columns=TERMS.columns), engine)
        born = [{"account_id": one, "started_day": day} for one, day in (started or {}).items()]
        accounts = Source(ACCOUNTS, frame(engine, ACCOUNTS, *born), engine)
        return read_sold(terms, accounts, currency="CNY")


def sums(rows: list[tuple[Any, ...]], *, by: str | None = None) -> list[dict[str, Any]]:
    due = due_terms(sold(rows), from_day=TODAY - 60, to_day=TODAY, as_of=TODAY)
    found = renewal_sums(due, by=(by,), grace_days=GRACE)
    return [asdict(one) for one in sorted(found, key=lambda one: one.slice_value)]


def test_a_term_not_yet_due_enters_nothing() -> None:
    """MET-02: not-yet-due terms never enter."""
    rows = [a_row(1, ends_day=TODAY - 10), a_row(2, ends_day=TODAY + 2, renewed_day=TODAY - 1)]

    (row,) = sums(rows)

    assert (row["due"], row["renewed"], row["on_time"]) == (1, 0, 0)


def test_a_renewal_bought_after_the_day_has_not_happened() -> None:
    rows = [a_row(1, ends_day=TODAY - 3, renewed_day=TODAY + 1)]

    (row,) = sums(rows)

    assert (row["due"], row["renewed"]) == (1, 0)


def test_rates_are_sliced_by_plan() -> None:
    rows = [
        a_row(1, ends_day=TODAY - 20, renewed_day=TODAY - 30),
        a_row(2, ends_day=TODAY - 20, plan_code="office"),
        a_row(3, ends_day=TODAY - 20, plan_code="office", renewed_day=TODAY - 21),
    ]

    home, office = sums(rows, by="plan")

    assert (home["slice_value"], home["due"], home["renewed"]) == ("home", 1, 1)
    assert (office["slice_value"], office["due"], office["renewed"]) == ("office", 2, 1)


ENDS = st.lists(
    st.tuples(
        st.integers(-40, -GRACE),
        st.none() | st.integers(-60, 0),
        st.sampled_from([60_000, 120_000, 132_000, 480_000]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(ENDS)
def test_everyone_and_one_by_one_agree(ends: list[tuple[int, int | None, int]]) -> None:
    rows: list[tuple[Any, ...]] = []
    singles = []
    for number, (through, renewed, new_price) in enumerate(ends, start=1):
        renewed_day = None if renewed is None else TODAY + renewed
        ends_day = TODAY + through
        rows.append(a_row(number, ends_day=ends_day, renewed_day=renewed_day))
        if renewed_day is not None:
            nexts = {"subscription_id": number, "number": 2, "starts_day": ends_day}
            year = {"ends_day": ends_day + 365, "price_minor": new_price}
            rows.append(a_row(1000 + number, **nexts, **year))
        on: date | None = None if renewed_day is None else date_of(renewed_day)
        singles.append(TermEnd(date_of(TODAY + through), 120_000, on, new_price if on else None))

    (row,) = sums(rows)

    rates = renewal_rates(singles, grace_days=GRACE)
    assert (row["renewed"], row["due"]) == (rates.count.num, rates.count.den)
    assert row["on_time"] == rates.on_time.num
    assert (row["kept_in_year"], row["old_in_year"]) == (
        rates.value_gross.num,
        rates.value_gross.den,
    )
    assert row["new_in_year"] == rates.value_net.num


def test_revenue_is_netted_per_customer_and_grace_is_not_loss() -> None:
    """MET-01: a customer is lost when nothing of theirs runs, not when one of two ends."""
    rows = [
        a_row(1, starts_day=TODAY - 400, ends_day=TODAY - 20, closed_day=TODAY - 5),
        a_row(2, starts_day=TODAY - 400, ends_day=TODAY - 3),
        a_row(3, starts_day=TODAY - 400, ends_day=TODAY + 40),
        a_row(4, starts_day=TODAY - 5, ends_day=TODAY + 360),
        a_row(5, starts_day=TODAY - 400, ends_day=TODAY + 9, price_minor=60_000),
        a_row(6, starts_day=TODAY - 400, ends_day=TODAY - 20, account_id=5, closed_day=TODAY - 5),
    ]

    held = revenue_on(sold(rows), {"month": TODAY - 30, "now": TODAY}, grace_days=GRACE)
    row = asdict(retained(held["month"], held["now"]))

    month = 10_000 * MONTHLY_SCALE
    assert row["start"] == month * 4 + month // 2
    assert row["kept"] == month * 2 + month // 2
    assert row["stayed"] == row["kept"]
    assert (row["customers_at_start"], row["lost"], row["customers"]) == (4, 1, 4)


def test_revenue_of_two_days_is_summed_by_the_customers_of_a_segment() -> None:
    """MET-02: customers of one segment are summed as if there were no other."""
    segment = np.array(["silent", "business", "silent", "business"])
    month, now = np.array([50, 80, 20, 0]), np.array([0, 90, 20, 7])

    found = [
        (name, *astuple(retained(month[segment == name], now[segment == name])))
        for name in ("business", "silent")
    ]

    assert found == [
        ("business", 80, 97, 80, 90, 1, 0, 2),
        ("silent", 70, 20, 20, 20, 2, 1, 1),
    ]


def test_due_terms_are_summed_by_the_year_in_which_customers_began() -> None:
    """MET-02: a customer whose start is not known, or no year of ours, belongs to no cohort."""
    year: dict[str, Any] = {"price_minor": 200, "ends_day": TODAY}
    rows = [
        a_row(1, ends_day=TODAY, renewed_day=TODAY, price_minor=100),
        a_row(11, subscription_id=1, account_id=1, number=2, starts_day=TODAY,
              ends_day=TODAY + 365, price_minor=120),
        a_row(2, renewed_day=TODAY + 3, **year),
        a_row(3, **year | {"price_minor": 300}),
        a_row(4, **year | {"price_minor": 50, "ends_day": TODAY - 40}),
    ]  # fmt: skip
    started = {1: day_number(date(2021, 12, 31)), 2: day_number(date(2022, 1, 1)), 3: None,
               4: -40_000}  # fmt: skip
    due = due_terms(sold(rows, started), from_day=TODAY - 60, to_day=TODAY, as_of=TODAY + 3)

    found = renewal_sums(due, by=("cohort",), grace_days=GRACE, monthly=True)

    assert [astuple(one)[1:2] + astuple(one)[3:] for one in found] == [
        ("", 1, 0, 0, 50.0, 0.0, 0.0),
        ("", 1, 0, 0, 300.0, 0.0, 0.0),
        ("2021", 1, 1, 1, 100.0, 100.0, 120.0),
        ("2022", 1, 0, 1, 200.0, 200.0, 0.0),
    ]
    assert [one.month - found[1].month for one in found] == [-1, 0, 0, 0]
