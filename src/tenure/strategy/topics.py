"""What customers talk about, as the operator calls it; each topic belongs to a reason (CHR-01)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic and the words by which a text is known to be about it, in either language.

    `reason` is the one of `reasons.toml` for which it is a cause, if it is one for leaving.
    """

    id: str
    name: Sentence
    words: tuple[str, ...]
    reason: str = ""
    is_competitor: bool = False


@dataclass(frozen=True, slots=True)
class Topics:
    """The list, and within how many hours a complaint is to be settled (FBK-05)."""

    by_id: Mapping[str, Topic]
    complaint_hours: int


def read(reader: Reader) -> Topics:
    """Read topics.toml, in the order of the file; an earlier topic wins where two fit as well."""
    hours = reader.whole("complaint_hours", 72, least=1, most=24 * 60)
    topics = {(topic := _topic(one)).id: topic for one in reader.each("topic", unique="id")}
    return Topics(topics, hours)


def _topic(reader: Reader) -> Topic:
    return Topic(
        id=reader.name("id"),
        name=reader.sentence("name"),
        words=tuple(one.lower() for one in reader.names("words")),
        reason=reader.text("reason", ""),
        is_competitor=reader.flag("names_competitors", default=False),
    )
