"""A run of a day is begun once, keeps what its stages did, and ends once."""

from datetime import timedelta

from tenure.records.jobs.actions import finish_run, finish_stage, start_run
from tenure.records.jobs.models import Run
from tenure.records.jobs.queries import last_finished, run_of
from tenure.records.journal.models import Entry
from tests.builders import AS_OF, AT, day


def test_a_run_that_was_killed_is_gone_on_with(either_database: str) -> None:
    first = start_run(AS_OF, strategy_hash="abc", at=AT)
    finish_stage(first, "observe", counts={"events": 3}, seconds=0.5)

    again = start_run(AS_OF, strategy_hash="abc", at=AT + timedelta(hours=1))
    finish_stage(again, "understand", counts={"scored": 2}, seconds=1.0)

    run = Run.objects.get()
    assert run.started_at == AT
    assert run.stages == {
        "observe": {"events": 3, "seconds": 0.5},
        "understand": {"scored": 2, "seconds": 1.0},
    }


def test_a_run_ends_once(either_database: str) -> None:
    run = start_run(AS_OF, strategy_hash="abc", at=AT)
    finish_stage(run, "act", counts={"messages": 9}, seconds=0.1)

    finish_run(run, at=AT, by="loop")
    finish_run(run, at=AT + timedelta(hours=1), by="loop")

    assert Run.objects.get().finished_at == AT
    entry = Entry.objects.get(kind="run.finished")
    assert entry.content == {
        "stages": {"act": {"messages": 9, "seconds": 0.1}},
        "strategy_hash": "abc",
    }


def test_the_newest_finished_run_is_found(either_database: str) -> None:
    for offset in (-2, -1):
        finish_run(start_run(day(offset), strategy_hash="abc", at=AT), at=AT, by="loop")
    start_run(AS_OF, strategy_hash="abc", at=AT)

    newest, today = last_finished(), run_of(AS_OF)

    assert newest is not None
    assert newest.as_of == day(-1)
    assert today is not None
    assert today.finished_at is None
    assert run_of(day(5)) is None
