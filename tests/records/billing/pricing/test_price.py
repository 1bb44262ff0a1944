"""The one pure function that says what is paid: golden examples G18 and G20, and its laws."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import CurrencyMismatch, Money
from tenure.kernel.periods import ChangeOutsidePeriod, Period
from tenure.records.billing.pricing.basket import Discount, Item, LineKind, Stretch
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.proration import rest_of
from tenure.records.billing.pricing.rules import NothingToPrice, tax_split
from tests.builders import a_bill, a_discount, an_item

# G18: old price, new price, start, end, change → credit, charge, net.
G18 = {
    "X1": (9000, 15000, "2027-04-01", "2027-05-01", "2027-04-16", (-4500, 7500, 3000)),
    "X2": (9900, 19900, "2027-01-31", "2027-02-28", "2027-02-10", (-6364, 12793, 6429)),
    "X3": (119900, 59900, "2027-01-01", "2028-01-01", "2027-10-01", (-30221, 15098, -15123)),
    "X4": (8800, 8800, "2027-06-01", "2027-07-01", "2027-06-01", (-8800, 8800, 0)),
    "X5": (10000, 0, "2027-02-01", "2027-03-01", "2027-02-20", (-3214, 0, -3214)),
}


@pytest.mark.parametrize("name", G18)
def test_a_plan_change_gives_back_the_old_rest_and_charges_the_new(name: str) -> None:
    """G18, R-Y-066: each line is rounded once, then the lines are added."""
    old, new, starts, ends, on, expected = G18[name]
    period = Period(date.fromisoformat(starts), date.fromisoformat(ends))
    rest = rest_of(period, date.fromisoformat(on))
    days = Period(date.fromisoformat(on), period.ends_on)

    bill = a_bill(
        an_item(unit_minor=old, kind=LineKind.CREDIT, period=days, stretch=rest),
        an_item(unit_minor=new, kind=LineKind.PLAN_REST, period=days, stretch=rest),
    )

    lines = [one.amount.amount_minor for one in bill.lines]
    assert (*lines, bill.total.amount_minor) == expected
    assert bill.to_pay.amount_minor == max(expected[2], 0)
    assert bill.to_credit.amount_minor == max(-expected[2], 0)


def test_seconds_prorate_as_days_do() -> None:
    """G18, X1 at noon of the day of the change: 14.5 of 30 days are left."""
    rest = Stretch(0, 14 * 86_400 + 43_200, 30 * 86_400)

    bill = a_bill(
        an_item(unit_minor=9000, kind=LineKind.CREDIT, stretch=rest),
        an_item(unit_minor=15000, kind=LineKind.PLAN_REST, stretch=rest),
    )

    assert [one.amount.amount_minor for one in bill.lines] == [-4350, 7250]
    assert bill.total == Money(2900, "CNY")


def test_paused_days_are_no_service() -> None:
    """R-Y-068: of 30 days 10 were paused; on the 21st day 10 of 20 days of service are left."""
    april = Period(date(2027, 4, 1), date(2027, 5, 1))
    pause = Period(date(2027, 4, 11), date(2027, 4, 21))

    assert rest_of(april, date(2027, 4, 21), pauses=[pause]) == Stretch(0, 10, 20)
    with pytest.raises(ChangeOutsidePeriod):
        rest_of(april, date(2027, 5, 1))


def test_tax_is_inside_the_price_of_each_line() -> None:
    """G20: net is rounded per line and tax is the rest; totals are sums of lines."""
    bill = a_bill(
        an_item(unit_minor=120_000, tax_share=Decimal("0.09")),
        an_item(unit_minor=36_000, tax_share=Decimal("0.06"), kind=LineKind.ADD_ON),
        an_item(unit_minor=9_999, tax_share=Decimal("0.09"), ref="term:2"),
    )

    lines = [(one.net.amount_minor, one.tax.amount_minor) for one in bill.lines]
    assert lines == [(110_092, 9_908), (33_962, 2_038), (9_173, 826)]
    assert (bill.net_total.amount_minor, bill.tax_total.amount_minor) == (153_227, 12_772)
    assert bill.total == Money(165_999, "CNY")


def test_discounts_meet_the_bill_in_one_order() -> None:
    """R-L-015: shares first and on top of each other, then amounts, then free time."""
    discounts = [
        a_discount("z", percent=10),
        a_discount("y", percent=20),
        a_discount("a", minor=4_000),
        a_discount("b", months=2),
    ]

    bills = [a_bill(an_item(), discounts=order) for order in permutations(discounts)]

    line = bills[0].lines[0]
    # 1200.00 less 20 % is 960.00, less 10 % is 864.00, less 40.00 is 824.00.
    assert line.amount == Money(82_400, "CNY")
    taken = [(one.id, one.amount.amount_minor) for one in line.taken]
    assert taken == [("y", 24_000), ("z", 9_600), ("a", 4_000), ("b", 0)]
    assert {one.digest for one in bills} == {bills[0].digest}


def test_free_months_lengthen_the_period_and_are_told_apart_from_what_is_paid() -> None:
    """OFR-10, R-A-016: three years paid, two months free; the gift has its own value."""
    paid = Period(date(2027, 1, 15), date(2030, 1, 15))

    bill = a_bill(
        an_item(unit_minor=360_000, period=paid), discounts=[a_discount("gift", months=2)]
    )

    line = bill.lines[0]
    assert line.amount == Money(360_000, "CNY")
    assert line.period == Period(date(2027, 1, 15), date(2030, 3, 15))
    assert line.free_days == 59
    # 3600.00 × 59 free days ÷ 1096 paid days.
    assert line.gift == Money(19_380, "CNY")


def test_free_months_are_counted_from_the_anchor() -> None:
    """G17: January 31 + 1 month paid + 1 month free is March 31, not March 28."""
    paid = Period(date(2027, 1, 31), date(2027, 2, 28))

    bill = a_bill(an_item(period=paid), discounts=[a_discount("gift", months=1)])

    assert bill.lines[0].period.ends_on == date(2027, 3, 31)


def test_of_a_group_only_the_best_discount_counts() -> None:
    """STD-05: never worse than what is there anyway."""
    ladder = a_discount("ladder", percent=10, group="term")
    offer = a_discount("offer", minor=20_000, group="term")

    bill = a_bill(an_item(), discounts=[ladder, offer])

    assert [one.id for one in bill.lines[0].taken] == ["offer"]
    assert bill.total == Money(100_000, "CNY")


def test_the_same_discount_twice_is_one() -> None:
    bill = a_bill(an_item(), discounts=[a_discount("c", minor=500), a_discount("c", minor=500)])

    assert bill.discount_total == Money(500, "CNY")


def test_a_discount_reaches_only_its_lines_and_never_a_credit() -> None:
    discount = a_discount("d", percent=50, refs=frozenset({"term:2"}))

    bill = a_bill(
        an_item(),
        an_item(ref="term:2"),
        an_item(ref="term:2", kind=LineKind.CREDIT, unit_minor=10_000),
        discounts=[discount],
    )

    assert [one.discount.amount_minor for one in bill.lines] == [0, 60_000, 0]


def test_the_balance_pays_as_much_as_it_can() -> None:
    """R-Y-066: credit to the balance first."""
    some = a_bill(an_item(), balance_minor=5_000)
    more = a_bill(an_item(), balance_minor=500_000)
    owed = a_bill(an_item(kind=LineKind.CREDIT), balance_minor=500)

    assert (some.balance.amount_minor, some.total.amount_minor) == (5_000, 115_000)
    assert (more.balance.amount_minor, more.total.amount_minor) == (120_000, 0)
    assert (owed.balance.amount_minor, owed.to_credit.amount_minor) == (0, 120_000)


def test_nothing_and_two_currencies_are_refused() -> None:
    with pytest.raises(NothingToPrice):
        a_bill()
    with pytest.raises(CurrencyMismatch):
        a_bill(an_item(), an_item(currency="USD"))
    with pytest.raises(CurrencyMismatch):
        a_bill(an_item(currency="USD"), currency="USD", discounts=[a_discount("c", minor=1)])


KINDS = st.sampled_from(sorted(set(LineKind) - {LineKind.USAGE}))
STRETCHES = st.builds(
    lambda whole, total, left: Stretch(whole, min(left, total), total),
    st.integers(0, 3), st.integers(1, 731), st.integers(0, 731),
)  # fmt: skip
ITEMS = st.builds(
    an_item,
    unit_minor=st.integers(0, 10**8),
    kind=KINDS,
    ref=st.sampled_from(["term:1", "term:2", "term:3"]),
    quantity=st.integers(0, 40),
    stretch=STRETCHES,
    tax_share=st.sampled_from([Decimal(0), Decimal("0.06"), Decimal("0.09"), Decimal("0.19")]),
)
DISCOUNTS = st.builds(
    a_discount,
    st.sampled_from("abcdef"),
    percent=st.integers(0, 100),
    minor=st.none() | st.integers(0, 10**7),
    months=st.integers(0, 3),
    days=st.integers(0, 40),
    group=st.sampled_from(["", "term"]),
    refs=st.sampled_from([frozenset(), frozenset({"term:1"}), frozenset({"term:2", "term:3"})]),
)
MANY = st.lists(ITEMS, min_size=1, max_size=6)
SOME = st.lists(DISCOUNTS, max_size=5, unique_by=lambda one: one.id)


@given(items=MANY, discounts=SOME, balance_minor=st.integers(0, 10**7))
def test_lines_add_up_and_no_discount_exceeds_its_price(
    items: list[Item], discounts: list[Discount], balance_minor: int
) -> None:
    bill = a_bill(*items, discounts=discounts, balance_minor=balance_minor)

    for item, line in zip(items, bill.lines, strict=True):
        assert line.list_price - line.discount == line.amount == line.net + line.tax
        assert sum(one.amount.amount_minor for one in line.taken) == line.discount.amount_minor
        assert 2 * abs(line.list_price.amount_minor - item.exact_minor) <= 1
        if item.kind is LineKind.CREDIT:
            assert line.discount.amount_minor == 0 >= line.amount.amount_minor
        else:
            assert 0 <= line.discount.amount_minor <= line.list_price.amount_minor
        assert (line.period.ends_on - item.period.ends_on) == timedelta(line.free_days)
    assert bill.total == bill.list_total - bill.discount_total - bill.balance
    assert bill.total == bill.net_total + bill.tax_total - bill.balance
    assert bill.total == bill.to_pay - bill.to_credit
    assert 0 <= bill.balance.amount_minor <= balance_minor


@given(items=MANY, discounts=SOME, order=st.randoms(use_true_random=False))
def test_the_order_of_discounts_changes_nothing(
    items: list[Item], discounts: list[Discount], order: object
) -> None:
    shuffled = list(discounts)
    order.shuffle(shuffled)  # type: ignore[attr-defined]

    assert a_bill(*items, discounts=shuffled) == a_bill(*items, discounts=discounts)


@given(items=MANY, discounts=SOME)
def test_a_stored_bill_is_the_same_bill(items: list[Item], discounts: list[Discount]) -> None:
    bill = a_bill(*items, discounts=discounts)

    again = Bill.read(bill.as_document())

    assert again == bill
    assert again.digest == bill.digest
    dearer = replace(bill, balance=Money(bill.balance.amount_minor - 1, "CNY"))
    assert dearer.digest != bill.digest


@given(items=MANY, discounts=SOME)
def test_one_more_discount_outside_the_groups_never_costs_more(
    items: list[Item], discounts: list[Discount]
) -> None:
    one_more = [*discounts, a_discount("zz", percent=7)]

    with_it = a_bill(*items, discounts=one_more)

    assert with_it.total <= a_bill(*items, discounts=discounts).total


@given(
    gross=st.integers(-(10**9), 10**9),
    share=st.decimals(0, 1, places=3),
)
def test_tax_is_split_symmetrically(gross: int, share: Decimal) -> None:
    net, tax = tax_split(Money(gross, "CNY"), share)
    back_net, back_tax = tax_split(Money(-gross, "CNY"), share)

    assert (net + tax).amount_minor == gross
    assert (back_net, back_tax) == (-net, -tax)
