"""Agreements turned into chains of terms. Due dates follow golden example G17."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Refusal
from tenure.kernel.periods import nth_due
from tenure.observe.imports.rules.chains import Agreement, Link, Today, ToldTerm, expand, join
from tenure.records.subscriptions.states import LIVE, TermState

AS_OF = date(2024, 12, 31)
TODAY = Today(AS_OF, grace_days=15)
DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))


def d(text: str) -> date:
    return date.fromisoformat(text)


def days(links: list[Link]) -> list[tuple[str, str]]:
    return [(str(link.starts_on), str(link.ends_on)) for link in links]


def test_due_dates_are_counted_from_the_anchor_and_never_chained() -> None:
    links = expand(Agreement(d("2024-10-31"), 1), today=TODAY)

    assert days(links) == [
        ("2024-10-31", "2024-11-30"),
        ("2024-11-30", "2024-12-31"),
        ("2024-12-31", "2025-01-31"),
    ]
    assert [link.state for link in links] == [
        TermState.RENEWED,
        TermState.RENEWED,
        TermState.RUNNING,
    ]
    assert [link.renewed_on for link in links] == [d("2024-11-30"), d("2024-12-31"), None]


def test_an_agreement_that_ended_in_the_middle_closes_its_last_term_on_that_day() -> None:
    told = Agreement(d("2023-12-23"), 1, ended_on=d("2024-02-10"))

    links = expand(told, today=TODAY)

    assert days(links) == [("2023-12-23", "2024-01-23"), ("2024-01-23", "2024-02-23")]
    assert links[-1].state == TermState.CANCELLED
    assert (links[-1].closed_on, links[-1].end_kind) == (d("2024-02-10"), "voluntary")


@pytest.mark.parametrize(
    ("kind", "state"),
    [("lapse", TermState.LAPSED), ("involuntary", TermState.LAPSED), ("", TermState.CANCELLED)],
)
def test_the_kind_of_an_end_is_as_told_and_voluntary_otherwise(kind: str, state: TermState) -> None:
    told = Agreement(d("2024-01-15"), 12, ended_on=d("2024-06-15"), end_kind=kind)

    (only,) = expand(told, today=TODAY)

    assert (only.state, only.end_kind) == (state, kind or "voluntary")
    assert only.closed_on == d("2024-06-15")


def test_an_agreement_that_ended_as_it_began_is_one_term_without_a_served_day() -> None:
    told = Agreement(d("2024-11-05"), 1, ended_on=d("2024-11-05"))

    (only,) = expand(told, today=TODAY)

    assert days([only]) == [("2024-11-05", "2024-12-05")]
    assert (only.state, only.closed_on) == (TermState.CANCELLED, d("2024-11-05"))


def test_an_end_that_is_still_to_come_is_a_cancellation_that_was_asked_for() -> None:
    told = Agreement(d("2024-03-10"), 12, ended_on=d("2025-02-01"), cancel_asked_on=d("2024-12-24"))

    (only,) = expand(told, today=TODAY)

    assert (only.state, only.ends_on) == (TermState.CANCELLING, d("2025-02-01"))
    assert only.cancel_asked_on == d("2024-12-24")


def test_an_end_beyond_the_running_term_leaves_it_running() -> None:
    links = expand(Agreement(d("2024-11-10"), 1, ended_on=d("2025-06-10")), today=TODAY)

    assert days(links)[-1] == ("2024-12-10", "2025-01-10")
    assert links[-1].state == TermState.RUNNING


def test_a_future_start_is_one_term() -> None:
    assert days(expand(Agreement(d("2025-02-01"), 12), today=TODAY)) == [
        ("2025-02-01", "2026-02-01")
    ]


@pytest.mark.parametrize(
    ("paid_until", "state", "closed_on"),
    [
        ("2025-01-15", TermState.RUNNING, None),
        ("2024-12-20", TermState.GRACE, None),  # 11 days over
        ("2024-12-16", TermState.LAPSED, "2024-12-31"),  # 15 days over: the grace is
    ],
)
def test_a_paid_day_that_has_come_is_grace_and_then_a_lapse(
    paid_until: str, state: TermState, closed_on: str | None
) -> None:
    told = Agreement(d("2024-01-15"), 12, paid_until=d(paid_until))

    links = expand(told, today=TODAY)

    assert links[-1].ends_on == d(paid_until)
    assert links[-1].state == state
    assert links[-1].closed_on == (d(closed_on) if closed_on else None)


def test_days_that_were_given_are_an_extension_of_the_first_term() -> None:
    links = expand(Agreement(d("2023-01-15"), 12, paid_until=d("2025-01-20")), today=TODAY)

    assert days(links) == [("2023-01-15", "2024-01-20"), ("2024-01-20", "2025-01-20")]
    assert [link.extended_days for link in links] == [5, 0]


def test_an_end_before_the_start_is_refused_with_both_days() -> None:
    with pytest.raises(Refusal, match="ends on 2024-01-14, before it starts on 2024-01-15"):
        expand(Agreement(d("2024-01-15"), 12, ended_on=d("2024-01-14")), today=TODAY)
    with pytest.raises(Refusal, match="starts and ends on 2024-01-15"):
        expand(Agreement(d("2024-01-15"), 12, paid_until=d("2024-01-15")), today=TODAY)


@given(
    start=DAYS,
    months=st.sampled_from([1, 3, 6, 12, 24]),
    length=st.one_of(st.none(), st.integers(0, 4_000)),
    is_paid=st.booleans(),
)
def test_chains_join_without_gap_or_overlap(
    start: date, months: int, length: int | None, is_paid: bool
) -> None:
    """Whatever is told: terms touch, all but the last were renewed, at most one is live."""
    end = None if length is None else start + timedelta(days=length + is_paid)
    told = Agreement(
        start,
        months,
        ended_on=None if is_paid else end,
        paid_until=end if is_paid else None,
    )

    links = expand(told, today=TODAY)

    assert links[0].starts_on == start
    assert [a.ends_on for a in links[:-1]] == [b.starts_on for b in links[1:]]
    assert all(link.period.days > 0 for link in links)
    assert {link.state for link in links[:-1]} <= {TermState.RENEWED}
    assert sum(link.state in LIVE for link in links) <= 1
    if is_paid and end is not None:
        assert links[-1].ends_on == end
    elif end is None:
        assert [link.starts_on for link in links] == [
            nth_due(start, months_per_cycle=months, k=k) for k in range(len(links))
        ]
        assert links[-1].ends_on > AS_OF


def test_terms_told_one_by_one_were_renewed_where_the_next_came_in_time() -> None:
    told = [
        ToldTerm(d("2022-01-01"), d("2023-01-01")),
        ToldTerm(d("2023-01-10"), d("2024-01-10")),  # nine days late: within grace
        ToldTerm(d("2024-03-01"), d("2025-03-01")),  # seven weeks late: it had lapsed
    ]

    links = join(told, today=TODAY)

    assert [link.state for link in links] == [
        TermState.RENEWED,
        TermState.LAPSED,
        TermState.RUNNING,
    ]
    assert links[0].renewed_on == d("2023-01-10")
    assert links[1].closed_on == d("2024-01-25")


def test_a_cancelled_term_may_be_followed_before_its_end() -> None:
    told = [
        ToldTerm(d("2024-01-01"), d("2025-01-01"), cancelled_on=d("2024-06-01")),
        ToldTerm(d("2024-07-01"), d("2025-07-01")),
    ]

    links = join(told, today=TODAY)

    assert [link.state for link in links] == [TermState.CANCELLED, TermState.RUNNING]


def test_overlapping_terms_are_refused_with_both_periods() -> None:
    told = [
        ToldTerm(d("2024-01-01"), d("2025-01-01")),
        ToldTerm(d("2024-12-01"), d("2025-12-01")),
    ]

    with pytest.raises(Refusal, match="2024-12-01 to 2025-12-01") as caught:
        join(told, today=TODAY)

    assert caught.value.code == "terms_overlap"
