"""What we are better at than a cheaper offer, each with its evidence and the day of its review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import Reader


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the comparison card (WIN-03).

    `ours` and `usual` stand beside each other; `evidence` leads to what proves it. After
    `review_on` nobody has looked whether it is still so, and it is shown to no customer.
    """

    id: str
    title: Sentence
    ours: Sentence
    usual: Sentence
    evidence: str
    reviewed_on: date
    review_on: date
    owner: str

    def is_fresh(self, on: date) -> bool:
        """Whether it may be told on a day: somebody looked, and not too long ago."""
        return self.reviewed_on <= on <= self.review_on


_NO_LINK = Sentence(
    zh="evidence 须是 https:// 开头的链接，读者才能查证",
    en="evidence is a link that begins with https://, so that readers can check it",
)


def read(reader: Reader) -> Mapping[str, Fact]:
    """Read facts.toml, in the order in which the card tells them."""
    return {(fact := _fact(one)).id: fact for one in reader.each("fact", unique="id")}


def _fact(reader: Reader) -> Fact:
    evidence, reviewed_on = reader.text("evidence"), reader.day("reviewed_on")
    if not evidence.startswith("https://"):
        reader.refuse("evidence", _NO_LINK)
    days = reader.whole("review_every_days", 180, least=1, most=730)
    return Fact(
        id=reader.name("id"),
        title=reader.sentence("title"),
        ours=reader.sentence("ours"),
        usual=reader.sentence("usual"),
        evidence=evidence,
        reviewed_on=reviewed_on,
        review_on=reviewed_on + timedelta(days=days),
        owner=reader.text("owner"),
    )


def card(facts: Mapping[str, Fact], *, on: date) -> tuple[Fact, ...]:
    """The lines that may be told on a day; what nobody reviewed in time is left out (WIN-03)."""
    return tuple(one for one in facts.values() if one.is_fresh(on))
