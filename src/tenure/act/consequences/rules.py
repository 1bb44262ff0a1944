"""Consequences and countdowns from a plan's own policy: true on the day, or not said (TOP-14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Rounding, rounded
from tenure.strategy.catalog import Access

# A number that is older than this is no live fact any more.
LIVE_FOR: Final = timedelta(hours=72)
_GB: Final = 1_000_000_000
_MB: Final = 1_000_000
_SAID = Sentence(zh="{on} 起：{effect}", en="from {on}: {effect}")


class Untrue(Refusal):
    """A countdown that would not be true, and is therefore not said."""

    code = "countdown_untrue"
    said = Sentence(
        zh="倒计时不成立（{why}），因此不展示。",
        en="The countdown would not be true ({why}), so it is not shown.",
    )


WHY_NO_POLICY = Sentence(
    zh="套餐没有规定数据保留期", en="the plan's policy names no time for which data is kept"
)
WHY_NO_DATA = Sentence(zh="没有已存数据", en="nothing is stored")
WHY_STALE = Sentence(zh="存量数据不是最新的", en="the stored amount is not up to date")
WHY_OVER = Sentence(zh="导出期已过", en="the time to export is over")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the policy under which a term was sold.

    `data_kept_days` is how long after it the customer's data can still be taken out; None where
    the policy says nothing of it.
    """

    day: int
    access: Access
    effect: Sentence
    data_kept_days: int | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that happens on one day when nobody renews."""

    on: date
    access: Access
    effect: Sentence

    @property
    def said(self) -> Sentence:
        """The consequence with its day, in words."""
        return _SAID.fill(on=self.on, effect=self.effect)


@dataclass(frozen=True, slots=True)
class Export:
    """How much can still be taken out, until when, and how many days that is from today."""

    stored_bytes: int
    last_on: date
    days_left: int

    @property
    def size(self) -> str:
        """The amount as people read it: "20 GB", "350 MB", never more than there is."""
        if self.stored_bytes >= _GB:
            tenths = rounded(self.stored_bytes * 10 // _GB, Rounding.DOWN)
            whole, rest = divmod(tenths, 10)
            return f"{whole}.{rest} GB" if rest else f"{whole} GB"
        return f"{max(1, self.stored_bytes // _MB)} MB"


@dataclass(frozen=True, slots=True)
class Stored:
    """What a customer has stored, and when that was measured."""

    stored_bytes: int
    measured_at: datetime


def steps_of(policy: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of a stored policy, in the order of their days."""
    found = [
        Step(
            int(one["day"]),
            Access(one["access"]),
            Sentence(zh=one["effect"]["zh"], en=one["effect"]["en"]),
            one.get("data_kept_days"),
        )
        for one in policy.get("steps", ())
    ]
    return tuple(sorted(found, key=lambda one: one.day))


def consequences(
    steps: Sequence[Step], ends_on: date, *, until_on: date | None = None
) -> tuple[Consequence, ...]:
    """What happens on which day after an end that nobody renewed (JRN-05).

    Args:
        until_on: leaves out what happens later.
    """
    return tuple(
        Consequence(on, step.access, step.effect)
        for step in steps
        if (on := ends_on + timedelta(days=step.day)) and (until_on is None or on <= until_on)
    )


def first_loss(found: Sequence[Consequence]) -> Consequence | None:
    """The first consequence that takes something away."""
    return next((one for one in found if one.access is not Access.FULL), None)


def export_countdown(
    steps: Sequence[Step], stored: Stored | None, *, ends_on: date, at: datetime, on: date
) -> Export:
    """How long a customer's own data can still be taken out (JRN-06).

    Raises:
        Untrue: the number or the date would not be true; says which. A term that was renewed
            has no countdown: the caller does not ask.
    """
    last_days = [
        step.day + step.data_kept_days for step in steps if step.data_kept_days is not None
    ]
    if not last_days:
        raise Untrue(why=WHY_NO_POLICY)
    if stored is None or stored.stored_bytes <= 0:
        raise Untrue(why=WHY_NO_DATA)
    if not timedelta(0) <= at - stored.measured_at <= LIVE_FOR:
        raise Untrue(why=WHY_STALE)
    last_on = ends_on + timedelta(days=max(last_days) - 1)
    if last_on < on:
        raise Untrue(why=WHY_OVER)
    return Export(stored.stored_bytes, last_on, (last_on - on).days)
