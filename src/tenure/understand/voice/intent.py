"""Whether a customer means to renew, from how satisfied they are and whether they complained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count

from tenure.kernel.failures import Sentence
from tenure.records.feedback.models import Answer
from tenure.records.feedback.rules import SCORES
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.understand.voice.levels import Level, level_of

SAID_WITHIN: Final = timedelta(days=365)
COMPLAINED_WITHIN: Final = timedelta(days=180)
MOST: Final = 2_000
LEVELS: Final = {
    Level.HIGH: Sentence(zh="认可服务，愿意续费", en="approves of the service"),
    Level.MEDIUM: Sentence(zh="一般", en="in between"),
    Level.LOW: Sentence(zh="不满", en="dissatisfied"),
    Level.UNKNOWN: Sentence(zh="没有说过", en="has not said"),
}


@dataclass(frozen=True, slots=True)
class Intent:
    """One customer whose term ends soon, with the two inputs of the level (INT-01).

    `survey` and `score` are the newest answer within a year; null where there is none.
    """

    account_id: int
    name: str
    number: str
    ends_on: date
    survey: str
    score: int | None
    complaints: int
    level: Level


@dataclass(frozen=True, slots=True)
class Intents:
    """Customers by the end of their term, the next one first, and how many are of each level."""

    rows: tuple[Intent, ...]
    counts: Mapping[Level, int]


def intents(*, on: date, within_days: int, level: str = "") -> Intents:
    """The intent of whoever's term ends within so many days; at most 2,000 of them."""
    near = Term.objects.filter(
        state__in=LIVE, ends_on__gte=on, ends_on__lte=on + timedelta(days=within_days)
    ).order_by("ends_on", "account_id")
    columns = ("account_id", "account__name", "account__external_id", "ends_on")
    customers: dict[int, Sequence[object]] = {}
    for row in near.values_list(*columns)[:MOST]:
        customers.setdefault(row[0], row)
    said = _newest_answers(customers, on=on)
    complained = _complaints(customers, on=on)
    rows = []
    for account, (_, name, number, ends_on) in customers.items():
        survey, score = said.get(account, ("", None))
        complaints = complained.get(account, 0)
        found = level_of(satisfaction_of(survey, score), complaints=complaints)
        assert isinstance(ends_on, date)
        rows.append(
            Intent(account, str(name), str(number), ends_on, survey, score, complaints, found)
        )
    counts = Counter(one.level for one in rows)
    kept = tuple(one for one in rows if level in ("", one.level))
    return Intents(kept, {one: counts.get(one, 0) for one in Level})


def satisfaction_of(survey: str, score: int | None) -> float | None:
    """A score as a share of what its survey can have, 0 to 1."""
    if score is None or survey not in SCORES:
        return None
    least, most = SCORES[survey]
    return (score - least) / (most - least)


def _newest_answers(accounts: Collection[int], *, on: date) -> dict[int, tuple[str, int]]:
    answers = Answer.objects.filter(
        account_id__in=accounts, answered_on__gt=on - SAID_WITHIN, answered_on__lte=on
    ).order_by("answered_on", "pk")
    rows = answers.values_list("account_id", "survey", "score")
    return {account: (survey, score) for account, survey, score in rows if survey in SCORES}


def _complaints(accounts: Collection[int], *, on: date) -> dict[int, int]:
    tickets = Ticket.objects.filter(
        account_id__in=accounts, kind="complaint", opened_at__date__gt=on - COMPLAINED_WITHIN
    )
    counted = tickets.order_by().values("account_id").annotate(n=Count("pk"))
    return {row["account_id"]: row["n"] for row in counted}
