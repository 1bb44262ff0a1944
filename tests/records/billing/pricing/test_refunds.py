"""R-A-016: what of a prepaid amount is owed back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.records.billing.pricing.refunds import (
    Prepaid,
    may_withdraw,
    refund_by_ratio,
    used_cost,
)

AMOUNTS = st.integers(0, 10**8).map(lambda minor: Money(minor, "CNY"))


def test_use_counts_at_the_ratio_of_what_was_paid() -> None:
    """3000 paid and 1000 given, 3594 used: the use cost 2695.50, and 304.50 is owed back."""
    prepaid = Prepaid(Money(300_000, "CNY"), Money(100_000, "CNY"), Money(359_400, "CNY"))

    assert used_cost(prepaid) == Money(269_550, "CNY")
    assert refund_by_ratio(prepaid) == Money(30_450, "CNY")


@pytest.mark.parametrize(
    ("on", "had_it_before", "expected"),
    [
        (date(2026, 6, 8), False, True),
        (date(2026, 6, 9), False, False),
        (date(2026, 6, 2), True, False),
    ],
)
def test_the_principal_can_be_asked_back_within_seven_days_the_first_time(
    on: date, had_it_before: bool, expected: bool
) -> None:
    assert may_withdraw(date(2026, 6, 1), on, had_it_before=had_it_before) is expected


@given(paid=AMOUNTS, gift=AMOUNTS, used=AMOUNTS)
def test_a_refund_is_never_more_than_was_paid_nor_below_zero(
    paid: Money, gift: Money, used: Money
) -> None:
    found = refund_by_ratio(Prepaid(paid, gift, used))

    assert Money.zero("CNY") <= found <= paid
    if used == paid + gift:
        assert found == Money.zero("CNY")
