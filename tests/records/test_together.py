"""Rows of several models read by one question are what each query alone would have read."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.records.subscriptions.models import ContractPeriod, PeriodKind, PlannedChange, TermLine
from tenure.records.together import read_together
from tests.builders import AS_OF, AT, a_term, day


def _fields(row: Any) -> dict[str, Any]:
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


@pytest.fixture
def written(either_database: str) -> None:
    """A line, two periods and a change that waits."""
    term = a_term()
    whose = {"account": term.account, "subscription": term.subscription, "recorded_at": AT}
    locked = {"plan": "home_300", "prices": {"12": 80_100, "24": 150_000}, "words": '"锁价"'}
    for kind, starts, content in (
        (PeriodKind.PRICE_LOCK, day(-300), locked),
        (PeriodKind.PAUSE, day(10), {}),
    ):
        ContractPeriod.objects.create(
            **whose, kind=kind, starts_on=starts, ends_on=starts + timedelta(30), content=content
        )
    PlannedChange.objects.create(**whose, term=term, kind="seats", asked_on=AS_OF, quantity=7)
    TermLine.objects.create(
        account=term.account, term=term, kind="renewal", name_zh="一年", name_en="One year",
        sold_on=AS_OF, starts_on=AS_OF, ends_on=day(365), list_minor=80_100, amount_minor=80_100,
        currency="CNY", once_key="one", recorded_at=AT,
    )  # fmt: skip


def test_each_part_is_as_its_own_query_reads_it(written: None) -> None:
    """Every column, none of them read again but the instants, in the order of the keys."""
    wanted = [
        TermLine.objects.all(),
        ContractPeriod.objects.order_by("-pk"),
        PlannedChange.objects.filter(quantity=7),
        PlannedChange.objects.filter(quantity=8),
    ]

    # Django asks once a process whether its SQLite speaks JSON.
    read_together(*wanted)

    with CaptureQueriesContext(connection) as asked:
        found = read_together(*wanted)
        known = [str(one.content) for one in found[1]]

    assert len(asked) == 1
    assert len(known) == 2
    assert [len(part) for part in found] == [1, 2, 1, 0]
    assert [[_fields(row) for row in part] for part in found] == [
        [_fields(row) for row in query.order_by("pk")] for query in wanted
    ]


def test_what_is_left_out_is_read_when_somebody_asks(written: None) -> None:
    ((change,),) = read_together(PlannedChange.objects.only("term"))

    assert change.get_deferred_fields() >= {"kind", "quantity", "recorded_at"}
    assert "term_id" not in change.get_deferred_fields()
    assert (change.quantity, change.recorded_at) == (7, AT)


def test_a_row_that_was_read_so_can_be_changed(written: None) -> None:
    ((change,),) = read_together(PlannedChange.objects.all())

    change.withdrawn_on = AS_OF
    change.save(update_fields=["withdrawn_on"])

    assert PlannedChange.objects.get().withdrawn_on == AS_OF
