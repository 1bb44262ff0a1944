"""The days that follow the end of everything that a customer had (R-P-009)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tenure.strategy.retention import AfterEnd

NOTICE: Final = "notice"
# So long may a night be late; whoever ended before that was never told, and is not deleted.
VALID_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Countdown:
    """One end: when it was, the last day on which data can be taken out, and when it goes."""

    ended_on: date
    export_until: date
    delete_on: date


def countdown(rule: AfterEnd, ended_on: date, *, policy_until: date | None) -> Countdown:
    """The days that follow an end; a plan that keeps data longer is kept to.

    Args:
        policy_until: the last day on which the policy of the last term lets data be taken out.
    """
    until = ended_on + timedelta(days=rule.export_days)
    if policy_until is not None and policy_until > until:
        until = policy_until
    delete_on = max(ended_on + timedelta(days=rule.delete_days), until + timedelta(days=1))
    return Countdown(ended_on, until, delete_on)


def steps_due(rule: AfterEnd, as_of: date) -> Iterator[tuple[str, date, date]]:
    """Each letter with the first and the last end for which it is due on a day."""
    for name, days in ((NOTICE, 0), *((f"reminder_{days}", days) for days in rule.remind_days)):
        last = as_of - timedelta(days=days)
        yield name, last - timedelta(days=VALID_DAYS), last


def told_for(rule: AfterEnd) -> timedelta:
    """How long before a deletion its notice has been given, at the least."""
    return timedelta(days=rule.delete_days - rule.export_days)
