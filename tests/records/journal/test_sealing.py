"""R-U-038: entries are chained by hashes; whatever is changed, lost or slipped in is named."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tenure.loop.sealing import seal_journal
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry, JournalSeal
from tenure.records.journal.queries import after, newest
from tenure.records.journal.rules import ranges_of
from tenure.records.journal.sealing import seal, verify
from tests.builders import AS_OF, AT, an_account

LONG_AGO = AT - timedelta(days=3_650)


def happened(number: int, **content: object) -> None:
    account = an_account()
    facts = (
        Fact("person.changed", on=AS_OF, account_id=account.pk, content={"n": n, **content})
        for n in range(number)
    )
    append_many(facts, at=AT, by="user:7")


@pytest.mark.usefixtures("shared_database")
def test_what_was_sealed_is_as_it_was_and_each_entry_is_in_one_seal() -> None:
    happened(1_500, name="张伟", share=0.1)
    first = seal_journal(at=AT)
    happened(3)
    second, again = seal_journal(at=AT), seal_journal(at=AT)
    happened(2)

    found = verify(kept_from=LONG_AGO)

    assert (first, second, again) == (1_500, 3, 0)
    assert [one.count for one in JournalSeal.objects.order_by("number")] == [1_000, 500, 3]
    assert (found.seals, found.entries, found.unsealed, found.problems) == (3, 1_503, 2, [])
    assert found.head == JournalSeal.objects.get(number=3).link
    assert verify(kept_from=LONG_AGO, head=JournalSeal.objects.get(number=1).link).problems == []


def edits_an_entry() -> None:
    Entry.objects.filter(pk=Entry.objects.order_by("pk")[1].pk).update(actor="user:8")


def takes_an_entry_away() -> None:
    Entry.objects.order_by("pk")[1].delete()


def edits_a_seal() -> None:
    JournalSeal.objects.filter(number=1).update(digest="0" * 64)


def takes_a_seal_away() -> None:
    JournalSeal.objects.filter(number=1).delete()


def slips_one_in() -> None:
    entry = Entry.objects.order_by("pk")[1]
    JournalSeal.objects.filter(number=1).update(count=5)
    Entry.objects.create(at=entry.at, on=entry.on, kind="x", actor="x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("does", "says"),
    [
        (edits_an_entry, "seal 1: 2026"),
        (takes_an_entry_away, "seal 1: 3/4"),
        (edits_a_seal, "seal 1"),
        (takes_a_seal_away, "seal 1: previous"),
        (slips_one_in, "seal 1"),
    ],
)
def test_whatever_is_done_to_it_afterwards_is_named(does: Callable[[], None], says: str) -> None:
    happened(4)
    seal_journal(at=AT)
    happened(4)
    seal_journal(at=AT)

    does()

    assert verify(kept_from=LONG_AGO).problems[0].startswith(says)


@pytest.mark.django_db
def test_a_chain_that_was_written_anew_is_not_the_one_that_was_noted() -> None:
    """Who owns the database can seal again; the end that was noted elsewhere says so."""
    happened(4)
    seal_journal(at=AT)
    noted = verify(kept_from=LONG_AGO).head

    edits_an_entry()
    JournalSeal.objects.all().delete()
    seal(list(Entry.objects.all()), at=AT)

    assert verify(kept_from=LONG_AGO).problems == []
    assert verify(kept_from=LONG_AGO, head=noted).problems == [f"head {noted[:12]}"]


@pytest.mark.django_db
def test_what_is_past_its_time_may_be_gone_and_the_chain_holds() -> None:
    happened(4)
    seal_journal(at=AT)
    happened(4)
    seal_journal(at=AT)
    Entry.objects.order_by("pk")[0].delete()

    found = verify(kept_from=AT + timedelta(days=1))

    assert (found.seals, found.entries, found.past, found.unsealed) == (2, 4, 4, 0)
    assert found.problems == []


@pytest.mark.django_db
def test_a_batch_that_is_given_again_after_a_kill_is_sealed_once() -> None:
    happened(3)
    batch = after(newest().__class__(), until=newest())

    assert (seal(batch, at=AT), seal(batch, at=AT), seal([], at=AT)) == (3, 0, 0)
    assert JournalSeal.objects.count() == 1


def test_ranges_leave_no_room_for_what_was_not_there() -> None:
    assert ranges_of([1, 2, 3, 7, 9, 10]) == [[1, 3], [7, 7], [9, 10]]
    assert ranges_of([]) == []
