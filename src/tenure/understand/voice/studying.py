"""One study of a table of texts: its topics with names, ranked, and what is new this week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.kernel.masking import without_identifiers
from tenure.understand.voice.estimator.bursts import BASE_WEEKS, find_bursts
from tenure.understand.voice.estimator.matching import matched
from tenure.understand.voice.estimator.naming import key_phrases
from tenure.understand.voice.estimator.topics import Grouping, find_topics
from tenure.understand.voice.grams import plain
from tenure.understand.voice.lexicon import leaning
from tenure.understand.voice.taxonomy import Taxonomy

_SHOWN_TEXTS: Final = 3
_SHOWN_CHARACTERS: Final = 160
_KEPT_GRAMS: Final = 60
_DAYS: Final = 7
_JOINED = Sentence(zh="{one}（{two}）", en="{one} ({two})")


@dataclass(frozen=True, slots=True)
class Said:
    """One text; `said_on` and the revenue of whoever said it where they are known."""

    text: str
    said_on: date | None = None
    revenue: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A topic of an earlier study: what it was called, and the grams that it is known by."""

    id: str
    grams: dict[str, float]


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """One topic. `revenue` is that of the texts in it; `rank` 1 is to be fixed first (FBK-02).

    `topic` is its place in the operator's list, empty where none fits; `weeks` counts texts by the
    Monday of their week.
    """

    id: str
    name: Sentence
    topic: str
    phrases: tuple[str, ...]
    texts: int
    share: float
    complaining: float
    revenue: Decimal | None
    rank: int
    is_new: bool
    weeks: dict[date, int]
    examples: tuple[str, ...]
    grams: dict[str, float]


@dataclass(frozen=True, slots=True)
class Emerging:
    """What rises in the last week: `texts` where `expected` were expected."""

    week: date
    topic: str
    phrases: tuple[str, ...]
    texts: int
    expected: float
    p_value: float
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that one table of texts told."""

    texts: int
    unassigned: int
    agreement: dict[int, float]
    topics: tuple[FoundTopic, ...]
    emerging: tuple[Emerging, ...]
    gone: tuple[str, ...]
    of_text: tuple[str, ...]  # the topic's id of each text; empty: none


def study(
    said: Sequence[Said],
    *,
    taxonomy: Taxonomy,
    before: Sequence[Known] = (),
    seed: int = 0,
    number: int | None = None,
) -> Study:
    """Find the topics of texts, name them, rank them, and say what is new.

    Args:
        before: the topics of the last study; one that is the same keeps its id.
        number: how many topics; as many as hold best where not given.
    Raises:
        TooFewTexts: fewer than 60 that can be read.
    """
    texts = [without_identifiers(one.text) for one in said]
    grouping = find_topics(texts, seed=seed, topics=number)
    phrases = key_phrases(texts, grouping.labels, topics=grouping.topics)
    known = [_grams_of(grouping, topic) for topic in range(grouping.topics)]
    same_as = matched(known, [one.grams for one in before])
    ids = _ids(same_as, [one.id for one in before])
    of_texts = [[plain(text) for text in _of(texts, grouping.labels, n)] for n in range(len(ids))]
    places = taxonomy.best_of_each(of_texts)
    topics = [
        _topic(
            _Part(ids[n], places[n], tuple(phrases[n]), known[n], is_new=same_as[n] is None),
            [one for one, label in zip(said, grouping.labels, strict=True) if label == n],
            total=len(said),
            taxonomy=taxonomy,
        )
        for n in range(len(ids))
    ]
    kept = {before[place].id for place in same_as if place is not None}
    return Study(
        texts=len(said),
        unassigned=int((grouping.labels < 0).sum()),
        agreement=grouping.agreement,
        topics=tuple(_ranked(topics)),
        emerging=tuple(_emerging(said, texts, taxonomy)),
        gone=tuple(one.id for one in before if one.id not in kept),
        of_text=tuple(ids[label] if label >= 0 else "" for label in grouping.labels),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    id: str
    place: str
    phrases: tuple[str, ...]
    grams: dict[str, float]
    is_new: bool


def _topic(part: _Part, said: Sequence[Said], *, total: int, taxonomy: Taxonomy) -> FoundTopic:
    revenues = [one.revenue for one in said if one.revenue is not None]
    weeks = Counter(week_of(one.said_on) for one in said if one.said_on is not None)
    complaining = sum(1 for one in said if leaning(one.text) < 0)
    named = taxonomy.topics[part.place].name if part.place else None
    return FoundTopic(
        id=part.id,
        name=_name(named, part.phrases),
        topic=part.place,
        phrases=part.phrases,
        texts=len(said),
        share=len(said) / total,
        complaining=complaining / len(said) if said else 0.0,
        revenue=sum(revenues, Decimal(0)) if revenues else None,
        rank=0,
        is_new=part.is_new,
        weeks=dict(sorted(weeks.items())),
        examples=_examples(said, part.phrases),
        grams=part.grams,
    )


def _ranked(topics: Sequence[FoundTopic]) -> list[FoundTopic]:
    """By affected revenue times frequency; without revenue by how many complain (FBK-02)."""
    from dataclasses import replace

    def weight(one: FoundTopic) -> tuple[Decimal, int]:
        if one.revenue is not None:
            return one.revenue * one.texts, one.texts
        return Decimal(0), one.texts

    order = sorted(topics, key=weight, reverse=True)
    return [replace(one, rank=rank) for rank, one in enumerate(order, start=1)]


def _emerging(said: Sequence[Said], texts: Sequence[str], taxonomy: Taxonomy) -> list[Emerging]:
    """What rises in the last whole week on record against the eight before it."""
    weeks: dict[date, list[int]] = defaultdict(list)
    for place, one in enumerate(said):
        if one.said_on is not None:
            weeks[week_of(one.said_on)].append(place)
    if len(weeks) < 2:
        return []
    last = max(weeks)
    base = [
        place
        for ago in range(1, BASE_WEEKS + 1)
        for place in weeks.get(last - timedelta(days=_DAYS * ago), ())
    ]
    now = [texts[place] for place in weeks[last]]
    return [
        Emerging(
            week=last,
            topic=taxonomy.best_of_each([[plain(now[n]) for n in burst.texts]])[0],
            phrases=burst.phrases[:6],
            texts=len(burst.texts),
            expected=round(burst.expected, 2),
            p_value=burst.p_value,
            examples=tuple(_shown(now[n]) for n in burst.texts[:_SHOWN_TEXTS]),
        )
        for burst in find_bursts(now, [texts[place] for place in base])
    ]


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _ids(same_as: Sequence[int | None], before: Sequence[str]) -> list[str]:
    """The old id of what was there before, a free one for what is new."""
    taken, ids, number = set(before), [], 0
    for place in same_as:
        if place is not None:
            ids.append(before[place])
            continue
        number += 1
        while f"t{number}" in taken:
            number += 1
        ids.append(f"t{number}")
    return ids


def _grams_of(grouping: Grouping, topic: int) -> dict[str, float]:
    weights = grouping.weights[topic] - grouping.weights.mean(axis=0)
    order = np.argsort(-weights, kind="stable")[:_KEPT_GRAMS]
    return {
        str(grouping.vocabulary[n]): round(float(weights[n]), 6) for n in order if weights[n] > 0
    }


def _of(texts: Sequence[str], labels: NDArray[np.int64], topic: int) -> list[str]:
    return [text for text, label in zip(texts, labels, strict=True) if label == topic]


def _name(named: Sentence | None, phrases: Sequence[str]) -> Sentence:
    told = Sentence(zh="、".join(phrases[:3]) or "未归类", en=", ".join(phrases[:3]) or "unnamed")
    return told if named is None else _JOINED.fill(one=named, two=told)


def _examples(said: Sequence[Said], phrases: Sequence[str]) -> tuple[str, ...]:
    """Texts that hold the topic's phrases, the most telling first, each once, masked."""

    def told(text: str) -> int:
        read = plain(text)
        return sum(1 for phrase in phrases if phrase in read)

    different = dict.fromkeys(one.text for one in said)
    order = sorted(different, key=lambda text: (-told(text), len(text), text))
    return tuple(_shown(text) for text in order[:_SHOWN_TEXTS])


def _shown(text: str) -> str:
    return without_identifiers(text).strip()[:_SHOWN_CHARACTERS]
