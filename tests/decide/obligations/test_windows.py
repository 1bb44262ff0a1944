"""Golden example G26: on which days a notice may go out."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.obligations.rules import Binding, Contract, bind
from tenure.decide.obligations.windows import (
    NoticeDays,
    ProlongationNotAllowed,
    check_prolongation,
    meet,
    notice_days,
    refund_until,
    withdrawal_until,
)
from tenure.strategy.duties import Event, ProductClass
from tenure.strategy.loading import preset

DUE = date(2026, 12, 10)
ON = date(2026, 10, 1)
OBLIGATIONS = preset("broadband").obligations


def only(jurisdiction: str, *, on: date = ON) -> Binding:
    """One policy of the table alone, without the house practice."""
    contract = Contract("", product_class=ProductClass.TELECOM, method="card")
    found = bind(contract, OBLIGATIONS, on=on)
    kept = tuple(one for one in found.policies if one.jurisdiction == jurisdiction)
    assert len(kept) == 1
    return replace(found, policies=kept)


@pytest.mark.parametrize(
    ("jurisdiction", "event", "earliest", "latest"),
    [
        ("cn", Event.RENEWAL, None, "2026-12-05"),
        ("us_ca", Event.RENEWAL, "2026-10-26", "2026-11-25"),
        ("us_ca", Event.TRIAL_END, "2026-11-19", "2026-12-07"),
        ("us_ca", Event.PRICE_RISE, "2026-11-10", "2026-12-03"),
        ("us_ny", Event.RENEWAL, "2026-10-26", "2026-11-25"),
        ("us_ma", Event.RENEWAL, "2026-11-09", "2026-12-04"),
        ("uk_telecom", Event.CONTRACT_END, "2026-10-31", "2026-11-30"),
        ("in", Event.RENEWAL, None, "2026-12-09"),
        ("card", Event.TRIAL_END, None, "2026-12-03"),
        ("card", Event.PRICE_RISE, None, "2026-12-03"),
    ],
)
def test_g26(jurisdiction: str, event: Event, earliest: str | None, latest: str) -> None:
    """G26 for one renewal due on 2026-12-10, an annual term."""
    (days,) = notice_days(only(jurisdiction), event, due_on=DUE, term_months=12)

    assert days.earliest_on == (date.fromisoformat(earliest) if earliest else None)
    assert days.latest_on == date.fromisoformat(latest)


def test_a_californian_month_needs_no_long_notice() -> None:
    """R-A-033: 15 to 45 days hold for an initial term of a year or more."""
    assert notice_days(only("us_ca"), Event.RENEWAL, due_on=DUE, term_months=1) == ()


def test_a_short_trial_needs_no_californian_notice() -> None:
    days = {
        length: notice_days(
            only("us_ca"), Event.TRIAL_END, due_on=DUE, term_months=1, period_days=length
        )
        for length in (31, 32)
    }

    assert [len(found) for found in days.values()] == [0, 1]


def test_several_windows_are_met_by_one_notice_inside_all() -> None:
    """R-A-002: California (15–45) and the house practice (5 or more): 15–45."""
    binding = bind(Contract("US", region="CA"), OBLIGATIONS, on=ON)

    (days,) = notice_days(binding, Event.RENEWAL, due_on=DUE, term_months=12)

    assert (days.earliest_on, days.latest_on) == (date(2026, 10, 26), date(2026, 11, 25))
    assert days.stamps == ("house@1", "us_ca@2025-07-01")


def test_windows_that_do_not_meet_get_a_notice_each() -> None:
    """R-A-002: 45–40 days before and 5–3 days before have no day in common."""
    early = NoticeDays(DUE - timedelta(days=45), DUE - timedelta(days=40), ("a@1",))
    late = NoticeDays(DUE - timedelta(days=5), DUE - timedelta(days=3), ("b@1",))

    assert meet([early, late]) is None

    found = only("us_ca")
    (policy,) = found.policies
    rule = replace(policy.notices[0], earliest_days=5, latest_days=3)
    both = replace(found, policies=(policy, replace(policy, jurisdiction="other", notices=(rule,))))
    days = notice_days(both, Event.RENEWAL, due_on=DUE, term_months=12)
    assert [(one.latest_on, one.stamps) for one in days] == [
        (date(2026, 11, 25), ("us_ca@2025-07-01",)),
        (date(2026, 12, 7), ("other@2025-07-01",)),
    ]


offsets = st.integers(0, 60)


@given(st.lists(st.tuples(st.none() | offsets, offsets), min_size=1, max_size=5))
def test_a_day_is_in_the_meeting_when_it_is_in_every_window(
    given_windows: list[tuple[int | None, int]],
) -> None:
    windows = [
        NoticeDays(
            None if early is None else DUE - timedelta(days=max(early, late)),
            DUE - timedelta(days=late),
            (str(place),),
        )
        for place, (early, late) in enumerate(given_windows)
    ]

    found = meet(windows)

    for offset in range(70):
        day = DUE - timedelta(days=offset)
        in_all = all(one.contains(day) for one in windows)
        assert (found is not None and found.contains(day)) == in_all


def test_withdrawal_ends_after_fourteen_days_and_later_where_nobody_told() -> None:
    """R-A-051: 14 days from conclusion, twelve months longer without information."""
    right = only("eu").withdrawal
    assert right is not None

    assert withdrawal_until(right, date(2026, 7, 1)) == date(2026, 7, 15)
    assert withdrawal_until(right, date(2026, 7, 1), was_told=False) == date(2027, 7, 15)
    assert refund_until(right, date(2026, 7, 10)) == date(2026, 7, 24)


def test_a_german_year_does_not_follow_by_itself() -> None:
    """R-A-059: § 309 no. 9."""
    limits = only("de").prolongations

    check_prolongation(limits, first_months=24, renewed_months=1, notice_months=1)
    with pytest.raises(ProlongationNotAllowed):
        check_prolongation(limits, first_months=12, renewed_months=12)
    with pytest.raises(ProlongationNotAllowed):
        check_prolongation(limits, first_months=25, renewed_months=1)
    with pytest.raises(ProlongationNotAllowed):
        check_prolongation(limits, first_months=12, renewed_months=1, notice_months=2)
    check_prolongation(only("us_ca").prolongations, first_months=12, renewed_months=12)
