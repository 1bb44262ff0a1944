"""The one bill of many lines is their sum, and a list is recognised by what it asks for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.records.billing.pricing.basket import Basket, Discount, DiscountKind
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.rules import price
from tenure.records.subscriptions.batches.refusals import NoLines, TooManyLines
from tenure.records.subscriptions.batches.rules import (
    BATCH,
    LINE,
    MOST_LINES,
    BatchVerb,
    LineVerb,
    NewBatch,
    Wish,
    digest_of,
    summed,
)
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tests.builders.baskets import an_item

PLANS = ("f300", "f500")


@st.composite
def bills(draw: st.DrawFn) -> list[tuple[str, Bill]]:
    """Bills of single lines with amounts, seats and reductions of every kind."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        item = an_item(
            ref=f"term:{number}",
            unit_minor=draw(st.integers(0, 10**7)),
            quantity=draw(st.integers(1, 40)),
        )
        share = draw(st.decimals(0, 1, places=2))
        off = Discount(f"ladder:term:{number}", item.said, DiscountKind.PERCENT, share=share)
        found.append((draw(st.sampled_from(PLANS)), price(Basket("CNY", (item,), (off,)))))
    return found


@given(bills())
def test_the_sum_of_bills_comes_to_exactly_what_they_come_to(found: list[tuple[str, Bill]]) -> None:
    """TOP-17: one invoice; each line was rounded by itself, so nothing is rounded again."""
    whole = summed(found, currency="CNY")

    for name in ("total", "list_total", "discount_total", "net_total", "tax_total"):
        parts = [getattr(bill, name) for _, bill in found]
        assert getattr(whole, name) == Money.total(parts, currency="CNY"), name
    assert sum(one.quantity for one in whole.lines) == sum(
        line.quantity for _, bill in found for line in bill.lines
    )
    assert Bill.read(whole.as_document()) == whole
    assert {one.ref for one in whole.lines} == {f"plan:{plan}" for plan, _ in found}


def test_a_list_is_known_by_what_it_asks_for_and_not_by_its_name() -> None:
    wishes = [Wish(2, "LINE-1"), Wish(3, "LINE-2", cycle_months=24)]
    one = NewBatch(1, "march.csv", wishes)

    assert NewBatch(1, "copy of march.csv", wishes).content_key == one.content_key
    assert NewBatch(1, "march.csv", wishes, date(2027, 3, 31)).content_key != one.content_key
    assert NewBatch(1, "march.csv", [Wish(2, "LINE-1")]).content_key != one.content_key
    assert NewBatch(1, "march.csv", wishes[::-1]).content_key != one.content_key


def test_an_empty_list_and_one_that_is_too_long_are_refused() -> None:
    with pytest.raises(NoLines):
        NewBatch(1, "empty.csv", []).check_size()
    with pytest.raises(TooManyLines) as refused:
        NewBatch(1, "long.csv", [Wish(1, "LINE-1")] * (MOST_LINES + 1)).check_size()
    assert "split the file" in refused.value.sentence("en")


def test_one_line_that_costs_something_else_is_another_quote() -> None:
    assert digest_of([(2, "a"), (3, "b")]) == digest_of([(2, "a"), (3, "b")])
    assert digest_of([(2, "a"), (3, "b")]) != digest_of([(3, "a"), (2, "b")])


def test_what_was_paid_is_never_left_out_and_what_was_given_never_fails() -> None:
    assert not BATCH.allows(BatchState.DONE, BatchVerb.DROP)
    assert not LINE.allows(LineState.ORDERED, LineVerb.LEAVE_OUT)
    assert not LINE.allows(LineState.GIVEN, LineVerb.FAIL)
    assert not LINE.allows(LineState.FAILED, LineVerb.RETRY)
