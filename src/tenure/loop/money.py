"""Take money by itself: one collector at a time, whoever looks."""

from datetime import datetime

from tenure.act.collecting.actions import Collected, collect, prepare
from tenure.loop.leases import held
from tenure.records.jobs.rules import AlreadyRunning

LEASE = "collector"


def prepare_money(*, at: datetime, by: str = "loop") -> int:
    """Plan deductions and write their notices; where another process does it, leave it to it."""
    try:
        with held(LEASE, by=by):
            return prepare(at=at, by=by)
    except AlreadyRunning:
        return 0


def collect_money(*, at: datetime, by: str = "loop") -> Collected | None:
    """Announce, prove, take and end what is due; None where another process is at it."""
    try:
        with held(LEASE, by=by):
            return collect(at=at, by=by)
    except AlreadyRunning:
        return None
