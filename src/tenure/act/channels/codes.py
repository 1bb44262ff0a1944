"""What the codes of a provider mean for one message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tenure.act.channels.channel import ChannelDown, Outcome, Result

#: Until a limit that a provider counts by the day or the hour is over, at the latest.
DAY: Final = timedelta(hours=24)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Codes:
    """What a provider's codes mean: those that are not named refuse this message alone."""

    dead: frozenset[str] = frozenset()
    waits: Mapping[str, timedelta] = field(default_factory=dict)
    #: The account or the line: nobody's message leaves until somebody looks.
    down: frozenset[str] = frozenset()

    def read(self, code: str) -> Result:
        """What one code means for one message; those of `down` are not asked for here."""
        if code in self.dead:
            return Result(Outcome.DEAD, code)
        if code in self.waits:
            return Result(Outcome.LATER, code, wait=self.waits[code])
        return Result(Outcome.REFUSED, code)

    def read_or_stop(self, code: str, *, channel: str) -> Result:
        """What one code means.

        Raises:
            ChannelDown: the account or the line is refused, and nobody's message leaves.
        """
        if code in self.down:
            raise ChannelDown(channel=channel, why=code)
        return self.read(code)
