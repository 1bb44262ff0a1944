"""When a step may be sent, under which key, and by which ways."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from tenure.kernel.clock import instant
from tenure.strategy.experiments import Arm
from tenure.strategy.journeys import OnFailure, Step
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate
from tenure.strategy.offers import Offer, OfferKind

# What is carried everywhere: e-mail by SMTP, a call by a person with a script. Whoever asks for
# real adds the channels that are configured here.
CARRIED: Final = frozenset({Channel.EMAIL, Channel.PHONE})
UNDECIDED: Final = "~undecided"
WITHHELD: Final = "~withheld"
NOTHING_TO_DECIDE: Final = ""
ARM: Final = "~arm:"
# The business's own hour after which yesterday is run, and what falls due is planned.
PLANNED_FROM: Final = time(2)


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


def told_key(journey: str, *, step: str) -> str:
    """The beginning of the key under which other programs are told of a step of a term once."""
    return f"told:{journey}:{step}:"


def attempt_of(key: str) -> int:
    """Which attempt of its step a send key names, 0 for the first."""
    parts = key.partition("~")[0].split(":")
    return int(parts[3]) if len(parts) > 3 else 0


def withdrawn_key(key: str, message_id: int) -> str:
    """The key that a message keeps when the end moved, so that its step can be planned anew."""
    return f"{key}~{message_id}"


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


def expires_of(step: Step, *, as_of: date, zone: str) -> Mapping[date, datetime]:
    """For each end of a term inside the step's window, until when the message may be sent."""
    first, last = ends_between(step, as_of=as_of)
    ends = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return {end: expiry(step, ends_on=end, zone=zone) for end in ends}


def ways(
    step: Step,
    *,
    offers: Mapping[str, Offer],
    messages: Mapping[str, MessageTemplate],
    arms: Collection[Arm] = (),
    carried: Collection[Channel] = CARRIED,
) -> list[Way]:
    """On which channels each choice of a step may be told.

    A step that decides nothing has one choice, its own message, and one for each arm of the
    comparison that it stands in (EXP-01); an arm that does not send has none. Where an offer was
    withheld only a message that is no marketing may follow; where nothing was chosen, nothing
    follows.
    """
    if step.webhook:
        return []
    own = messages[step.message]
    if not step.decides:
        found = _told(NOTHING_TO_DECIDE, own, channels_of(step, own, carried=carried))
        for arm in arms:
            template = messages[arm.message] if arm.message else own
            if arm.sends:
                found += _told(
                    f"{ARM}{arm.id}", template, channels_of(step, template, carried=carried)
                )
        return found
    found = []
    for offer in offers.values():
        if offer.kind is OfferKind.NOTHING:
            continue
        template = messages[offer.message] if offer.message else own
        is_call = offer.kind is OfferKind.CALL
        channels = [Channel.PHONE] if is_call else channels_of(step, template, carried=carried)
        found += _told(offer.id, template, channels)
    if own.message_class is not MessageClass.MARKETING:
        found += _told(WITHHELD, own, channels_of(step, own, carried=carried))
    return found


def channels_of(
    step: Step, template: MessageTemplate, *, carried: Collection[Channel] = CARRIED
) -> list[Channel]:
    """The channels on which a step's message can be told, a call last where the step allows one.

    A call needs no rendering of its own: the caller has a script.
    """
    usable = [one for one in step.channels if one in carried and one in template.renderings]
    if step.on_failure is OnFailure.CALL and Channel.PHONE not in usable:
        usable.append(Channel.PHONE)
    return usable


def _told(action: str, template: MessageTemplate, channels: Sequence[Channel]) -> list[Way]:
    return [
        Way(
            action,
            template.id,
            template.message_class,
            channel,
            rank,
            template.reaches_holdout,
        )
        for rank, channel in enumerate(channels)
    ]


def next_channels(usable: Sequence[Channel], *, preferred: Sequence[str]) -> list[Channel]:
    """The channels of a step in the person's own order (JRN-03)."""
    order = [Channel(one) for one in preferred if one in usable]
    return order + [one for one in usable if one not in order]
