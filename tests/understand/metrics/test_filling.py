"""What a night leaves: every entry, months that add up, and the same numbers again."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.kernel.periods import add_months, date_of, day_number
from tenure.records.jobs.models import Fill
from tenure.records.subscriptions.actions import renew, undo_renewal
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import following
from tenure.records.subscriptions.rules import Purchase
from tenure.understand.metrics.actions import fill
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.models import MetricValue
from tenure.understand.metrics.months import monthly, movements
from tenure.warehouse.engines import open_engine
from tenure.warehouse.snapshots import take
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, TERMS
from tests.builders import AS_OF, AT, a_term
from tests.understand.features.literal import TODAY, frame
from tests.understand.metrics.test_expressions import a_row
from tests.understand.warehouses import Warehouse

GRACE = 15
GAINS = ("mrr_new", "mrr_reactivation", "mrr_expansion", "mrr_moved")
LOSSES = ("mrr_contraction", "mrr_churn")

type Rows = list[tuple[Any, ...]]


def figures_of(terms: Rows, accounts: list[dict[str, Any]] | None = None) -> list[Figure]:
    with open_engine(threads=1) as engine:
        book = Book(
            engine=engine,
            terms=engine.literal(terms, columns=TERMS.columns),
            accounts=frame(engine, ACCOUNTS, *(accounts or [])),
            answers=engine.literal([], columns=ANSWERS.columns),
            events=engine.literal([], columns=EVENTS.columns),
            today=TODAY,
            grace=GRACE,
            currency="CNY",
        )
        return list(monthly(book, movements(book)))


def a_chain(account: int, *, plan: str = "home", **given: Any) -> tuple[Any, ...]:
    number = given.pop("term_id", account)
    row = {"account_id": account, "subscription_id": account, "plan_code": plan, **given}
    return a_row(number, **row)


def at(figures: list[Figure], on: date, **place: str) -> dict[str, Any]:
    wanted = (on, place.get("by", ""), place.get("value", ""))
    return {one.metric: one.rate.value for one in figures if one.place == wanted}


def day(on: date) -> int:
    return day_number(on)


MAY, JUNE = date(2026, 5, 31), AS_OF
STARTS = st.integers(1, 700)
CHAINS = st.lists(
    st.tuples(
        st.integers(1, 4),  # account
        st.sampled_from(["home", "office"]),
        STARTS,  # days ago
        st.sampled_from([30, 90, 365]),
        st.sampled_from([(1, 9_900), (12, 99_900), (7, 1_001)]),
        st.sampled_from([None, 0, 3]),  # renewed, closed so many days after, or neither
    ),
    max_size=8,
)


@settings(max_examples=12, deadline=None)
@given(CHAINS)
def test_movements_add_up_on_any_month_in_any_slice(chains: list[tuple[Any, ...]]) -> None:
    """STD-01: by amount to the last fraction and by count, whatever terms there were."""
    rows = []
    for number, (account, plan, ago, days, (cycle, price), closed) in enumerate(chains, start=1):
        starts = TODAY - ago
        ends = starts + days
        closing = {} if closed is None else {"closed_day": ends + closed, "end_kind": "lapse"}
        rows.append(
            a_chain(
                account,
                plan=plan,
                term_id=number,
                starts_day=starts,
                ends_day=ends,
                cycle_months=cycle,
                price_minor=price,
                **closing,
            )
        )

    figures = figures_of(rows)

    by_place: dict[tuple[date, str, str], dict[str, Fraction]] = defaultdict(dict)
    for one in figures:
        by_place[one.place][one.metric] = one.rate.value or Fraction()
    ended: dict[tuple[str, ...], Fraction] = {}
    for (_, *place), found in sorted(by_place.items()):
        gains = sum(found[name] for name in GAINS)
        losses = sum(found[name] for name in LOSSES)
        assert found["mrr_start"] + gains - losses == found["mrr_end"]
        assert ended.get(tuple(place), found["mrr_start"]) == found["mrr_start"]
        ended[tuple(place)] = found["mrr_end"]
        if place[0] not in {"plan", "owner"}:
            won = found["customers_new"] + found["customers_back"]
            assert (
                found["customers_start"] + won - found["customers_lost"] == (found["customers_end"])
            )
            assert found["mrr_moved"] == 0
    whole = {
        place[0]: found["mrr_end"] for place, found in by_place.items() if place[1:] == ("", "")
    }
    for by in ("plan", "region", "cohort"):
        for on, total in whole.items():
            parts = (found["mrr_end"] for place, found in by_place.items() if place[:2] == (on, by))
            assert sum(parts, Fraction()) == total


def test_each_movement_is_what_it_is_called() -> None:
    """G03 over real terms: a switch of plans is no movement, a return is no new customer."""
    may, june, year = date(2026, 5, 20), date(2026, 6, 10), 365
    old: dict[str, Any] = {"starts_day": day(may) - year, "ends_day": day(june)}
    old["renewed_day"] = day(june)
    gone: dict[str, Any] = {"ends_day": day(may), "closed_day": day(may) + 15, "end_kind": "lapse"}
    rows = [
        a_chain(1, term_id=1, **old),  # expands
        a_chain(1, term_id=2, number=2, starts_day=day(june), ends_day=day(june) + year,
                price_minor=132_000),
        a_chain(2, term_id=3, **old),  # changes the plan at the same price
        a_chain(2, term_id=4, number=2, starts_day=day(june), ends_day=day(june) + year,
                plan="office"),
        a_chain(3, term_id=5, starts_day=day(may) - year, **gone),  # lapses on 4 June
        a_chain(4, term_id=6, starts_day=day(june), ends_day=day(june) + year),  # new
        a_chain(5, term_id=7, starts_day=day(may) - 500, ends_day=day(may) - 135,
                closed_day=day(may) - 120),  # was gone, and is back
        a_chain(5, term_id=8, number=2, starts_day=day(june), ends_day=day(june) + year),
        a_chain(6, term_id=9, starts_day=day(june), ends_day=day(june) + year,
                closed_day=day(june) + 2),  # J1 of G32: sold and given back in one month
    ]  # fmt: skip

    figures = figures_of(rows)

    june_now = at(figures, AS_OF)
    month = 10_000
    assert {name: june_now[name] for name in (*GAINS, *LOSSES)} == {
        "mrr_new": month,
        "mrr_reactivation": month,
        "mrr_expansion": 1_000,
        "mrr_moved": 0,
        "mrr_contraction": 0,
        "mrr_churn": month,
    }
    assert (june_now["customers_start"], june_now["customers_end"]) == (3, 4)
    assert (june_now["lost_lapse"], june_now["lost_voluntary"]) == (1, 0)
    office = at(figures, AS_OF, by="plan", value="office")
    assert (office["mrr_moved"], office["mrr_end"]) == (month, month)
    assert at(figures, MAY)["mrr_end"] == june_now["mrr_start"]
    assert all(one.provisional == (one.on == AS_OF) for one in figures)


def bought(term_id: int, *, days_ago: int) -> Purchase:
    return Purchase(term_id, AS_OF - timedelta(days=days_ago), price_minor=106_920)


def two_terms() -> list[int]:
    """Two yearly contracts that ended five days ago and were renewed before."""
    terms = [a_term(ends_on=AS_OF - timedelta(days=20)) for _ in range(2)]
    for term in terms:
        renew(bought(term.pk, days_ago=30), at=AT, by="test")
    return [term.pk for term in terms]


@pytest.mark.django_db
def test_an_undone_renewal_is_no_churn_and_no_second_customer(broadband: Warehouse) -> None:
    """STD-01, MET-02: its term counts as never bought, and what is bought instead counts once."""
    _, undone = two_terms()
    reversed_term = following(Term.objects.get(pk=undone))
    assert reversed_term is not None
    undo_renewal(reversed_term.pk, on=AS_OF - timedelta(days=25), at=AT, by="test")

    take(as_of=AS_OF, at=AT)
    fill(as_of=AS_OF, at=AT)
    before = values()
    renew(bought(undone, days_ago=12), at=AT, by="test")
    take(as_of=AS_OF, at=AT)
    fill(as_of=AS_OF, at=AT)

    assert before["renewal_rate_recent"] == Fraction(1, 2)
    again = values()
    assert again["renewal_rate_recent"] == 1
    assert (again["customers_lost"], again["customers"], again["customers_end"]) == (0, 2, 2)
    terms = {row["term_id"]: row for row in broadband.rows(TERMS)}
    assert reversed_term.pk not in terms
    assert len(terms) == 4


def values(on: date = AS_OF) -> dict[str, Any]:
    return {
        one.metric: Fraction(one.num, one.den) if one.den and one.num is not None else None
        for one in MetricValue.objects.filter(as_of=on, slice_by="")
    }


@pytest.mark.django_db
def test_a_past_day_again_gives_the_same_numbers(broadband: Warehouse) -> None:
    """TOP-18, R-M-021: and the row of `Fill` says up to which day everything is there."""
    two_terms()
    take(as_of=AS_OF, at=AT)
    first = fill(as_of=AS_OF, at=AT)
    rows = list(MetricValue.objects.order_by("pk").values())
    a_term(starts_on=AS_OF, ends_on=add_months(AS_OF, 12))

    again = fill(as_of=AS_OF, at=AT)

    assert first["metrics_changed"] == len(rows) > 100
    assert (again["metrics_changed"], again["metrics"]) == (0, first["metrics"])
    assert list(MetricValue.objects.order_by("pk").values()) == rows
    [row] = Fill.objects.filter(entry="metrics")
    assert (date_of(row.day), row.row_count) == (AS_OF, first["metrics"])


def stored() -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every row by its key, with its number in the table."""
    columns = ("metric", "as_of", "slice_by", "slice_value", "num", "den", "rows", "provisional")
    return {row[1:5]: row for row in MetricValue.objects.values_list("pk", *columns)}


def night(on: date) -> dict[str, int]:
    take(as_of=on, at=AT)
    return fill(as_of=on, at=AT)


def anew(on: date) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What the same night writes where nothing was written before."""
    before = stored()
    MetricValue.objects.all().delete()
    Fill.objects.all().delete()
    fill(as_of=on, at=AT)
    computed = {key: row[1:] for key, row in stored().items()}
    assert computed == {key: before[key][1:] for key in computed}
    return computed


@pytest.mark.django_db
def test_a_settled_month_is_left_alone_until_a_late_fact_moves_it(broadband: Warehouse) -> None:
    """MET-02: the next night writes no row of a month that is over; a late contract does."""
    two_terms()
    night(AS_OF)
    first = stored()
    march = date(2026, 3, 31)

    night(AS_OF + timedelta(days=1))

    assert {key: row for key, row in stored().items() if key in first} == first
    a_term(starts_on=date(2026, 3, 10), ends_on=date(2027, 3, 10))
    night(AS_OF + timedelta(days=1))
    again = stored()
    moved = {key[1] for key, row in first.items() if again[key] != row}
    months = {on for on in (key[1] for key in first) if march <= on < AS_OF}
    assert moved == months
    assert values(march)["customers_new"] == 1
    anew(AS_OF + timedelta(days=1))


@pytest.mark.django_db
def test_a_reversal_writes_its_month_again(broadband: Warehouse) -> None:
    """STD-01: what was counted in a month that is over is taken back there, not today."""
    given: dict[str, Any] = {"starts_on": date(2025, 4, 20), "ends_on": date(2026, 4, 20)}
    term = a_term(**given)
    renew(Purchase(term.pk, date(2026, 4, 20), price_minor=206_920), at=AT, by="test")
    night(AS_OF)
    april = date(2026, 4, 30)
    assert values(april)["mrr_expansion"] > 0
    assert values(april)["renewal_rate_month"] == 1

    renewed = following(term)
    assert renewed is not None
    undo_renewal(renewed.pk, on=AS_OF, at=AT, by="test")
    night(AS_OF)

    assert values(april)["mrr_expansion"] == 0
    assert values(april)["renewal_rate_month"] == 0
    assert values(date(2026, 5, 31))["customers_lost"] == 1
    anew(AS_OF)


@pytest.mark.django_db
def test_the_figures_of_a_months_last_day_outlive_the_next_night(broadband: Warehouse) -> None:
    """TOP-18: the month is counted again, the day is not, and nothing of it goes."""
    two_terms()
    end = date(2026, 6, 30)
    night(end)
    last = {key: row for key, row in stored().items() if key[1] == end}
    assert {"customers", "mrr", "mrr_end"} <= {key[0] for key in last}

    night(end + timedelta(days=1))

    assert {key: row for key, row in stored().items() if key[1] == end} == last


@pytest.mark.django_db
def test_a_slice_has_no_rows_in_months_in_which_it_had_nothing(broadband: Warehouse) -> None:
    """Nothing stood and nothing moved: the whole business says so, a plan or a region does not."""
    a_term(starts_on=date(2026, 5, 10), ends_on=date(2027, 5, 10))

    night(AS_OF)

    months = MetricValue.objects.filter(metric="mrr_end").order_by("as_of")
    sliced = months.filter(slice_by="plan").values_list("as_of", flat=True)
    assert list(sliced) == [MAY, JUNE]
    assert months.filter(slice_by="").count() == 24
