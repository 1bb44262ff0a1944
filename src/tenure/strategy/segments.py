"""Segments: whom something is for, said as a rule."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tenure.kernel.failures import Sentence
from tenure.strategy.fields import ORDERED, QUANTILE, Fields
from tenure.strategy.messages import Channel
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import AllOf, Rule, leaves, written

# One bit per segment in a 64-bit mask whose sign bit stays free; the rest is for saved ones.
MOST_READY = 40
MOST_LEAVES = 40


class Group(StrEnum):
    """Under which heading a segment is listed."""

    VALUE = "value"
    ACTIVITY = "activity"
    LIFE = "life"
    PERSON = "person"
    TERMS = "terms"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Gets:
    """What a segment gets, and why: channels best first, content, incentive step, plan, service.

    Empty where nothing is said of it.
    """

    why: Sentence
    channels: tuple[Channel, ...] = ()
    message: str = ""
    offer: str = ""
    plan: str = ""
    service: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Everybody of whose live term the rule is true."""

    id: str
    name: Sentence
    about: Sentence
    group: Group
    rule: Rule
    gets: Gets | None = None

    @property
    def version(self) -> str:
        """First 16 hex digits of a digest of the rule: a changed rule is another version."""
        return version_of(self.rule)


def version_of(rule: Rule) -> str:
    """The version of a segment with this rule."""
    return hashlib.sha256(written(rule).encode()).hexdigest()[:16]


_TOO_MANY = Sentence(zh="最多 {most} 个人群", en="there can be at most {most} segments")
_TOO_LONG = Sentence(
    zh="一条规则最多 {most} 个条件，这里有 {found} 个",
    en="a rule has at most {most} conditions; here are {found}",
)
_STANDING = Sentence(
    zh="分位只能比大小，且在 0 与 1 之间",
    en="a quantile is compared by size, with a share between 0 and 1",
)


def read(reader: Reader, fields: Fields) -> Mapping[str, Segment]:
    """Read segments.toml, in the order of the file."""
    found = {
        (segment := _segment(one, fields)).id: segment
        for one in reader.each("segment", unique="id")
    }
    if len(found) > MOST_READY:
        reader.refuse("segment", _TOO_MANY.fill(most=MOST_READY))
    return found


def _segment(reader: Reader, fields: Fields) -> Segment:
    return Segment(
        id=reader.name("id"),
        name=reader.sentence("name"),
        about=reader.sentence("about"),
        group=reader.choice("group", Group),
        rule=rule_in(reader, fields),
        gets=_gets(reader.below("gets")) if reader.has("gets") else None,
    )


def _gets(reader: Reader) -> Gets:
    found = Gets(
        why=reader.sentence("why"),
        channels=tuple(Channel(one) for one in reader.names("channels", list(Channel)))
        if reader.has("channels")
        else (),
        message=reader.name("message", ""),
        offer=reader.name("offer", ""),
        plan=reader.name("plan", ""),
        service=reader.sentence("service") if reader.has("service") else None,
    )
    reader.done()
    return found


def rule_in(reader: Reader, fields: Fields) -> Rule:
    """The rule under `when`: of a bounded size, its standings between 0 and 1."""
    rule = rule_at(reader, "when", features=fields)
    found = list(leaves(rule))
    if len(found) > MOST_LEAVES:
        reader.refuse("when", _TOO_LONG.fill(most=MOST_LEAVES, found=len(found)))
    for leaf in found:
        if leaf.feature.startswith(QUANTILE):
            value = leaf.value
            if leaf.op not in ORDERED or not isinstance(value, int | float) or not 0 <= value <= 1:
                reader.refuse("when", _STANDING)
    return rule


def rule_of(table: Mapping[str, Any], *, fields: Fields, file: str) -> Rule:
    """The rule that plain tables say (`rule_writing.as_table`); an `all` at the top stays one.

    Raises:
        StrategyError: it cannot be a rule; the sentence names the place.
    """
    reader = Reader({"when": table}, file=file)
    rule = rule_in(reader, fields)
    reader.done()
    return rule if isinstance(rule, AllOf) else AllOf((rule,))
