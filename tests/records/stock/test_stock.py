"""OFR-15, OFR-19: scarce stock is reserved under a key, conserved, and never oversold."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import Money
from tenure.records.journal.models import Entry
from tenure.records.stock.actions import (
    NewPromise,
    fail,
    finish,
    lock_stock,
    owe,
    promise,
    release,
    release_over,
    stock_up,
    try_again,
)
from tenure.records.stock.models import Promise, Stock
from tenure.records.stock.queries import left_of
from tenure.records.stock.rules import FewerThanPromised, NoneLeft
from tenure.records.stock.states import TAKES, PromiseState
from tenure.strategy.handed import Handed, When
from tenure.strategy.messages import MessageClass
from tenure.strategy.offers import Offer, OfferKind
from tests.builders import AS_OF, AT, a_term, day
from tests.decide.offers.bargains import an_offer


def an_expert_hour(*, stock: int | None = 2, is_monthly: bool = False) -> Offer:
    return an_offer(
        id="expert_hour",
        name=Sentence(zh="专家一小时", en="an hour with an expert"),
        kind=OfferKind.EXPERT,
        message_class=MessageClass.MARKETING,
        handed=Handed(
            cost=Money(8_000, "CNY"), when=When.ON_RENEWAL, stock=stock, is_monthly=is_monthly
        ),
    )


def promised(offer: Offer, key: str = "k", *, term: Any = None, on: Any = AS_OF) -> Promise:
    term = term or a_term()
    new = NewPromise(
        offer, term.account_id, term.pk, expires_on=day(14), strategy_hash="h", once_key=key
    )
    return promise(new, on=on, at=AT, by="test")


def test_the_last_one_goes_to_one_customer_only(either_database: str) -> None:
    """OFR-19: by the verb and by the database; the same key takes none twice."""
    offer = an_expert_hour(stock=1)
    first = promised(offer, "a")

    assert promised(offer, "a") == first
    with pytest.raises(NoneLeft):
        promised(offer, "b")

    assert list(Promise.objects.values_list("once_key", flat=True)) == ["a"]
    assert left_of([offer], on=AS_OF) == {"expert_hour": 0}
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.update(taken=2)


def test_what_expires_or_is_refused_lies_in_the_stock_again(either_database: str) -> None:
    offer = an_expert_hour(stock=2)
    refused, late = promised(offer, "a"), promised(offer, "b")

    release(refused.pk, "refused", on=AS_OF, at=AT, by="test")
    release(refused.pk, "refused", on=AS_OF, at=AT, by="test")
    assert release_over(as_of=day(14), at=AT) == 0
    assert release_over(as_of=day(15), at=AT) == 1

    late.refresh_from_db()
    assert (late.state, late.why, late.closed_on) == ("released", "expired", day(15))
    assert Stock.objects.get().taken == 0
    kinds = Entry.objects.filter(kind__startswith="promise.").order_by("pk")
    assert [one.kind for one in kinds] == ["promise.made"] * 2 + ["promise.released"] * 2


def test_what_was_handed_over_is_gone_and_what_failed_is_tried_again(db: None) -> None:
    one = promised(an_expert_hour(stock=1))

    owe(one.pk, due_on=day(7), on=AS_OF, at=AT, by="test")
    fail(one.pk, "nobody home", on=day(1), at=AT, by="ops")
    try_again(one.pk, due_on=day(8), on=day(2), at=AT, by="ops")
    done = finish(one.pk, on=day(3), at=AT, by="ops")

    assert (done.state, done.owed_on, done.due_on, done.closed_on) == (
        "done", AS_OF, day(8), day(3),
    )  # fmt: skip
    with pytest.raises(IllegalMove):
        release(one.pk, "late", on=day(4), at=AT, by="ops")
    assert Stock.objects.get().taken == 1


def test_a_monthly_stock_is_full_again_in_the_next_month(db: None) -> None:
    offer = an_expert_hour(stock=1, is_monthly=True)
    later = AS_OF.replace(day=1) + timedelta(days=35)
    promised(offer, "a")

    promised(offer, "b", on=later)

    assert Stock.objects.filter(taken=1).count() == 2


def test_a_stock_is_never_smaller_than_what_is_promised(db: None) -> None:
    offer = an_expert_hour(stock=3)
    promised(offer, "a")
    promised(offer, "b")

    with pytest.raises(FewerThanPromised):
        stock_up(offer, 1, on=AS_OF, at=AT, by="ops")

    assert stock_up(offer, 2, on=AS_OF, at=AT, by="ops").total == 2
    assert lock_stock([offer, an_offer()], on=AS_OF, at=AT) == {"expert_hour": 0}


def test_many_at_once_never_take_more_than_there_is(shared_database: str) -> None:
    """OFR-19: eight threads want five; five get one each."""
    offer, term = an_expert_hour(stock=5), a_term()
    stock_up(offer, 5, on=AS_OF, at=AT, by="test")

    def wants(number: int) -> bool:
        try:
            promised(offer, f"k{number}", term=term)
        except NoneLeft:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(wants, range(8)))

    assert sum(got) == 5
    assert Stock.objects.get().taken == Promise.objects.count() == 5


_VERBS = ("promise", "owe", "finish", "fail", "try_again", "release", "expire", "fill")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(_VERBS), st.integers(0, 4)), max_size=24))
def test_stock_is_conserved_whatever_happens(db: None, steps: list[tuple[str, int]]) -> None:
    """OFR-19, a law: what is taken is exactly what is promised and not given back."""
    with transaction.atomic():
        offer, term = an_expert_hour(stock=2), a_term()
        for verb, number in steps:
            with suppress(NoneLeft, IllegalMove, FewerThanPromised):
                _do(verb, number, offer=offer, term=term)
            taking = Promise.objects.filter(state__in=TAKES).aggregate(n=Count("pk"))["n"]
            stock = Stock.objects.first()
            assert taking == (stock.taken if stock else 0)
            assert stock is None or stock.taken <= stock.total
        transaction.set_rollback(True)


def _do(verb: str, number: int, *, offer: Offer, term: Any) -> None:
    if verb == "promise":
        promised(offer, f"k{number}", term=term)
    elif verb == "fill":
        stock_up(offer, number, on=AS_OF, at=AT, by="test")
    elif verb == "expire":
        release_over(as_of=day(10 + number), at=AT)
    elif one := Promise.objects.filter(once_key=f"k{number}").first():
        _move(verb, one)


def _move(verb: str, one: Promise) -> None:
    moment: dict[str, Any] = {"on": AS_OF, "at": AT, "by": "test"}
    if verb == "owe":
        owe(one.pk, due_on=day(7), **moment)
    elif verb == "try_again":
        try_again(one.pk, due_on=day(7), **moment)
    elif verb == "finish":
        finish(one.pk, **moment)
    elif verb == "fail":
        fail(one.pk, "why", **moment)
    else:
        release(one.pk, "why", **moment)
        assert Promise.objects.get(pk=one.pk).state == PromiseState.RELEASED
