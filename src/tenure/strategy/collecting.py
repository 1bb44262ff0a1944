"""How money is taken by itself: when, announced how, and what follows when it is declined.

What the law asks stands in `obligations.toml`; here stands what is the operator's to say, and
what the payment providers and card networks allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.messages import Channel
from tenure.strategy.reading import Reader
from tenure.strategy.working import zone_at

# R-Y-063: eight tries in fourteen days at the most.
MOST_TRIES: Final = 8


class EndAction(StrEnum):
    """What follows when the last try was declined (R-Y-064)."""

    CANCEL = "cancel"  # the agreement ends, as an involuntary end
    MARK_UNPAID = "mark_unpaid"  # it lapses when grace is over
    SUSPEND = "suspend"  # the service stops, the agreement waits for the money until grace is over
    KEEP_PAST_DUE = "keep_past_due"  # nothing changes but the record


@dataclass(frozen=True, slots=True)
class Announcement:
    """A provider that announces each deduction itself, and takes it only afterwards (R-Y-025).

    The day of the announcement and the next are the first of `wait_days`; then it may be deducted
    for `open_days`. Both only between two times of the provider's zone.
    """

    provider: str
    wait_days: int
    open_days: int
    opens: time
    closes: time
    zone: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """So many tries that one network allows on one card within some days (R-Y-047)."""

    network: str
    at_most: int
    days: int


@dataclass(frozen=True, slots=True)
class Dunning:
    """When a declined deduction is tried again, who hears of it, and how it ends.

    `days` count from the first try; `tell_after` are the tries after which the customer is told,
    the last one always. `paydays` are days of the month to which a try moves when it lies within
    two days of one and the account was short.
    """

    days: tuple[int, ...]
    tell_after: tuple[int, ...]
    paydays: tuple[int, ...]
    message: str
    final_message: str
    channels: tuple[Channel, ...]
    end_action: EndAction
    end_action_of: Mapping[str, EndAction]

    def action_for(self, plan_code: str) -> EndAction:
        """What follows for a plan."""
        return self.end_action_of.get(plan_code, self.end_action)


@dataclass(frozen=True, slots=True)
class Collecting:
    """Everything about taking money by itself.

    `lead_days` is how much earlier than the latest lawful day a notice is first tried;
    `with_receipts` are the channels that report delivery, so that being accepted is not enough;
    `early_days` how many days before the due day a provider may be charged.
    """

    charge_at: time
    lead_days: int
    channels: tuple[Channel, ...]
    with_receipts: frozenset[Channel]
    announcements: Mapping[str, Announcement]
    early_days: Mapping[str, int]
    limits: Mapping[str, Money]
    ceilings: tuple[Ceiling, ...]
    dunning: Dunning


_DEFAULT_DAYS: Final = (0, 1, 3, 5, 7, 10, 14)
_CHANNELS: Final = (Channel.SMS, Channel.EMAIL)
_NOT_RISING: Final = Sentence(
    zh="重试日应从 0 开始逐个增大，最多 {most} 次", en="tries begin at 0 and rise, {most} at most"
)


def read(reader: Reader) -> Collecting:
    """Read collecting.toml."""
    announcements = [_announcement(one) for one in reader.each("announcement", unique="provider")]
    return Collecting(
        charge_at=reader.clock("charge_at", time(9)),
        lead_days=reader.whole("lead_days", 2, most=30),
        channels=_channels(reader, "channels", _CHANNELS),
        with_receipts=frozenset(_channels(reader, "with_receipts", (Channel.SMS, Channel.PUSH))),
        announcements={one.provider: one for one in announcements},
        early_days={
            one.name("provider"): one.whole("days", most=30)
            for one in reader.each("early", unique="provider")
        },
        limits={
            one.name("method"): one.money("single") for one in reader.each("limit", unique="method")
        },
        ceilings=tuple(
            Ceiling(one.name("network"), one.whole("at_most", least=1), one.whole("days", least=1))
            for one in reader.each("ceiling")
        ),
        dunning=_dunning(reader),
    )


def _announcement(reader: Reader) -> Announcement:
    return Announcement(
        provider=reader.name("provider"),
        wait_days=reader.whole("wait_days", least=1, most=30),
        open_days=reader.whole("open_days", least=1, most=60),
        opens=reader.clock("opens"),
        closes=reader.clock("closes"),
        zone=zone_at(reader, "zone"),
    )


def _dunning(reader: Reader) -> Dunning:
    if not reader.has("dunning"):
        return Dunning(_DEFAULT_DAYS, (1, 3), (), "", "", _CHANNELS, EndAction.MARK_UNPAID, {})
    inner = reader.below("dunning")
    days = inner.wholes("days", _DEFAULT_DAYS)
    if not days or days[0] != 0 or list(days) != sorted(set(days)) or len(days) > MOST_TRIES:
        inner.refuse("days", _NOT_RISING.fill(most=MOST_TRIES))
    found = Dunning(
        days=days,
        tell_after=inner.wholes("tell_after", (1, 3), least=1),
        paydays=inner.wholes("paydays", (), least=1),
        message=inner.name("message", ""),
        final_message=inner.name("final_message", ""),
        channels=_channels(inner, "channels", _CHANNELS),
        end_action=inner.choice("end_action", EndAction, default=EndAction.MARK_UNPAID),
        end_action_of={
            one.name("plan"): one.choice("end_action", EndAction)
            for one in inner.each("plan", unique="plan")
        },
    )
    inner.done()
    return found


def _channels(reader: Reader, key: str, default: tuple[Channel, ...]) -> tuple[Channel, ...]:
    names = reader.names(key, list(Channel), default=tuple(str(one) for one in default))
    return tuple(map(Channel, names))


def last_try_on(dunning: Dunning, first_on: date) -> date:
    """The day of the last scheduled try."""
    return date.fromordinal(first_on.toordinal() + dunning.days[-1])
