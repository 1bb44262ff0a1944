"""Who does what right now: one holder of a name at a time, and what becomes of a dead one's.

A lease lives in real time, also when the day that is run is long past: it is about processes,
not about the business.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

from tenure.kernel import clock
from tenure.records.jobs import actions as jobs
from tenure.records.jobs.models import Lease
from tenure.records.jobs.rules import WORKER

# Longer than any one verb takes; a dead process of this machine loses its lease at once anyway.
SECONDS = 3600
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that this process holds."""

    lease: Lease

    def beat(self) -> None:
        """Say that the holder lives.

        Raises:
            LeaseLost: somebody else took it over.
        """
        jobs.beat(self.lease, at=clock.now(), seconds=SECONDS)


@contextmanager
def held(name: str, *, by: str) -> Iterator[Held]:
    """Hold a name for as long as the block runs.

    Raises:
        AlreadyRunning: somebody else holds it; says who, and since when.
    """
    _free_if_dead(name)
    lease = jobs.take_lease(name, holder=_holder(by), at=clock.now(), seconds=SECONDS)
    try:
        yield Held(lease)
    finally:
        jobs.release(lease)


def _holder(by: str) -> str:
    """`by@machine#process.number`: readable, and another one each time."""
    return f"{by[:40]}@{socket.gethostname()[:40]}#{os.getpid()}.{next(_numbers)}"


def worker_name() -> str:
    """Under which name this process says that it works."""
    return f"{WORKER}{socket.gethostname()[:30]}#{os.getpid()}.{next(_numbers)}"


def _free_if_dead(name: str) -> None:
    """Take the lease away from a process of this machine that is no more.

    A killed process cannot give it back; its successor should not have to wait for it to run out.
    A living one is named at once, without waiting until it lets go of the database.
    """
    lease = Lease.objects.filter(name=name).first()
    if lease is None:
        return
    machine, _, process = lease.holder.rpartition("#")
    number = process.partition(".")[0]
    is_ours = machine.endswith(f"@{socket.gethostname()[:40]}") and number.isdigit()
    if is_ours and not _is_alive(int(number)):
        jobs.release(lease)
    elif lease.expires_at > clock.now():
        raise jobs.already_running(lease)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
