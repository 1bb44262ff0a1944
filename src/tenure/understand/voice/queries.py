"""Everything that customers said, in one list: surveys, tickets, reasons for leaving and posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from math import sqrt
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from tenure.kernel.clock import instant
from tenure.kernel.failures import Sentence
from tenure.records.cancellations.models import Cancellation
from tenure.records.feedback.models import Answer, LossReason, Post
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.understand.voice.taxonomy import Taxonomy

MOST_OF_A_KIND: Final = 2_000
KINDS: Final = {
    "survey": Sentence(zh="调研", en="survey"),
    "ticket": Sentence(zh="工单", en="ticket"),
    "cancel": Sentence(zh="取消", en="cancelling"),
    "reason": Sentence(zh="离开原因", en="reason for leaving"),
    "post": Sentence(zh="社区", en="community"),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that somebody said. `account_id` of None: nobody whom we know."""

    kind: str
    said_on: date
    text: str
    account_id: int | None
    name: str
    number: str
    score: int | None = None
    reason: str = ""
    topics: tuple[str, ...] = ()
    stands_for: float = 1.0  # so many texts, where a sample was read


@dataclass(frozen=True, slots=True)
class Sample:
    """What was read of what was said, the newest first; `thinned` are kinds with more than that."""

    said: tuple[Heard, ...]
    thinned: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many texts it stands for."""
        return round(sum(one.stands_for for one in self.said))

    @property
    def each(self) -> float:
        """For how many texts one that was read stands, on average."""
        return self.count / len(self.said) if self.said else 1.0

    @property
    def is_whole(self) -> bool:
        """Whether everything was read."""
        return not self.thinned


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the days `[since, until)`, and perhaps words, a topic and a kind."""

    since: date
    until: date
    text: str = ""
    topic: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """A topic of the operator's list, in the order in which to fix (FBK-02).

    `revenue_minor` is a year's revenue of the customers who spoke of it, each counted once.
    """

    topic: str
    texts: int
    customers: int
    revenue_minor: int
    before: int

    @property
    def weight(self) -> int:
        return self.revenue_minor * self.texts


def sampled(wanted: Wanted, *, taxonomy: Taxonomy, zone: str) -> Sample:
    """What was said, of each kind at most 2,000 that lie evenly over all that was said of it.

    A topic finds its words in either language, so Chinese and English are found together (DAT-07,
    FBK-01).

    Whatever compares days with one another reads this: the newest alone would say that every
    topic rises. Each text says for how many it stands.
    """
    found: list[Heard] = []
    thinned: set[str] = set()
    for reader in _asked(wanted):
        rows = _spread(reader, wanted, zone)
        each = rows[0]["of"] / len(rows) if rows else 1.0
        if each > 1:
            thinned.add(reader.kind)
        found.extend(replace(reader.tell(row, zone), stands_for=each) for row in rows)
    said = _ordered(found, wanted, taxonomy=taxonomy)
    return Sample(tuple(said), frozenset(thinned))


def newest(sample: Sample, wanted: Wanted, *, taxonomy: Taxonomy, zone: str) -> list[Heard]:
    """The list of a sample: the newest 2,000 of each kind; only what was thinned is read again."""
    found = [one for one in sample.said if one.kind not in sample.thinned]
    for reader in _asked(wanted):
        if reader.kind in sample.thinned:
            found.extend(reader.tell(row, zone) for row in _newest(reader, wanted, zone))
    return _ordered(found, wanted, taxonomy=taxonomy)


def matters(said: Sequence[Heard], *, earlier: Mapping[str, int], currency: str) -> list[Matter]:
    """The topics of what was said, by affected revenue times frequency (FBK-02)."""
    texts: defaultdict[str, float] = defaultdict(float)
    customers: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for one in said:
        for topic in one.topics[:1]:
            texts[topic] += one.stands_for
            if one.account_id is not None:
                customers[topic].setdefault(one.account_id, one.stands_for)
    worth = yearly_revenue(set().union(*customers.values()) if customers else (), currency=currency)
    found = [
        Matter(
            topic,
            round(count),
            round(sum(customers[topic].values())),
            round(sum(worth.get(one, 0) * each for one, each in customers[topic].items())),
            earlier.get(topic, 0),
        )
        for topic, count in texts.items()
    ]
    return sorted(found, key=lambda one: (-one.weight, -one.texts, one.topic))


def rises(before: int, after: int, *, each: float = 1.0) -> bool:
    """Whether a topic is heard more often than before, beyond noise.

    Texts that come by chance vary by the root of their number; where each that was read stands
    for several, by as much more. From two of it on it is not noise.
    """
    return after - before > 2 * sqrt((before + after) * each)


def counts_by_topic(said: Iterable[Heard]) -> dict[str, int]:
    """First topic → how many texts, or how many they stand for."""
    counted: defaultdict[str, float] = defaultdict(float)
    for one in said:
        for topic in one.topics[:1]:
            counted[topic] += one.stands_for
    return {topic: round(count) for topic, count in counted.items()}


def yearly_revenue(account_ids: Iterable[int], *, currency: str) -> dict[int, int]:
    """Account → what its living terms come to in twelve months, in minor units."""
    wanted = sorted(account_ids)
    terms = Term.objects.filter(account_id__in=wanted, state__in=LIVE, currency=currency)
    sums = terms.values("account_id", "cycle_months").annotate(total=Sum("price_minor"))
    worth: defaultdict[int, int] = defaultdict(int)
    for row in sums.order_by():
        worth[row["account_id"]] += row["total"] * 12 // max(row["cycle_months"], 1)
    return dict(worth)


def _ordered(found: Iterable[Heard], wanted: Wanted, *, taxonomy: Taxonomy) -> list[Heard]:
    told = [replace(one, topics=tuple(taxonomy.topics_of(one.text))) for one in found]
    kept = [one for one in told if not wanted.topic or wanted.topic in one.topics]
    return sorted(kept, key=lambda one: (one.said_on, one.kind, one.text), reverse=True)


def _words(wanted: Wanted, *fields: str) -> Q:
    """Rows that say something, and hold the words that are looked for."""
    says = Q()
    for field in fields:
        says |= ~Q(**{field: ""})
    if wanted.text:
        holds = Q()
        for field in fields:
            holds |= Q(**{f"{field}__icontains": wanted.text})
        says &= holds
    return says


@dataclass(frozen=True, slots=True)
class _Reader:
    """One place in which customers say something, and how a row of it is told."""

    kind: str
    rows: Callable[[Wanted, str], QuerySet[Any]]
    columns: tuple[str, ...]
    order: str
    said_on: str = ""  # the column of the day, where it is not that of the order

    def tell(self, row: Mapping[str, Any], zone: str) -> Heard:
        """The row in words."""
        said_on = row[self.said_on or self.order]
        if isinstance(said_on, datetime):
            said_on = said_on.astimezone(ZoneInfo(zone)).date()
        return Heard(
            self.kind,
            said_on,
            row[self.columns[0]],
            row["account_id"],
            row["account__name"] or "",
            row["account__external_id"] or "",
            score=row.get("score"),
            reason=row.get("reason", ""),
        )

    @property
    def named(self) -> tuple[str, ...]:
        """Every column that is read."""
        days = (self.order, self.said_on) if self.said_on else (self.order,)
        return ("account_id", "account__name", "account__external_id", *self.columns, *days)


def _asked(wanted: Wanted) -> list[_Reader]:
    return [one for one in _READERS if wanted.kind in ("", one.kind)]


def _newest(reader: _Reader, wanted: Wanted, zone: str) -> list[dict[str, Any]]:
    rows = reader.rows(wanted, zone).order_by(f"-{reader.order}", "-pk")
    return list(rows.values(*reader.named)[:MOST_OF_A_KIND])


def _spread(reader: _Reader, wanted: Wanted, zone: str) -> list[dict[str, Any]]:
    """Rows that lie evenly over all of them by time, with how many there are `of` the kind."""
    numbered = reader.rows(wanted, zone).annotate(
        of=Window(Count("pk")), place=Window(RowNumber(), order_by=[F(reader.order), F("pk")])
    )
    # Whole numbers: of n rows these are the first behind each n/2,000th.
    step = F("place") * MOST_OF_A_KIND / F("of")
    before = (F("place") - 1) * MOST_OF_A_KIND / F("of")
    kept = numbered.alias(step=step, before=before).exclude(step=F("before"))
    return list(kept.order_by(f"-{reader.order}", "-pk").values(*reader.named, "of"))


def _answers(wanted: Wanted, zone: str) -> QuerySet[Any]:
    return Answer.objects.filter(
        _words(wanted, "text"), answered_on__gte=wanted.since, answered_on__lt=wanted.until
    )


def _tickets(wanted: Wanted, zone: str) -> QuerySet[Any]:
    since, until = (instant(day, time(0), zone=zone) for day in (wanted.since, wanted.until))
    return Ticket.objects.filter(
        _words(wanted, "subject"), opened_at__gte=since, opened_at__lt=until
    )


def _cancellations(wanted: Wanted, zone: str) -> QuerySet[Any]:
    return Cancellation.objects.filter(
        _words(wanted, "reason_text"), started_on__gte=wanted.since, started_on__lt=wanted.until
    )


def _reasons(wanted: Wanted, zone: str) -> QuerySet[Any]:
    return LossReason.objects.filter(
        _words(wanted, "text"), given_on__gte=wanted.since, given_on__lt=wanted.until
    ).exclude(source="cancel")


def _posts(wanted: Wanted, zone: str) -> QuerySet[Any]:
    return Post.objects.filter(
        _words(wanted, "text"), posted_on__gte=wanted.since, posted_on__lt=wanted.until
    )


_READERS: Final = (
    _Reader("survey", _answers, ("text", "score"), "answered_on"),
    _Reader("ticket", _tickets, ("subject",), "opened_at"),
    _Reader("cancel", _cancellations, ("reason_text", "reason"), "started_at", "started_on"),
    _Reader("reason", _reasons, ("text", "reason"), "given_on"),
    _Reader("post", _posts, ("text",), "posted_on"),
)
