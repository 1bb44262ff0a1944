"""How long before it begins planned work is told, and what cannot be planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

#: R-N-018: whoever is affected hears of it so long before.
NOTICE: Final = timedelta(hours=72)
#: It is told from so long before on: a day of quiet hours lies between this and the notice.
TOLD_FROM: Final = timedelta(hours=96)


class TooSoon(Refusal):
    """Work that begins before anybody could be told in time."""

    code = "maintenance_too_soon"
    said = Sentence(
        zh="检修须提前 {hours} 小时通知；最早可从 {earliest} 开始，紧急抢修请注明紧急。",
        en="Those affected hear of it {hours} hours before; it may begin at {earliest} at the "
        "earliest, unless it is said to be urgent.",
    )


class EndsBefore(Refusal):
    """Work that is over before it begins."""

    code = "maintenance_ends_before"
    said = Sentence(zh="检修的结束时间须晚于开始时间。", en="Work ends after it begins.")


class NoNodes(Refusal):
    """Work on nothing, or on a node that nobody knows."""

    code = "maintenance_no_nodes"
    said = Sentence(
        zh="没有名为“{code}”的节点；请写明受影响的节点。",
        en="There is no node “{code}”; name the nodes that are worked on.",
    )


class NoSuchMaintenance(Refusal):
    """A number that no planned work has."""

    code = "no_such_maintenance"
    said = Sentence(
        zh="没有编号为“{number}”的检修。", en="No planned work has the number “{number}”."
    )


class OverAlready(Refusal):
    """Work that has begun, or was called off."""

    code = "maintenance_over"
    said = Sentence(
        zh="这次检修已经开始或已取消，不能再改。",
        en="It has begun or was called off; it cannot be changed any more.",
    )


@dataclass(frozen=True, slots=True)
class Works:
    """Planned work as the network's own system tells it."""

    source: str
    external_id: str
    title_zh: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    is_urgent: bool = False


def check_hours(starts_at: datetime, ends_at: datetime, *, at: datetime, is_urgent: bool) -> None:
    """Refuse hours of which nobody could be told in time.

    Raises:
        EndsBefore, TooSoon
    """
    if ends_at <= starts_at:
        raise EndsBefore()
    earliest = at if is_urgent else at + NOTICE
    if starts_at < earliest:
        hours = int(NOTICE.total_seconds() // 3600)
        raise TooSoon(hours=hours, earliest=f"{earliest:%Y-%m-%d %H:%M} UTC")


def is_told_now(starts_at: datetime, *, at: datetime, is_urgent: bool) -> bool:
    """Whether those who were not told yet hear of it now."""
    return at < starts_at and (is_urgent or starts_at - at <= TOLD_FROM)
