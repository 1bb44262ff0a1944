"""When a fact is told again, when nobody tries any more, and who wants to hear what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.webhooks.states import DeliveryState

# After each failed attempt, about three days in all (R-E-011).
PAUSES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
JITTER_SHARE: Final = Fraction(1, 10)
# An endpoint that took nothing for so long is closed, with a notice.
PATIENCE: Final = timedelta(days=5)
# Both secrets sign for so long after a rotation.
OVERLAP: Final = timedelta(hours=24)
GONE: Final = 410


class DeliveryVerb(StrEnum):
    """What may happen to a delivery."""

    TAKE = "be taken"
    GIVE_UP = "be given up"
    RESEND = "be sent again"


DELIVERY = Lifecycle(
    {
        (DeliveryState.WAITING, DeliveryVerb.TAKE): DeliveryState.DELIVERED,
        (DeliveryState.WAITING, DeliveryVerb.GIVE_UP): DeliveryState.GIVEN_UP,
        (DeliveryState.DELIVERED, DeliveryVerb.RESEND): DeliveryState.WAITING,
        (DeliveryState.GIVEN_UP, DeliveryVerb.RESEND): DeliveryState.WAITING,
    },
    name="delivery",
    start=DeliveryState.WAITING,
)


class UnknownEndpoint(Refusal):
    """An endpoint that is not there, or is closed already."""

    code = "unknown_endpoint"
    said = Sentence(
        zh="没有编号为“{public_id}”的开放端点；请用 tenure webhook list 核对。",
        en="No open endpoint has the id “{public_id}”; check with tenure webhook list.",
    )


class UnknownDelivery(Refusal):
    """A delivery that is not there."""

    code = "unknown_delivery"
    said = Sentence(
        zh="没有编号为“{message_id}”的投递；请用 tenure webhook deliveries 核对。",
        en="No delivery has the id “{message_id}”; check with tenure webhook deliveries.",
    )


class UnknownKind(Refusal):
    """A kind of fact that nobody is ever told."""

    code = "unknown_kind"
    said = Sentence(
        zh="没有名为“{kind}”的事件；可选：{known}。",
        en="There is no event called “{kind}”; choose from {known}.",
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """What one attempt brought: a status, or why there is none."""

    status: int | None
    failure: str = ""
    answer: str = ""
    took_ms: int = 0

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint said that it has it: any 2xx, and nothing else."""
        return self.status is not None and 200 <= self.status < 300


def wants(kinds: Sequence[str], kind: str) -> bool:
    """Whether an endpoint with these wishes is told of a kind; no wishes are all of them."""
    if not kinds:
        return True
    family = kind.partition(".")[0]
    return kind in kinds or f"{family}.*" in kinds


def next_attempt(attempts: int, *, at: datetime, chance: float) -> datetime | None:
    """When to try again after so many failed attempts; None when all are used up.

    Args:
        attempts: how many were made, 1 or more.
        chance: from 0 to 1; spreads the attempts by up to a tenth, so that a server that comes
            back is not met by everybody at once.
    """
    assert attempts >= 1, "there was an attempt"
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1]
    return at + pause + pause * float(JITTER_SHARE) * chance


def is_beyond_patience(failing_since: datetime | None, *, at: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is closed."""
    return failing_since is not None and at - failing_since >= PATIENCE
