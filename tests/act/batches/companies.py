"""Companies with many contracts, and their lists."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tenure.act.batches.actions import begin, go_on_to_the_end
from tenure.act.payments.actions import open_attempt
from tenure.loop.takings import look_after_money
from tenure.records.billing.models import Payment
from tenure.records.customers.models import Account
from tenure.records.subscriptions.batches.actions import begin_placing
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.rules import NewBatch, Wish
from tenure.records.subscriptions.models import Term
from tests.act.payments.memory import MemoryProvider
from tests.builders import AT, a_plan_version, a_term, an_account

LATER = AT + timedelta(minutes=1)


def a_company(contracts: int = 3, **of_term: Any) -> tuple[Account, list[Term]]:
    """A company and its contracts LINE-1, LINE-2, …, each for a year that ends in 30 days."""
    account = an_account(name="澜江精密制造有限公司", kind=Account.Kind.BUSINESS)
    version = a_plan_version()
    terms = [
        a_term(
            account=account,
            plan_version=version,
            external_id=f"LINE-{number}",
            **{"days_left": 30, **of_term},
        )
        for number in range(1, contracts + 1)
    ]
    return account, terms


def a_list(*contracts: str, **of_each: Any) -> list[Wish]:
    """Rows of a file, the first below its header being row 2."""
    return [Wish(place, one, **of_each) for place, one in enumerate(contracts, start=2)]


def a_checked(
    account: Account, wishes: Sequence[Wish], *, until: date | None = None, at: datetime = AT
) -> Batch:
    new = NewBatch(account.pk, "lines.csv", wishes, until)
    return go_on_to_the_end(begin(new, at=at, by="user:1"), at=at, by="user:1")


def an_ordered(batch: Batch, *, at: datetime = AT, is_rest_left_out: bool = False) -> Batch:
    begun = begin_placing(
        batch.pk, seen=batch.digest, is_rest_left_out=is_rest_left_out, at=at, by="user:1"
    )
    return go_on_to_the_end(begun, at=at, by="user:1")


def pays(batch: Batch, provider: MemoryProvider, *, at: datetime = LATER) -> Payment:
    """The company pays, the provider tells nobody, and the worker comes by."""
    batch.refresh_from_db()
    assert batch.order is not None
    payment = open_attempt(batch.order, "wechat_native", at=AT, by="customer").payment
    provider.pay(str(payment.number), at=at)
    look_after_money(at=at, by="worker")
    payment.refresh_from_db()
    return payment


def lines(batch: Batch) -> list[BatchLine]:
    return list(BatchLine.objects.filter(batch=batch).order_by("place"))


def faults(batch: Batch) -> list[tuple[int, str, str]]:
    """Row, column and what is wrong."""
    return [
        (one.place, one.fault["column"], one.fault["code"]) for one in lines(batch) if one.fault
    ]
