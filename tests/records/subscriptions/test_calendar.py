"""The calendar of terms: anchors, early and late renewal, extensions, overlaps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.periods import Period, add_months
from tenure.records.subscriptions.rules import (
    SUBSCRIPTION,
    TERM,
    AlreadyExtended,
    ExtensionTooShort,
    TermsOverlap,
    check_no_overlap,
    extended_end,
    next_term,
    term_from,
)
from tenure.records.subscriptions.states import TermState

DAYS = st.dates(date(2000, 1, 1), date(2080, 12, 31))
CYCLES = st.sampled_from([1, 3, 6, 12, 24])


def chain_of_ends(anchor_on: date, *, cycles: list[int]) -> list[date]:
    """The ends of terms bought on time, one after the other."""
    ends, starts_on = [], anchor_on
    for cycle_months in cycles:
        term = term_from(starts_on, anchor_on=anchor_on, cycle_months=cycle_months)
        ends.append(term.period.ends_on)
        starts_on = term.period.ends_on
    return ends


def test_months_are_counted_from_the_anchor() -> None:
    """G17, our own example: begun on 2027-08-31 and paid by the month.

    Due on the last day of short months and back on the 31st of long ones; 2028 is a leap year.
    """
    assert chain_of_ends(date(2027, 8, 31), cycles=[1] * 8) == [
        date(2027, 9, 30),
        date(2027, 10, 31),
        date(2027, 11, 30),
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_years_are_counted_from_the_anchor() -> None:
    """G17, our own example: begun on a leap day, due on the 28th and back on the 29th."""
    assert chain_of_ends(date(2028, 2, 29), cycles=[12] * 4) == [
        date(2029, 2, 28),
        date(2030, 2, 28),
        date(2031, 2, 28),
        date(2032, 2, 29),
    ]


def test_the_anchor_survives_a_change_of_cycle() -> None:
    """G17, our own example: a quarter, a month, a year, a month, from November 30."""
    assert chain_of_ends(date(2026, 11, 30), cycles=[3, 1, 12, 1]) == [
        date(2027, 2, 28),
        date(2027, 3, 30),
        date(2028, 3, 30),
        date(2028, 4, 30),
    ]


@pytest.mark.parametrize(
    ("paid_on", "starts_on", "ends_on"),
    [
        (date(2026, 5, 31), date(2026, 7, 1), date(2027, 7, 1)),
        (date(2026, 6, 30), date(2026, 7, 1), date(2027, 7, 1)),
        (date(2026, 7, 1), date(2026, 7, 1), date(2027, 7, 1)),
        (date(2026, 7, 2), date(2026, 7, 1), date(2027, 7, 1)),
        (date(2026, 7, 16), date(2026, 7, 1), date(2027, 7, 1)),
        (date(2026, 7, 17), date(2026, 7, 17), date(2027, 7, 17)),
    ],
    ids=["a month early", "day -1", "day 0", "day +1", "grace", "grace + 1"],
)
def test_early_and_late_payment(paid_on: date, starts_on: date, ends_on: date) -> None:
    """R-Y-061: early loses nothing, lateness within grace earns nothing, after it begins anew."""
    term = next_term(
        date(2026, 7, 1), paid_on, anchor_on=date(2025, 7, 1), cycle_months=12, grace_days=15
    )

    assert term.period == Period(starts_on, ends_on)
    assert term.anchor_on == (date(2025, 7, 1) if starts_on == date(2026, 7, 1) else starts_on)


def test_a_moved_end_becomes_the_anchor() -> None:
    """After an extension by 3 days the next term is a whole one, counted from the new end."""
    term = next_term(
        date(2026, 3, 3),
        date(2026, 3, 1),
        anchor_on=date(2025, 8, 31),
        cycle_months=1,
        grace_days=15,
    )

    assert term.period == Period(date(2026, 3, 3), date(2026, 4, 3))
    assert term.anchor_on == date(2026, 3, 3)


@given(old_end=DAYS, offset=st.integers(-400, 400), cycle=CYCLES, grace=st.integers(0, 60))
def test_a_next_term_never_overlaps_and_only_lateness_leaves_a_gap(
    old_end: date, offset: int, cycle: int, grace: int
) -> None:
    """The law of R-Y-061, for every end, day of payment, cycle and grace."""
    paid_on = old_end + timedelta(days=offset)

    term = next_term(old_end, paid_on, anchor_on=old_end, cycle_months=cycle, grace_days=grace)

    gap = (term.period.starts_on - old_end).days
    assert gap == (offset if offset > grace else 0)
    assert term.period.ends_on == add_months(term.period.starts_on, cycle)


@given(anchor=DAYS, cycles=st.lists(CYCLES, min_size=1, max_size=12))
def test_however_a_chain_is_cut_it_ends_where_its_months_end(
    anchor: date, cycles: list[int]
) -> None:
    """The law of R-Y-060: only the sum of months counts, never the way there."""
    assert chain_of_ends(anchor, cycles=cycles)[-1] == add_months(anchor, sum(cycles))


def test_an_extension_moves_the_end_once() -> None:
    """OFR-08: once per term, and never into the past."""
    ends_on = date(2026, 6, 30)

    assert extended_end(ends_on, days=7, extended_days=0, on=date(2026, 6, 20)) == date(2026, 7, 7)
    with pytest.raises(AlreadyExtended, match="by 7 days already"):
        extended_end(ends_on, days=3, extended_days=7, on=date(2026, 6, 20))
    with pytest.raises(ExtensionTooShort, match="would end on 2026-07-07, before today"):
        extended_end(ends_on, days=7, extended_days=0, on=date(2026, 7, 7))


def test_touching_terms_do_not_overlap_and_a_shared_day_is_named() -> None:
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    check_no_overlap(Period(date(2027, 1, 1), date(2028, 1, 1)), [year])

    with pytest.raises(TermsOverlap) as refused:
        check_no_overlap(Period(date(2026, 12, 31), date(2027, 12, 31)), [year])

    assert refused.value.sentence("en") == (
        "2026-12-31 to 2027-12-31 (not included) overlaps the term 2026-01-01 to 2027-01-01 "
        "of the same subscription; correct the dates of one of them."
    )
    assert refused.value.sentence("zh-Hans") == (
        "2026-12-31 至 2027-12-31（不含）与同一订阅的另一期 2026-01-01 至 2027-01-01 重叠；"
        "请更正其中一期的日期。"
    )


def test_the_tables_of_moves_reach_every_state() -> None:
    assert set(TERM.states) == set(TermState) == TERM.reachable
    assert TERM.terminal == {TermState.CANCELLED}
    assert SUBSCRIPTION.reachable == set(SUBSCRIPTION.states)
