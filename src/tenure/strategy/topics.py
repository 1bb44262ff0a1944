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


def read(reader: Reader) -> Mapping[str, Topic]:
    """Read topics.toml, in the order of the file; an earlier topic wins where two fit as well."""
    return {(topic := _topic(one)).id: topic for one in reader.each("topic", unique="id")}


def _topic(reader: Reader) -> Topic:
    return Topic(
        id=reader.name("id"),
        name=reader.sentence("name"),
        words=tuple(one.lower() for one in reader.names("words")),
        reason=reader.text("reason", ""),
        is_competitor=reader.flag("names_competitors", default=False),
    )
