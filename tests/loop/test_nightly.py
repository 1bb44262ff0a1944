"""TOP-01, TOP-02: one day of the whole loop, run once, however often it is begun."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenure.kernel.failures import Sentence
from tenure.loop import nightly
from tenure.loop.leases import held
from tenure.loop.nightly import MOST_MISSED, STAGES, DayNotOver, catch_up, run
from tenure.records.contacts.models import Message
from tenure.records.jobs.models import Lease, Run
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.journal.models import Entry
from tests.act.posts import Postbag
from tests.builders import AS_OF, a_term, at_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
MORNING = at_on(AS_OF + timedelta(days=1), 9)


def stored() -> list[Any]:
    """Everything that a second run could have changed."""
    return [
        list(Run.objects.values("as_of", "finished_at", "stages")),
        list(Message.objects.order_by("pk").values()),
        list(Entry.objects.order_by("pk").values("pk", "kind", "at", "content")),
    ]


def test_a_day_goes_through_every_stage() -> None:
    term, bag = a_term(days_left=90), Postbag()
    told: list[tuple[float, Sentence]] = []

    summary = run(
        as_of=AS_OF, at=MORNING, post=bag, progress=lambda done, what: told.append((done, what))
    )

    document = summary.as_json()
    assert list(summary.counts) == list(STAGES)
    assert document["understand"]["live"] == document["understand"]["scored"] == 1
    assert document["act"]["messages"] == document["act"]["sent"] == 1
    assert document["decide"] == {"chosen": 0, "withheld": 0, "actions": {}}
    assert set(document["seconds"]) == set(STAGES)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert Message.objects.get().term == term
    assert Entry.objects.filter(kind="run.finished").count() == 1


@pytest.mark.slow
def test_the_second_run_of_a_day_changes_nothing() -> None:
    for days_left in (90, 30, 7):
        a_term(days_left=days_left)
    first = run(as_of=AS_OF, at=MORNING, post=Postbag())
    before = stored()

    again = Postbag()
    second = run(as_of=AS_OF, at=MORNING, post=again)

    assert stored() == before
    assert again.letters == []
    assert (first.was_done, second.was_done) == (False, True)
    assert second.counts == first.counts


def test_a_finished_day_still_sends_what_has_become_due() -> None:
    """Without a worker, the next call sends what waited for the morning."""
    a_term(days_left=90)
    night = at_on(AS_OF + timedelta(days=1), 2)
    bag = Postbag()

    run(as_of=AS_OF, at=night, post=bag)
    assert bag.letters == []
    run(as_of=AS_OF, at=MORNING, post=bag)

    assert len(bag.letters) == 1


def test_ctrl_c_in_the_middle_leaves_a_day_that_can_be_finished() -> None:
    for _ in range(4):
        a_term(days_left=90)
    bag, handed = Postbag(), iter(range(10))

    def interrupt() -> None:
        if next(handed) == 2:
            raise KeyboardInterrupt

    bag.before_each = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(as_of=AS_OF, at=MORNING, post=bag)
    assert not Lease.objects.exists()
    assert Run.objects.get().finished_at is None

    summary = run(as_of=AS_OF, at=MORNING, post=bag)

    assert summary.counts["act"]["sent"] == 4
    assert sorted(bag.readers) == sorted(set(bag.readers))
    assert len(bag.readers) == 4


def test_two_runs_at_once_are_refused_in_one_sentence() -> None:
    with held("loop", by="cli:zhou"), pytest.raises(AlreadyRunning) as refused:
        run(as_of=AS_OF, at=MORNING)

    assert "cli:zhou" in refused.value.sentence("en")
    assert not Run.objects.exists()


def test_a_day_that_has_not_come_cannot_be_run() -> None:
    tomorrow = AS_OF + timedelta(days=2)

    with pytest.raises(DayNotOver) as refused:
        run(as_of=tomorrow, at=MORNING)

    assert "2026-06-17 has not come yet" in refused.value.sentence("en")
    assert not Run.objects.exists()


def days_run() -> list[date]:
    return list(Run.objects.order_by("as_of").values_list("as_of", flat=True))


@pytest.mark.slow
def test_an_outage_is_caught_up_in_order_and_no_day_runs_twice() -> None:
    """Catch-up after an outage misses no period and repeats none."""
    a_term(days_left=92)
    run(as_of=AS_OF, at=MORNING, post=Postbag())
    later, bag = MORNING + timedelta(days=4), Postbag()

    missed = catch_up(at=later, post=bag)

    assert [one.as_of for one in missed] == [
        AS_OF + timedelta(days=offset) for offset in (1, 2, 3, 4)
    ]
    assert catch_up(at=later, post=bag) == []
    assert days_run() == [AS_OF + timedelta(days=offset) for offset in range(5)]
    assert [(m.step, m.state) for m in Message.objects.all()] == [("t90", "sent")]
    assert len(bag.letters) == 1


@pytest.mark.slow
def test_of_a_long_silence_the_last_days_are_lived_and_the_journal_names_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Data of a year ago, tried out beside a server, is not lived for a year in the background."""
    monkeypatch.setattr(nightly, "MOST_MISSED", timedelta(days=3))
    run(as_of=AS_OF, at=MORNING, post=Postbag())
    silence = timedelta(days=3 + 10)

    lived = catch_up(at=MORNING + silence, post=Postbag())

    assert [one.as_of for one in lived] == [
        AS_OF + timedelta(days=10 + offset) for offset in (1, 2, 3)
    ]
    (left_out,) = Entry.objects.filter(kind="run.left_out")
    assert left_out.content == {
        "since": (AS_OF + timedelta(days=1)).isoformat(),
        "until": (AS_OF + timedelta(days=10)).isoformat(),
    }
    assert catch_up(at=MORNING + silence, post=Postbag()) == []


@pytest.mark.slow
def test_an_outage_of_as_many_days_as_are_lived_leaves_none_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nightly, "MOST_MISSED", timedelta(days=3))
    run(as_of=AS_OF, at=MORNING, post=Postbag())

    lived = catch_up(at=MORNING + timedelta(days=3), post=Postbag())

    assert len(lived) == 3
    assert timedelta(days=31) <= MOST_MISSED
    assert not Entry.objects.filter(kind="run.left_out").exists()


def test_the_first_night_runs_yesterday() -> None:
    a_term(days_left=90)

    assert [one.as_of for one in catch_up(at=MORNING, post=Postbag())] == [AS_OF]
