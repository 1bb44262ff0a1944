"""Everything that customers said, in one list: surveys, tickets, reasons for leaving and posts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

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


def heard(wanted: Wanted, *, taxonomy: Taxonomy, zone: str) -> list[Heard]:
    """What was said, the newest first; of each kind at most the newest 2,000 (DAT-07, FBK-01).

    A topic finds its words in either language, so Chinese and English are found together.
    """
    found: list[Heard] = []
    for kind, read in _READERS.items():
        if wanted.kind in ("", kind):
            found.extend(read(wanted, zone))
    told = [_with_topics(one, taxonomy) for one in found]
    kept = [one for one in told if not wanted.topic or wanted.topic in one.topics]
    return sorted(kept, key=lambda one: (one.said_on, one.kind, one.text), reverse=True)


def matters(said: Sequence[Heard], *, earlier: Mapping[str, int], currency: str) -> list[Matter]:
    """The topics of what was said, by affected revenue times frequency (FBK-02)."""
    texts: Counter[str] = Counter()
    customers: defaultdict[str, set[int]] = defaultdict(set)
    for one in said:
        for topic in one.topics[:1]:
            texts[topic] += 1
            if one.account_id is not None:
                customers[topic].add(one.account_id)
    worth = yearly_revenue(set().union(*customers.values()) if customers else (), currency=currency)
    found = [
        Matter(
            topic,
            count,
            len(customers[topic]),
            sum(worth.get(account, 0) for account in customers[topic]),
            earlier.get(topic, 0),
        )
        for topic, count in texts.items()
    ]
    return sorted(found, key=lambda one: (-one.weight, -one.texts, one.topic))


def counts_by_topic(said: Iterable[Heard]) -> dict[str, int]:
    """First topic → how many texts."""
    return dict(Counter(one.topics[0] for one in said if one.topics))


def yearly_revenue(account_ids: Iterable[int], *, currency: str) -> dict[int, int]:
    """Account → what its living terms come to in twelve months, in minor units."""
    wanted = sorted(account_ids)
    terms = Term.objects.filter(account_id__in=wanted, state__in=LIVE, currency=currency)
    sums = terms.values("account_id", "cycle_months").annotate(total=Sum("price_minor"))
    worth: defaultdict[int, int] = defaultdict(int)
    for row in sums.order_by():
        worth[row["account_id"]] += row["total"] * 12 // max(row["cycle_months"], 1)
    return dict(worth)


def _with_topics(one: Heard, taxonomy: Taxonomy) -> Heard:
    from dataclasses import replace

    return replace(one, topics=tuple(taxonomy.topics_of(one.text)))


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


def _newest(rows: QuerySet[Any], *columns: str, order: str) -> list[dict[str, Any]]:
    named = ("account_id", "account__name", "account__external_id", *columns)
    return list(rows.order_by(f"-{order}", "-pk").values(*named)[:MOST_OF_A_KIND])


def _heard(kind: str, row: Mapping[str, Any], said_on: date, text: str, **more: Any) -> Heard:
    name, number = row["account__name"] or "", row["account__external_id"] or ""
    return Heard(kind, said_on, text, row["account_id"], name, number, **more)


def _answers(wanted: Wanted, zone: str) -> list[Heard]:
    rows = Answer.objects.filter(
        _words(wanted, "text"), answered_on__gte=wanted.since, answered_on__lt=wanted.until
    )
    return [
        _heard("survey", row, row["answered_on"], row["text"], score=row["score"])
        for row in _newest(rows, "answered_on", "text", "score", order="answered_on")
    ]


def _tickets(wanted: Wanted, zone: str) -> list[Heard]:
    place = ZoneInfo(zone)
    since, until = (instant(day, time(0), zone=zone) for day in (wanted.since, wanted.until))
    rows = Ticket.objects.filter(
        _words(wanted, "subject"), opened_at__gte=since, opened_at__lt=until
    )
    return [
        _heard("ticket", row, row["opened_at"].astimezone(place).date(), row["subject"])
        for row in _newest(rows, "opened_at", "subject", order="opened_at")
    ]


def _cancellations(wanted: Wanted, zone: str) -> list[Heard]:
    rows = Cancellation.objects.filter(
        _words(wanted, "reason_text"), started_on__gte=wanted.since, started_on__lt=wanted.until
    )
    return [
        _heard("cancel", row, row["started_on"], row["reason_text"], reason=row["reason"])
        for row in _newest(rows, "started_on", "reason_text", "reason", order="started_at")
    ]


def _reasons(wanted: Wanted, zone: str) -> list[Heard]:
    rows = LossReason.objects.filter(
        _words(wanted, "text"), given_on__gte=wanted.since, given_on__lt=wanted.until
    ).exclude(source="cancel")
    return [
        _heard("reason", row, row["given_on"], row["text"], reason=row["reason"])
        for row in _newest(rows, "given_on", "text", "reason", order="given_on")
    ]


def _posts(wanted: Wanted, zone: str) -> list[Heard]:
    rows = Post.objects.filter(
        _words(wanted, "text"), posted_on__gte=wanted.since, posted_on__lt=wanted.until
    )
    return [
        _heard("post", row, row["posted_on"], row["text"])
        for row in _newest(rows, "posted_on", "text", order="posted_on")
    ]


_READERS: Final[Mapping[str, Callable[[Wanted, str], list[Heard]]]] = {
    "survey": _answers,
    "ticket": _tickets,
    "cancel": _cancellations,
    "reason": _reasons,
    "post": _posts,
}
