"""Look after the money: ask, give, refund, let orders end, and read the bills of a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenure.act.payments.actions import poll_due, refund_due, run_effects
from tenure.act.payments.grouping import expire_groups
from tenure.act.payments.queries import has_due
from tenure.act.payments.reconciliation.actions import reconcile_due
from tenure.loop.leases import held
from tenure.records.billing.orders.actions import expire_due
from tenure.records.jobs.rules import AlreadyRunning
from tenure.records.subscriptions.batches.actions import go_on_returning

# An order lives a little longer than its attempts, so that the last word about them comes first.
LAST_WORDS: Final = timedelta(minutes=2)


@dataclass(slots=True)
class Takings:
    """How much was looked after."""

    asked: int = 0
    given: int = 0
    refunded: int = 0
    returned: int = 0
    expired: int = 0


def look_after_money(*, at: datetime, by: str = "loop") -> Takings:
    """Do everything about money that is due; where another process does it, leave it to it.

    Each step may be done by several at once and does nothing twice; the lease only spares the
    providers the same question.
    """
    if not has_due(at):
        return Takings()
    try:
        with held("takings", by=by):
            done = Takings()
            done.asked = poll_due(at=at, by=by)
            expire_groups(at=at, by=by)
            done.given = run_effects(at=at, by=by)
            done.refunded = refund_due(at=at, by=by)
            done.returned = go_on_returning(at=at, by=by)
            done.expired = expire_due(at=at, by=by, waits=LAST_WORDS)
    except AlreadyRunning:
        return Takings()
    return done


def read_bills(*, at: datetime, by: str = "loop") -> int:
    """Read yesterday's bills beside our records, once their hour has come; how many were read."""
    return reconcile_due(at=at, by=by)
