"""When a step may be sent, under which key, and by which ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from tenure.kernel.clock import instant
from tenure.strategy.journeys import OnFailure, Step
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate
from tenure.strategy.offers import Offer, OfferKind

# What something here carries: e-mail by SMTP, a call by a person with a script.
CARRIED: Final = frozenset({Channel.EMAIL, Channel.PHONE})
# Readers from this age on are called first, unless they say otherwise (CHN-04).
ELDERLY_YEARS: Final = 65
UNDECIDED: Final = "~undecided"
WITHHELD: Final = "~withheld"
NOTHING_TO_DECIDE: Final = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One channel on which one choice may be told, best first by `rank`."""

    action: str
    template: str
    message_class: str
    channel: str
    rank: int
    reaches_holdout: bool


def send_key(journey: str, *, step: str, term_id: int, attempt: int = 0) -> str:
    """The key under which a message exists once: `journey:step:term`, then `:1`, `:2`."""
    key = f"{journey}:{step}:{term_id}"
    return f"{key}:{attempt}" if attempt else key


def attempt_of(key: str) -> int:
    """Which attempt of its step a send key names, 0 for the first."""
    parts = key.split(":")
    return int(parts[3]) if len(parts) > 3 else 0


def withdrawn_key(key: str, *, ends_on: date) -> str:
    """The key that a message keeps when the end moved, so that its step can be planned anew."""
    return f"{key}~{ends_on.isoformat()}"


def ends_between(step: Step, *, as_of: date) -> tuple[date, date]:
    """The first and the last end of a term for which the step is due on a day."""
    return (
        as_of + timedelta(days=step.days_before - step.valid_days + 1),
        as_of + timedelta(days=step.days_before),
    )


def expiry(step: Step, *, ends_on: date, zone: str) -> datetime:
    """When the step's time is over: the end of the day after its last due day.

    A step found due on its last day is sent on the morning after; nothing is sent any more on
    the day on which the term is over.
    """
    last_on = ends_on - timedelta(days=step.days_before - step.valid_days)
    return instant(min(last_on + timedelta(days=1), ends_on), time(0), zone=zone)


def ways(
    step: Step, *, offers: Mapping[str, Offer], messages: Mapping[str, MessageTemplate]
) -> list[Way]:
    """On which channels each choice of a step may be told.

    A step that decides nothing has one choice, its own message. Where an offer was withheld only
    a message that is no marketing may follow; where nothing was chosen, nothing follows.
    """
    own = messages[step.message]
    if not step.decides:
        return _told(NOTHING_TO_DECIDE, own, step.channels)
    found: list[Way] = []
    for offer in offers.values():
        if offer.kind is OfferKind.NOTHING:
            continue
        template = messages[offer.message] if offer.message else own
        channels = (Channel.PHONE,) if offer.kind is OfferKind.CALL else step.channels
        found += _told(offer.id, template, channels)
    if own.message_class is not MessageClass.MARKETING:
        found += _told(WITHHELD, own, step.channels)
    return found


def _told(action: str, template: MessageTemplate, channels: Sequence[Channel]) -> list[Way]:
    usable = [one for one in channels if one in CARRIED and one in template.renderings]
    return [
        Way(
            action,
            template.id,
            template.message_class,
            channel,
            rank,
            template.reaches_holdout,
        )
        for rank, channel in enumerate(usable)
    ]


def next_channels(
    step_channels: Sequence[str], *, preferred: Sequence[str], tried: Sequence[str]
) -> list[str]:
    """The channels that are left after some failed, in the person's own order (JRN-03)."""
    order = [one for one in preferred if one in step_channels]
    order += [one for one in step_channels if one not in order]
    return [one for one in order if one in CARRIED and one not in tried]


def calls_at_last(step: Step) -> bool:
    """Whether a call follows when no channel could deliver the step."""
    return step.on_failure is OnFailure.CALL
