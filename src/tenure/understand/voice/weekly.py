"""Study what was said once a week, and keep what was found (FBK-01, FBK-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.queries import current
from tenure.strategy.sections import Strategy
from tenure.understand.voice.estimator.refusals import TooFewDifferent
from tenure.understand.voice.estimator.topics import LEAST_TEXTS
from tenure.understand.voice.models import FoundTopic, TopicStudy
from tenure.understand.voice.queries import Heard, Wanted, sampled, yearly_revenue
from tenure.understand.voice.studying import Emerging, Known, Said, Study, study, week_of
from tenure.understand.voice.studying import FoundTopic as Found
from tenure.understand.voice.taxonomy import Taxonomy

# The week itself, the eight that it is held against, and what makes a quarter whole.
WEEKS: Final = 13
# Of a loud week so many texts are read, evenly spread over it.
MOST_A_WEEK: Final = 1_500
# The number of topics is chosen anew so often; in between it stays.
CHOSEN_EVERY: Final = timedelta(weeks=8)
_WEEK: Final = timedelta(days=7)


def study_week(*, as_of: date, at: datetime) -> dict[str, int]:
    """Find the topics of the last whole week and the twelve before it; said twice, stored once.

    A topic keeps its key for as long as it is found again, also after weeks in which it was not.
    """
    week = week_of(as_of + timedelta(days=1)) - _WEEK
    if TopicStudy.objects.filter(week=week).exists():
        return {"topics_found": 0}
    strategy = current().at(as_of)
    taxonomy = Taxonomy(strategy.topics)
    said = _said(week, strategy=strategy, taxonomy=taxonomy)
    made = TopicStudy(week=week, texts=len(said), strategy_hash=strategy.hash, made_at=at)
    try:
        found = _studied(said, week=week, taxonomy=taxonomy)
    except Refusal as refusal:
        made.refusal = {"zh": refusal.told.zh, "en": refusal.told.en}
        made.save()
        return {"topics_found": 0}
    made.unassigned, made.gone = found.unassigned, list(found.gone)
    made.emerging = [_as_json(one) for one in found.emerging]
    rows = _rows(made, said, found, currency=strategy.business.currency)
    with transaction.atomic():
        made.save()
        FoundTopic.objects.bulk_create(rows)
    return {"topics_found": len(rows)}


def _said(week: date, *, strategy: Strategy, taxonomy: Taxonomy) -> list[Heard]:
    """Everything from the first of the weeks to the end of the last, evenly thinned."""
    found: list[Heard] = []
    for ago in range(WEEKS - 1, -1, -1):
        first = week - ago * _WEEK
        wanted = Wanted(first, first + _WEEK)
        told = sampled(wanted, taxonomy=taxonomy, zone=strategy.business.zone).said
        step = max(1, -(-len(told) // MOST_A_WEEK))
        found.extend(told[::step])
    return found


def _studied(said: Sequence[Heard], *, week: date, taxonomy: Taxonomy) -> Study:
    different = len({one.text for one in said})
    if different < LEAST_TEXTS:
        raise TooFewDifferent(count=len(said), different=different, least=LEAST_TEXTS)
    return study(
        [Said(one.text, one.said_on) for one in said],
        taxonomy=taxonomy,
        before=_known(),
        number=_number(week),
    )


def _known() -> list[Known]:
    """Every topic that was ever found, as it was last known."""
    newest: dict[str, dict[str, float]] = {}
    rows = FoundTopic.objects.order_by("study__week").values_list("key", "grams")
    for key, grams in rows:
        newest[key] = grams
    return [Known(key, grams) for key, grams in newest.items()]


def _number(week: date) -> int | None:
    """How many topics to look for: as many as the last time, chosen anew every eight weeks."""
    recent = TopicStudy.objects.filter(week__lt=week, refusal={}).order_by("-week").first()
    if recent is None:
        return None
    first = TopicStudy.objects.filter(refusal={}).order_by("week").values_list("week", flat=True)[0]
    if (week - first) % CHOSEN_EVERY < _WEEK:
        return None
    return FoundTopic.objects.filter(study=recent).count()


@dataclass(frozen=True, slots=True)
class _Weight:
    customers: int
    revenue_minor: int


def _rows(
    made: TopicStudy, said: Sequence[Heard], found: Study, *, currency: str
) -> list[FoundTopic]:
    """By affected revenue times frequency: what to fix first (FBK-02)."""
    of_topic: dict[str, set[int]] = {one.id: set() for one in found.topics}
    for one, key in zip(said, found.of_text, strict=True):
        if key and one.account_id is not None:
            of_topic[key].add(one.account_id)
    worth = yearly_revenue(set().union(*of_topic.values()), currency=currency)
    weights = {
        key: _Weight(len(accounts), sum(worth.get(one, 0) for one in accounts))
        for key, accounts in of_topic.items()
    }
    order = sorted(
        found.topics,
        key=lambda one: (-weights[one.id].revenue_minor * one.texts, -one.texts, one.id),
    )
    return [_row(made, one, weights[one.id], rank=rank) for rank, one in enumerate(order, start=1)]


def _row(made: TopicStudy, one: Found, weight: _Weight, *, rank: int) -> FoundTopic:
    return FoundTopic(
        study=made,
        key=one.id,
        rank=rank,
        name_zh=one.name.zh[:200],
        name_en=one.name.en[:200],
        topic=one.topic,
        texts=one.texts,
        customers=weight.customers,
        revenue_minor=weight.revenue_minor,
        complaining=one.complaining,
        is_new=one.is_new,
        phrases=list(one.phrases),
        weeks={week.isoformat(): count for week, count in one.weeks.items()},
        examples=list(one.examples),
        grams=one.grams,
    )


def _as_json(one: Emerging) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "phrases": list(one.phrases),
        "texts": one.texts,
        "expected": one.expected,
        "p_value": one.p_value,
        "examples": list(one.examples),
    }


@dataclass(frozen=True, slots=True)
class Shown:
    """A study as a page shows it; `counts` are the texts of each of `weeks`, the oldest first."""

    study: TopicStudy
    weeks: tuple[date, ...]
    topics: tuple[tuple[FoundTopic, tuple[int, ...]], ...]

    @property
    def refusal(self) -> Sentence | None:
        """Why nothing was found."""
        told = self.study.refusal
        return Sentence(zh=told["zh"], en=told["en"]) if told else None


def newest_study(*, before: date | None = None) -> Shown | None:
    """The last study, or the last one before a week; two queries."""
    studies = TopicStudy.objects.order_by("-week")
    made = (studies.filter(week__lt=before) if before else studies).first()
    if made is None:
        return None
    weeks = tuple(made.week - ago * _WEEK for ago in range(WEEKS - 1, -1, -1))
    rows = FoundTopic.objects.filter(study=made).order_by("rank")
    topics = tuple(
        (one, tuple(one.weeks.get(week.isoformat(), 0) for week in weeks)) for one in rows
    )
    return Shown(made, weeks, topics)
