"""Words on the customer's own page: taken at once, delivered when the page was shown (R-C-035).

Nothing leaves the house, so nobody can be down, and a message handed over twice is one banner.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tenure.act.channels.channel import Limits, Outcome, Parcel, Result
from tenure.strategy.messages import Channel as Way

#: Everybody has a page; this is where it is.
EVERYWHERE: Final = "my"
_FAST: Final = 1_000_000


class Banner:
    """The channel that is always there."""

    name: str = "banner"
    way: Way = Way.BANNER
    scheme: str = ""
    takes_keys: bool = True
    limits: Limits = Limits(_FAST, _FAST, _FAST, at_once=100)

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        """The row of the message is what the page shows."""
        for parcel in batch:
            if parcel.address != EVERYWHERE:
                yield Result(Outcome.REFUSED, "bad_address")
            else:
                yield Result(Outcome.ACCEPTED, "shown_at_next_visit", name_of(parcel.message_id))


def name_of(message_id: int) -> str:
    """Under which number a banner is known to its reports."""
    return f"banner:{message_id}"
