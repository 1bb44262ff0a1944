"""Numbers of documents have no gap and no double, whoever asks at the same time (R-I-009)."""

import threading
from datetime import date

from django.db import connection, transaction

from tenure.kernel.money import Money
from tenure.records.documents.actions import NewDocument, issue
from tenure.records.documents.models import Document
from tenure.records.documents.rules.lives import DOCUMENT
from tenure.records.documents.rules.taxes import Totals
from tenure.records.documents.states import DocumentKind, DocumentState
from tests.builders import AS_OF, AT, an_account

THREADS = 50


def a_new(account_id: int, *, name: str, on: date = AS_OF, entity: str = "lanjiang") -> NewDocument:
    ten = Money(1_000, "CNY")
    return NewDocument(
        kind=DocumentKind.RECEIPT,
        account_id=account_id,
        entity=entity,
        prefix="",
        on=on,
        language="zh-Hans",
        totals=Totals(gross=ten, net=ten, tax=Money.zero("CNY")),
        content={"lines": []},
        once_key=name,
    )


def test_each_entity_and_year_counts_for_itself(either_database: str) -> None:
    account = an_account().pk

    numbers = [
        issue(a_new(account, name="a"), at=AT, by="t").number,
        issue(a_new(account, name="b"), at=AT, by="t").number,
        issue(a_new(account, name="c", on=date(2027, 1, 1)), at=AT, by="t").number,
        issue(a_new(account, name="d", entity="other"), at=AT, by="t").number,
        issue(a_new(account, name="a"), at=AT, by="t").number,
    ]

    assert numbers == [
        "RC-2026-000001",
        "RC-2026-000002",
        "RC-2027-000001",
        "RC-2026-000001",
        "RC-2026-000001",
    ]


def test_a_transaction_that_fails_gives_its_number_back(either_database: str) -> None:
    account = an_account().pk
    issue(a_new(account, name="a"), at=AT, by="t")

    try:
        with transaction.atomic():
            assert issue(a_new(account, name="b"), at=AT, by="t").sequence == 2
            raise ZeroDivisionError
    except ZeroDivisionError:
        after = issue(a_new(account, name="c"), at=AT, by="t")

    assert after.sequence == 2
    assert Document.objects.count() == 2


def test_fifty_at_once_leave_no_gap_and_no_double(shared_database: str) -> None:
    account, failures = an_account().pk, []
    start = threading.Barrier(THREADS)

    def ask(number: int) -> None:
        start.wait(60)
        try:
            issue(a_new(account, name=f"n{number}"), at=AT, by="t")
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert failures == []
    found = sorted(Document.objects.values_list("sequence", flat=True))
    assert found == list(range(1, THREADS + 1))


def test_a_document_is_issued_or_void() -> None:
    assert DOCUMENT.reachable == set(DocumentState)
