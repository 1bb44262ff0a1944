"""JRN-05, STD-07, R-A-019: an unpaid line: grace, slower, stopped, terminated, each on its day."""

from datetime import timedelta

import pytest

from tenure.act.collecting.queries import access_of
from tenure.act.consequences.queries import of_lapsing
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import Purchase
from tenure.strategy.catalog import Access
from tests.act.collecting.tills import DUE, a_contract, a_till, days, one_day
from tests.act.conftest import strategy
from tests.builders import at_on

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("strategy")]
__all__ = ["strategy"]
KINDS = ("term.overdue", "term.lapsed", "service.suspended", "service.terminated")


def unpaid(until: int) -> Term:
    """A card that is declined each time, lived through until so many days after the end."""
    term = a_contract(provider="stripe", method="card")
    with a_till("stripe") as till:
        till.script = ["insufficient_funds"] * 20
        for on in days(DUE - timedelta(days=10), DUE + timedelta(days=20)):
            one_day(on, delivers=True)
        for back in range(21, until + 1):
            one_day(DUE + timedelta(days=back))
    return term


def told(term: Term) -> list[tuple[str, int]]:
    entries = Entry.objects.filter(term=term, kind__in=KINDS).order_by("pk")
    return [(one.kind, (one.on - DUE).days) for one in entries]


def test_the_order_of_states_of_an_unpaid_line() -> None:
    """The agreement lapses with its grace, the service only on the days of the telecom law."""
    term = unpaid(91)

    assert told(term) == [
        ("term.overdue", 0),
        ("term.lapsed", 15),
        ("service.suspended", 30),
        ("service.terminated", 90),
    ]
    access = {day: access_of(term.pk, on=DUE + timedelta(days=day)) for day in (0, 14, 15, 29, 30)}
    assert access == {
        0: Access.FULL,
        14: Access.FULL,
        15: Access.LIMITED,
        29: Access.LIMITED,
        30: Access.NONE,
    }
    # What the customer was told before it came is what came.
    assert [(one.access, (one.on - DUE).days) for one in of_lapsing(term.pk)] == [
        (Access.FULL, 0),
        (Access.LIMITED, 15),
        (Access.NONE, 30),
    ]


def test_who_pays_after_the_lapse_is_neither_suspended_nor_terminated() -> None:
    term = unpaid(22)
    paid_on = DUE + timedelta(days=22)
    renew(Purchase(term.pk, paid_on), at=at_on(paid_on, 12), by="customer")
    for back in range(23, 95):
        one_day(DUE + timedelta(days=back))

    assert told(term) == [("term.overdue", 0), ("term.lapsed", 15)]
