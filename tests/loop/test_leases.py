"""Two runs at once: the second is told who runs, and since when."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest

from tenure.kernel import clock
from tenure.loop.leases import held
from tenure.records.jobs.actions import take_lease
from tenure.records.jobs.models import Lease
from tenure.records.jobs.rules import AlreadyRunning, LeaseLost

pytestmark = pytest.mark.django_db


def test_the_second_is_told_in_both_languages_who_runs_since_when() -> None:
    second = held("loop", by="cli:lin")
    with held("loop", by="cli:zhou"), pytest.raises(AlreadyRunning) as refused, second:
        pass

    english, chinese = refused.value.sentence("en"), refused.value.sentence("zh-Hans")
    assert f"cli:zhou@{socket.gethostname()[:40]}#{os.getpid()}" in english
    assert "since 20" in english
    assert "cli:zhou@" in chinese
    assert "自 20" in chinese
    assert not Lease.objects.exists()


def test_a_lease_is_given_back_when_the_work_fails() -> None:
    with pytest.raises(KeyboardInterrupt), held("loop", by="cli"):
        raise KeyboardInterrupt

    with held("loop", by="cli") as again:
        again.beat()


def test_a_process_that_was_killed_loses_its_lease_at_once() -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(timeout=30)
    holder = f"cli@{socket.gethostname()[:40]}#{dead.pid}.1"
    take_lease("loop", holder=holder, at=clock.now(), seconds=900)

    with held("loop", by="cli") as successor:
        assert successor.lease.holder != holder


def test_a_holder_on_another_machine_is_waited_for_until_it_stops_beating() -> None:
    now = clock.now()
    take_lease("loop", holder="cli@elsewhere#1.1", at=now, seconds=900)

    with pytest.raises(AlreadyRunning), held("loop", by="cli"):
        pass

    Lease.objects.update(expires_at=now - timedelta(seconds=1))
    with held("loop", by="cli") as successor:
        assert successor.lease.holder.startswith("cli@")


def test_who_was_taken_for_dead_stops_at_the_next_beat() -> None:
    with held("loop", by="cli") as lease:
        Lease.objects.update(holder="cli@elsewhere#1.1")

        with pytest.raises(LeaseLost):
            lease.beat()
