"""When a second person is asked, and what a refund does to the recurring revenue."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import Money
from tenure.records.billing.orders.rules import ORDER, OrderVerb
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.refunds.rules import (
    REFUND,
    Movement,
    RefundTooLarge,
    RefundVerb,
    check_amount,
    movement_of,
    needs_second_person,
)
from tenure.records.billing.refunds.states import BY_ITSELF, RefundReason, RefundState

# The worked example of G32: sold, refunded, whether all went back, whether the term ends.
G32 = [
    (date(2026, 6, 10), date(2026, 6, 14), True, True, Movement.ERASED),  # J1
    (date(2026, 6, 28), date(2026, 7, 3), True, True, Movement.REVERSAL),  # J2
    (date(2025, 7, 1), date(2026, 7, 10), False, False, Movement.NONE),  # J3
    (date(2025, 9, 1), date(2026, 7, 15), False, True, Movement.CHURN),  # J4
]


@pytest.mark.parametrize(("sold_on", "refunded_on", "is_whole", "ends", "wanted"), G32)
def test_a_refund_moves_the_recurring_revenue_once(
    sold_on: date, refunded_on: date, is_whole: bool, ends: bool, wanted: Movement
) -> None:
    """Golden example G32."""
    found = movement_of(sold_on=sold_on, refunded_on=refunded_on, is_whole=is_whole, ends=ends)

    assert found == wanted


@given(
    asked=st.integers(-5, 10_000), left=st.integers(0, 10_000), currency=st.sampled_from(["CNY"])
)
def test_never_more_goes_back_than_is_left(asked: int, left: int, currency: str) -> None:
    """R-Y-013: an amount passes when it is above nothing and not above what is left."""
    try:
        check_amount(Money(asked, currency), left=Money(left, currency))
        passes = True
    except RefundTooLarge:
        passes = False

    assert passes == (0 < asked <= left)


@given(amount=st.integers(1, 10_000), limit=st.integers(0, 10_000))
@pytest.mark.parametrize("reason", RefundReason)
def test_a_second_person_is_asked_above_the_limit(
    reason: RefundReason, amount: int, limit: int
) -> None:
    found = needs_second_person(Money(amount, "CNY"), reason=reason, limit=Money(limit, "CNY"))

    assert found == (reason not in BY_ITSELF and amount > limit)


def test_another_currency_than_the_limits_is_always_approved() -> None:
    limit = Money(10_000, "CNY")

    assert needs_second_person(Money(1, "USD"), reason=RefundReason.GOODWILL, limit=limit)


REFUNDS = {
    ("requested", "SEND"): "processing",
    ("requested", "REJECT"): "rejected",
    ("processing", "SUCCEED"): "succeeded",
    ("processing", "FAIL"): "failed",
    ("processing", "STRAND"): "abnormal",
    ("abnormal", "SUCCEED"): "succeeded",
}
ORDERS = {
    ("open", "PAY"): "paid",
    ("open", "CANCEL"): "cancelled",
    ("open", "EXPIRE"): "expired",
    ("paid", "FULFIL"): "fulfilled",
    ("expired", "HONOUR"): "paid",
}


@pytest.mark.parametrize("state", RefundState)
@pytest.mark.parametrize("verb", RefundVerb)
def test_every_move_of_a_refund_is_in_the_table_or_refused(
    state: RefundState, verb: RefundVerb
) -> None:
    wanted = REFUNDS.get((str(state), verb.name))
    if wanted is None:
        with pytest.raises(IllegalMove):
            REFUND.after(state, verb)
    else:
        assert REFUND.after(state, verb) == wanted


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("verb", OrderVerb)
def test_every_move_of_an_order_is_in_the_table_or_refused(
    state: OrderState, verb: OrderVerb
) -> None:
    wanted = ORDERS.get((str(state), verb.name))
    if wanted is None:
        with pytest.raises(IllegalMove):
            ORDER.after(state, verb)
    else:
        assert ORDER.after(state, verb) == wanted
