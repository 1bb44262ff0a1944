"""One holder at a time, whoever comes at the same moment."""

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connections

from tenure.records.jobs.actions import beat, release, take_lease
from tenure.records.jobs.models import Lease
from tenure.records.jobs.rules import AlreadyRunning, LeaseLost
from tests.builders import AT

MINUTE = timedelta(minutes=1)


def test_a_second_holder_is_told_who_is_running_and_since_when(either_database: str) -> None:
    take_lease("loop", holder="first", at=AT, seconds=60)

    with pytest.raises(AlreadyRunning) as refused:
        take_lease("loop", holder="second", at=AT + timedelta(seconds=59), seconds=60)

    assert refused.value.sentence("en") == (
        "“loop” is being run by first since 2026-06-15T15:30:00+00:00; wait until it has finished,"
        " or try again after 2026-06-15T15:31:00+00:00."
    )
    assert refused.value.sentence("zh-Hans") == (
        "“loop”正在由 first 运行（自 2026-06-15T15:30:00+00:00 起）；"
        "请等它结束，或在 2026-06-15T15:31:00+00:00 之后再试。"
    )
    assert Lease.objects.get().holder == "first"


def test_two_names_do_not_stand_in_each_others_way(either_database: str) -> None:
    take_lease("loop", holder="first", at=AT, seconds=60)
    take_lease("sender", holder="second", at=AT, seconds=60)

    assert dict(Lease.objects.values_list("name", "holder")) == {
        "loop": "first",
        "sender": "second",
    }


def test_a_holder_that_stopped_beating_loses_the_lease(either_database: str) -> None:
    quiet = take_lease("loop", holder="quiet", at=AT, seconds=60)

    taken = take_lease("loop", holder="next", at=AT + MINUTE, seconds=60)

    assert taken.holder == "next"
    with pytest.raises(LeaseLost):
        beat(quiet, at=AT + MINUTE, seconds=60)
    release(quiet)
    assert Lease.objects.get().holder == "next"


def test_beating_keeps_the_lease(either_database: str) -> None:
    lease = take_lease("loop", holder="first", at=AT, seconds=60)

    beat(lease, at=AT + MINUTE, seconds=60)

    with pytest.raises(AlreadyRunning):
        take_lease("loop", holder="second", at=AT + MINUTE, seconds=60)
    assert lease.expires_at == AT + 2 * MINUTE


def test_a_released_lease_is_free(either_database: str) -> None:
    release(take_lease("loop", holder="first", at=AT, seconds=60))

    assert take_lease("loop", holder="second", at=AT, seconds=60).holder == "second"


def test_a_holder_that_was_killed_may_take_its_own_lease_again(either_database: str) -> None:
    take_lease("loop", holder="host:1", at=AT, seconds=60)

    again = take_lease("loop", holder="host:1", at=AT + timedelta(seconds=5), seconds=60)

    assert again.taken_at == AT + timedelta(seconds=5)


def test_of_many_who_come_at_once_exactly_one_gets_it(shared_database: str) -> None:
    """Eight threads with a connection each; first on a new name, then on one that ran out."""
    for at in (AT, AT + 2 * MINUTE):
        outcomes = race_for_the_lease(at)

        assert outcomes == Counter(got=1, refused=7)


def race_for_the_lease(at: datetime) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    barrier = threading.Barrier(8)

    def run(number: int) -> None:
        barrier.wait(20)
        try:
            take_lease("loop", holder=f"holder-{number}-{at}", at=at, seconds=60)
            outcomes["got"] += 1
        except AlreadyRunning:
            outcomes["refused"] += 1
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes
