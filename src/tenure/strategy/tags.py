"""Dynamic tags: a name, a rule, and in which light it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.strategy.features import OBSERVED
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import Rule, written

# One bit per tag in a 64-bit mask whose sign bit stays free.
MOST_TAGS = 63


class Tone(StrEnum):
    """Whether a tag is good news, bad news, or neither."""

    GOOD = "good"
    PLAIN = "plain"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag enters when its rule becomes true and leaves when the rule becomes false."""

    id: str
    name: Sentence
    tone: Tone
    rule: Rule

    @property
    def version(self) -> str:
        """First 16 hex digits of a digest of the rule: a changed rule is another version."""
        return hashlib.sha256(written(self.rule).encode()).hexdigest()[:16]


_TOO_MANY = Sentence(zh="最多 {most} 个标签", en="there can be at most {most} tags")


def read(reader: Reader) -> Mapping[str, Tag]:
    """Read tags.toml, in the order of the file."""
    tags = {(tag := _tag(one)).id: tag for one in reader.each("tag", unique="id")}
    if len(tags) > MOST_TAGS:
        reader.refuse("tag", _TOO_MANY.fill(most=MOST_TAGS))
    return tags


def _tag(reader: Reader) -> Tag:
    return Tag(
        id=reader.name("id"),
        name=reader.sentence("name"),
        tone=reader.choice("tone", Tone, default=Tone.PLAIN),
        rule=rule_at(reader, "when", features=OBSERVED),
    )
