"""The verbs of collecting, as the loop, the portal and the notices of providers call them."""

from dataclasses import dataclass
from datetime import datetime

from tenure.act.collecting.announcing import announce_due
from tenure.act.collecting.charging import charge_due
from tenure.act.collecting.dunning import (
    end_unpaid_deductions,
    terminate_suspended,
    try_new_mandates,
)
from tenure.act.collecting.following import follow_terms
from tenure.act.collecting.notices import follow_notices
from tenure.act.collecting.planning import plan_deductions
from tenure.act.collecting.releasing import (
    ask_agreement,
    ask_agreements,
    hear_providers,
    mirror,
    unsign_due,
)
from tenure.act.collecting.reminders import acknowledge, remind_yearly, tell_best_tariffs
from tenure.act.collecting.signing import Begun, Wish, begin_mandate

__all__ = [
    "Begun",
    "Collected",
    "Wish",
    "acknowledge",
    "announce_due",
    "ask_agreement",
    "begin_mandate",
    "charge_due",
    "collect",
    "end_unpaid_deductions",
    "follow_notices",
    "follow_terms",
    "hear_providers",
    "mirror",
    "plan_deductions",
    "prepare",
    "remind_yearly",
    "tell_best_tariffs",
    "terminate_suspended",
    "unsign_due",
]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one look at what is due did."""

    announced: int
    settled: int
    taken: int
    unsigned: int


def prepare(*, at: datetime, by: str = "loop") -> int:
    """Once a day, before messages are sent: plan deductions and write their notices.

    How many deductions are new.
    """
    ask_agreements(at=at, by=by)
    planned = plan_deductions(at=at, by=by)
    follow_notices(at=at, by=by)
    try_new_mandates(at=at, by=by)
    end_unpaid_deductions(at=at, by=by)
    terminate_suspended(at=at, by=by)
    remind_yearly(at=at)
    tell_best_tariffs(at=at)
    return planned


def collect(*, at: datetime, by: str = "loop") -> Collected:
    """Whenever somebody looks: announce, prove or hold, take, and end mandates at providers."""
    return Collected(
        announced=announce_due(at=at, by=by),
        settled=follow_notices(at=at, by=by),
        taken=charge_due(at=at, by=by),
        unsigned=unsign_due(at=at, by=by),
    )
