"""The journal: written once, read as a timeline, followed without losing an entry."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections, transaction

from tenure.kernel.clock import monotonic_seconds
from tenure.records.journal.actions import Fact, append, append_many
from tenure.records.journal.models import Entry
from tenure.records.journal.queries import START, Place, after, newest, timeline
from tests.builders import AS_OF, AT, a_term, an_account

PATIENCE_SECONDS = 30


def test_an_entry_says_what_happened_to_whom_by_whom_and_when(either_database: str) -> None:
    term = a_term()

    entry = append(
        Fact(
            "term.extended",
            on=AS_OF,
            account_id=term.account_id,
            term_id=term.pk,
            content={"days": 7, "why": "犹豫"},
        ),
        at=AT,
        by="user:7",
    )

    assert entry is not None
    stored = Entry.objects.get()
    assert (stored.pk, stored.kind, stored.on, stored.at) == (entry.pk, "term.extended", AS_OF, AT)
    assert (stored.actor, stored.account_id, stored.term_id) == ("user:7", term.account_id, term.pk)
    assert stored.content == {"days": 7, "why": "犹豫"}


def test_a_once_key_is_written_once(either_database: str) -> None:
    fact = Fact("term.renewed", on=AS_OF, once_key="renewed:1", content={"n": 1})

    first = append(fact, at=AT, by="loop")
    second = append(fact, at=AT + timedelta(hours=1), by="loop")

    assert first is not None
    assert first.content == {"n": 1}
    assert second is None
    assert Entry.objects.get().at == AT


def test_entries_without_a_once_key_are_all_kept(either_database: str) -> None:
    fact = Fact("page.seen", on=AS_OF)

    assert append(fact, at=AT, by="user:1") is not None
    assert append(fact, at=AT, by="user:1") is not None

    assert Entry.objects.count() == 2


def soon(look: Callable[[], list[Entry]], *, count: int) -> list[Entry]:
    """What is read once nobody writes any more who began before: one server serves all tests."""
    until = monotonic_seconds() + PATIENCE_SECONDS
    while len(found := look()) < count and monotonic_seconds() < until:
        time.sleep(0.05)
    return found


def settled_end(*, past: Place) -> Place:
    """The newest place, once it lies past another."""
    until = monotonic_seconds() + PATIENCE_SECONDS
    while (end := newest()) <= past and monotonic_seconds() < until:
        time.sleep(0.05)
    return end


def test_wanted_kinds_are_read_up_to_a_place(shared_database: str) -> None:
    assert newest() == START
    append_many([Fact(kind, on=AS_OF) for kind in "abcab"], at=AT, by="loop")
    end = settled_end(past=START)
    append_many([Fact("a", on=AS_OF)], at=AT, by="loop")

    found = soon(lambda: after(START, until=end, kinds={"a", "c"}), count=3)

    assert [entry.kind for entry in found] == ["a", "c", "a"]
    assert Place.of(found[-1]) < end < settled_end(past=end)
    assert after(Place.of(found[-1]), until=end, kinds={"a", "c"}) == []


def test_many_are_written_at_once_and_only_the_new_ones_counted(either_database: str) -> None:
    facts = [Fact("tag.entered", on=AS_OF, once_key=f"tag:{one}") for one in range(12_000)]
    append_many(facts[:5], at=AT, by="loop")

    added = append_many(facts, at=AT, by="loop")

    assert added == 11_995
    assert Entry.objects.count() == 12_000


def test_a_timeline_is_newest_first_and_pages_without_a_gap(either_database: str) -> None:
    account, other = an_account(), an_account()
    for hour in (0, 1, 1, 2):
        append(
            Fact(f"at.{hour}", on=AS_OF, account_id=account.pk),
            at=AT + timedelta(hours=hour),
            by="loop",
        )
    append(Fact("elsewhere", on=AS_OF, account_id=other.pk), at=AT, by="loop")

    first = timeline(account.pk, limit=2)
    rest = timeline(account.pk, limit=10, before=first[-1])

    assert [entry.kind for entry in first] == ["at.2", "at.1"]
    assert [entry.kind for entry in rest] == ["at.1", "at.0"]
    assert first[1].pk != rest[0].pk


def test_a_follower_reads_on_from_its_place(shared_database: str) -> None:
    append_many([Fact(f"kind.{one}", on=AS_OF) for one in range(5)], at=AT, by="loop")

    first = after(START, limit=3)
    rest = after(Place.of(first[-1]))

    assert [entry.kind for entry in first + rest] == [f"kind.{one}" for one in range(5)]
    assert after(Place.of(rest[-1])) == []
    assert Place.parse(str(Place.of(rest[-1]))) == Place.of(rest[-1])


@pytest.mark.postgres
@pytest.mark.parametrize("shared_database", ["postgres"], indirect=True)
def test_the_newest_place_leaves_out_what_commits_late(shared_database: str) -> None:
    append(Fact("before", on=AS_OF), at=AT, by="loop")
    settled = settled_end(past=START)
    written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            append(Fact("slow", on=AS_OF), at=AT, by="slow")
            written.set()
            may_commit.wait(20)
        connections["default"].close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert written.wait(20)
    append(Fact("quick", on=AS_OF), at=AT, by="quick")
    while_slow_runs = newest()
    may_commit.set()
    thread.join(20)

    assert while_slow_runs == settled
    assert settled_end(past=settled) > settled


@pytest.mark.postgres
@pytest.mark.parametrize("shared_database", ["postgres"], indirect=True)
def test_an_entry_that_commits_late_is_not_overtaken(shared_database: str) -> None:
    """One writer takes its id first and commits last; a bare highest id would lose its entry."""
    written, may_commit = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            append(Fact("slow", on=AS_OF), at=AT, by="slow")
            written.set()
            may_commit.wait(20)
        connections["default"].close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert written.wait(20)
    append(Fact("quick", on=AS_OF), at=AT, by="quick")
    while_slow_runs = after(START)
    may_commit.set()
    thread.join(20)
    afterwards = soon(lambda: after(START), count=2)

    assert while_slow_runs == []
    assert [entry.kind for entry in afterwards] == ["slow", "quick"]
    assert afterwards[0].pk < afterwards[1].pk
