"""Issue 5, *Offers*: goodwill has limits for the customer, for who gives, and for one alone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Refusal
from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import Money
from tenure.records.billing.credits.queries import balance
from tenure.records.goodwill.actions import NewGoodwill, approve, give, reject
from tenure.records.goodwill.models import Goodwill, GoodwillGiver
from tenure.records.goodwill.rules import (
    GoodwillNothing,
    GoodwillSecondPerson,
    GoodwillTooMuch,
    Limits,
    check,
)
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, an_account, day


def cny(yuan: int) -> Money:
    return Money(yuan * 100, "CNY")


def credit(account: int, yuan: int, key: str, *, by: str = "user:1", on: int = 0) -> Goodwill:
    new = NewGoodwill(account, cny(yuan), "断网两天", key)
    return give(new, on=day(on), at=AT, by=by)


@pytest.fixture
def account(either_database: str) -> int:
    apply_strategy(preset("broadband"), by="t", at=AT.replace(year=2025))
    return an_account().pk


def test_a_small_credit_is_given_once_and_stands_in_the_balance(account: int) -> None:
    for _ in range(2):
        given_one = credit(account, 50, "k")

    assert given_one.state == "given"
    assert balance(account, currency="CNY") == cny(50)
    assert Entry.objects.filter(kind="goodwill.given").count() == 1


def test_a_larger_one_waits_for_somebody_else(account: int) -> None:
    asked = credit(account, 51, "k")

    assert (asked.state, balance(account, currency="CNY")) == ("asked", cny(0))
    with pytest.raises(GoodwillSecondPerson, match="somebody else must agree"):
        approve(asked.pk, on=AS_OF, at=AT, by="user:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Goodwill.objects.update(decided_by="user:1")
    for _ in range(2):
        approve(asked.pk, on=AS_OF, at=AT, by="user:2")
    assert balance(account, currency="CNY") == cny(51)
    with pytest.raises(IllegalMove):
        reject(asked.pk, on=AS_OF, at=AT, by="user:2")


def test_the_limits_of_the_customer_and_of_who_gives_hold(account: int) -> None:
    """200 a year for a customer, what waits included; a rejected one frees its part."""
    waits = credit(account, 160, "a")

    with pytest.raises(GoodwillTooMuch) as refusal:
        credit(account, 41, "b")
    assert "还可补偿 40.00 CNY" in refusal.value.sentence("zh")
    reject(waits.pk, on=AS_OF, at=AT, by="user:2")
    credit(account, 41, "b")
    for n in range(13):
        credit(an_account().pk, 150, f"c{n}")
    with pytest.raises(GoodwillTooMuch, match="for you within 30 days"):
        credit(an_account().pk, 10, "d")
    assert credit(account, 50, "e", by="user:3").state == "given"
    assert credit(account, 200, "f", on=366).state == "asked"


@pytest.mark.parametrize("yuan", [0, -5])
def test_nothing_and_less_than_nothing_are_refused(account: int, yuan: int) -> None:
    with pytest.raises(GoodwillNothing) as refusal:
        credit(account, yuan, "k")

    assert "须大于 0" in refusal.value.sentence("zh")
    assert Goodwill.objects.count() == 0


@given(st.lists(st.integers(1, 300), max_size=12))
def test_no_order_of_credits_passes_the_limit(amounts: list[int]) -> None:
    limits, had = Limits(cny(200), cny(10_000), cny(50)), cny(0)
    for one in amounts:
        try:
            check(cny(one), of_customer=had, of_agent=had, limits=limits)
        except Refusal:
            continue
        had += cny(one)

    assert had <= cny(200)


def test_whoever_gives_holds_a_row_before_the_first_credit(account: int) -> None:
    """Two first credits in one instant wait for each other: the row that both lock is there."""
    with pytest.raises(GoodwillTooMuch):
        credit(account, 5_000, "too much")
    credit(account, 50, "a")
    credit(account, 10, "b")

    assert list(GoodwillGiver.objects.values_list("name", flat=True)) == ["user:1"]


def test_first_credits_in_one_instant_keep_within_the_limit(shared_database: str) -> None:
    """16 × 150 asked at once by somebody who never gave before: 13 fit into 2,000 a month."""
    apply_strategy(preset("broadband"), by="t", at=AT.replace(year=2025))
    accounts = [an_account().pk for _ in range(16)]

    def gives(account: int) -> bool:
        try:
            credit(account, 150, f"k{account}", by="user:9")
        except GoodwillTooMuch:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(gives, accounts))

    assert results.count(True) == Goodwill.objects.count() == 13
