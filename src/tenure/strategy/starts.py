"""What lets a term enter a journey whose days are counted from its entry: a tag, or an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader

_ONE_START = Sentence(
    zh="用 tag 或 event 写明由什么触发，二者选一",
    en="say what starts it: either tag or event",
)
_TOO_SOON = Sentence(
    zh="上一次的步骤到第 {most} 天才结束；请把 again_after_days 写成 {most} 或更大",
    en="the steps of the entry before reach day {most}; let again_after_days be {most} or more",
)


@dataclass(frozen=True, slots=True)
class Start:
    """Whoever enters the tag, or does what the event says, enters the journey.

    A term enters once; where `again_after_days` is given, anew so many days after its last entry.
    """

    tag: str = ""
    event: str = ""
    again_after_days: int = 0

    @property
    def text(self) -> str:
        """What the version of a journey is counted by."""
        return f"{self.tag};{self.event};{self.again_after_days}"


NO_START: Final = Start()


def read_start(reader: Reader) -> Start:
    """What starts a journey; its file says nothing of this where another clock counts."""
    if reader.has("tag") == reader.has("event"):
        reader.refuse("tag", _ONE_START)
    again = reader.whole("again_after_days", 0, least=0, most=730)
    return Start(reader.name("tag", ""), reader.text("event", ""), again)


def check_again(reader: Reader, start: Start, *, over_after: int) -> None:
    """Nobody is in a journey twice at once.

    Args:
        over_after: the days after which the last window of its steps is over.
    """
    if 0 < start.again_after_days < over_after:
        reader.refuse("again_after_days", _TOO_SOON.fill(most=over_after))
