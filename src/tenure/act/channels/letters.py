"""Letters on paper: taken into the queue of the printer, sent when a person brought them away.

Nothing leaves the house before that, so nobody can be down, and a letter handed over twice is one
letter in the queue (R-C-035).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tenure.act.channels import postal
from tenure.act.channels.channel import Limits, Outcome, Parcel, Result
from tenure.strategy.messages import Channel as Way

NAME: Final = "letter"
_FAST: Final = 1_000_000


class Letters:
    """The channel whose carrier is a person with a stack of envelopes."""

    name: str = NAME
    way: Way = Way.LETTER
    scheme: str = ""
    takes_keys: bool = True
    limits: Limits = Limits(_FAST, _FAST, _FAST, at_once=100)

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        """The row of the message is what is printed; a place that cannot be is refused."""
        for parcel in batch:
            if postal.read(parcel.address) is None:
                yield Result(Outcome.DEAD, "bad_address")
            else:
                yield Result(Outcome.AWAITED, "to_print", number_of(parcel.message_id))


def number_of(message_id: int) -> str:
    """Under which number a letter is known to its reports."""
    return f"letter:{message_id}"
