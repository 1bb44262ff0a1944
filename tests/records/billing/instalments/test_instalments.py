"""OFR-07: a price in parts, partial payments, and what may be used in each state."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.records.billing.instalments.actions import Agreement, PaidIn, agree, pay_in
from tenure.records.billing.instalments.models import Instalment, InstalmentPayment
from tenure.records.billing.instalments.queries import due_between, schedule_of
from tenure.records.billing.instalments.rules import (
    Due,
    InstalmentState,
    NoSuchSplit,
    PaidTooMuch,
    access,
    days_late,
    schedule,
    settle,
    state,
)
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.strategy.catalog import Access
from tenure.strategy.components import InstalmentRules
from tests.builders import AS_OF, AT, a_plan_version, a_term, day

RULES = InstalmentRules()
THREE = [Due(n, date(2026, n, 15), 10_000) for n in (1, 2, 3)]


def test_parts_add_up_and_fall_due_month_by_month() -> None:
    """G17: counted from the first due, so the last of January is followed by March 31."""
    dues = schedule(Money(100_000, "CNY"), parts=3, first_on=date(2027, 1, 31), rules=RULES)

    assert [one.amount_minor for one in dues] == [33_334, 33_333, 33_333]
    assert [one.due_on for one in dues] == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)
    ]  # fmt: skip
    with pytest.raises(NoSuchSplit):
        schedule(Money(100_000, "CNY"), parts=4, first_on=AS_OF, rules=RULES)


@pytest.mark.parametrize(
    ("paid", "on", "expected"),
    [
        ((0, 0, 0), date(2026, 1, 15), (InstalmentState.CURRENT, Access.FULL)),
        ((0, 0, 0), date(2026, 1, 22), (InstalmentState.OVERDUE, Access.FULL)),
        ((0, 0, 0), date(2026, 1, 23), (InstalmentState.OVERDUE, Access.LIMITED)),
        ((4_000, 0, 0), date(2026, 1, 23), (InstalmentState.PARTLY, Access.LIMITED)),
        ((4_000, 0, 0), date(2026, 2, 15), (InstalmentState.DEFAULTED, Access.NONE)),
        ((10_000, 0, 0), date(2026, 2, 15), (InstalmentState.CURRENT, Access.FULL)),
        ((10_000, 10_000, 10_000), date(2026, 9, 1), (InstalmentState.SETTLED, Access.FULL)),
    ],
)
def test_each_state_has_its_access(
    paid: tuple[int, ...], on: date, expected: tuple[InstalmentState, Access]
) -> None:
    dues = [replace(one, paid_minor=minor) for one, minor in zip(THREE, paid, strict=True)]

    assert (state(dues, on, rules=RULES), access(dues, on, rules=RULES)) == expected


@given(
    total=st.integers(12, 10**8),
    parts=st.sampled_from(RULES.parts),
    payments=st.lists(st.integers(0, 10**8), max_size=6),
)
def test_payments_settle_the_oldest_due_first_and_never_more_than_is_owed(
    total: int, parts: int, payments: list[int]
) -> None:
    dues = schedule(Money(total, "CNY"), parts=parts, first_on=AS_OF, rules=RULES)
    taken = 0
    for minor in payments:
        owed = sum(one.open_minor for one in dues)
        if minor > owed:
            with pytest.raises(PaidTooMuch):
                settle(dues, Money(minor, "CNY"))
            continue
        settled = settle(dues, Money(minor, "CNY"))
        dues = [
            Due(one.number, one.due_on, one.amount_minor, one.paid_minor + part)
            for one, part in zip(dues, settled, strict=True)
        ]
        taken += minor

    assert sum(one.paid_minor for one in dues) == taken
    open_at = [bool(one.open_minor) for one in dues]
    assert open_at == sorted(open_at)
    touched = [0 < one.paid_minor < one.amount_minor for one in dues]
    assert sum(touched) <= 1
    assert days_late(dues, AS_OF) == 0


def test_a_schedule_is_agreed_once_and_a_payment_counts_once(either_database: str) -> None:
    version = a_plan_version(entitlements={"download": 300})
    term = a_term(plan_version=version, days_left=300)
    wanted = Agreement(term.account_id, term.pk, Money(90_000, "CNY"), 3, AS_OF)

    plan = agree(wanted, at=AT, by="customer")
    agree(wanted, at=AT, by="customer")
    for _ in range(2):
        pay_in(PaidIn(plan.pk, Money(40_000, "CNY"), AS_OF, key="pay_1"), at=AT, by="customer")
    with pytest.raises(PaidTooMuch):
        pay_in(PaidIn(plan.pk, Money(50_001, "CNY"), AS_OF, key="pay_2"), at=AT, by="customer")

    rows = Instalment.objects.order_by("number").values_list("paid_minor", "paid_on")
    assert list(rows) == [(30_000, AS_OF), (10_000, None), (0, None)]
    assert InstalmentPayment.objects.count() == 1
    second = AS_OF + timedelta(days=30)
    assert [one.number for one in due_between(AS_OF, second)] == [2]
    late = schedule_of(term.pk, on=day(61))
    assert late is not None
    assert (late.state, late.access) == (InstalmentState.DEFAULTED, Access.NONE)
    assert late.open == Money(50_000, "CNY")
    assert in_force(term.subscription_id, on=day(61)) == ()
    assert [one.code for one in in_force(term.subscription_id, on=day(30))] == ["download"]
    assert Entry.objects.filter(kind="instalment.paid").count() == 1


def test_a_term_without_parts_has_no_schedule(either_database: str) -> None:
    assert schedule_of(a_term().pk, on=AS_OF) is None
