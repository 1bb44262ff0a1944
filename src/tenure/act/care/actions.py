"""Open work for people, each piece once; drop it when its reason goes away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched

from django.db import transaction

from tenure.act.care.reasons import reasons_of
from tenure.act.care.rules import due_by
from tenure.decide.decisions.models import Decision
from tenure.kernel.failures import Sentence
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.models import Term
from tenure.records.success.models import ToDo
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.sections import Strategy

BATCH_SIZE = 500
_COLUMNS = (
    "account_id", "term_id", "kind", "owner_name", "due_on", "due_at", "state", "outcome",
    "template", "decision_id", "reasons", "expected_margin_minor", "once_key", "opened_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One piece of work that somebody should do about a term."""

    kind: ToDoKind
    account_id: int
    term_id: int
    once_key: str
    owner_name: str = ""
    template: str = ""
    decision_id: int | None = None
    why: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The rules and the day under which work is opened."""

    strategy: Strategy
    on: date
    at: datetime
    by: str = "loop"


def open_todos(wanted: Iterable[Wanted], *, desk: Desk) -> int:
    """Open what is not there yet; how many were new. Scripts are written when they are read."""
    return sum(_open_batch(batch, desk=desk) for batch in batched(wanted, BATCH_SIZE))


@transaction.atomic
def _open_batch(batch: Sequence[Wanted], *, desk: Desk) -> int:
    known = ToDo.objects.filter(once_key__in=[one.once_key for one in batch])
    there = set(known.values_list("once_key", flat=True))
    fresh = [one for one in batch if one.once_key not in there]
    if not fresh:
        return 0
    added = insert_rows(ToDo, _rows(fresh, desk=desk), columns=_COLUMNS)
    append_many((_opened(one, on=desk.on) for one in fresh), at=desk.at, by=desk.by)
    return added


def _rows(fresh: Sequence[Wanted], *, desk: Desk) -> Iterable[Sequence[object]]:
    terms = {one.term_id for one in fresh}
    owners = _owners(terms)
    reasons = reasons_of(terms, on=desk.on, currency=desk.strategy.business.currency)
    margins = _margins(one.decision_id for one in fresh)
    for one in fresh:
        owner = one.owner_name or owners[one.term_id]
        hours = desk.strategy.business.hours(owner)
        due_at = due_by(one.kind, opened_on=desk.on, opened_at=desk.at, hours=hours)
        yield (
            one.account_id,
            one.term_id,
            one.kind,
            owner,
            hours.day_of(due_at),
            due_at,
            ToDo.State.OPEN,
            "",
            one.template,
            one.decision_id,
            [*_why(one), *reasons.get(one.term_id, [])],
            margins.get(one.decision_id or 0),
            one.once_key,
            desk.at,
        )


def _why(one: Wanted) -> list[dict[str, str]]:
    return [{"zh-Hans": one.why.zh, "en": one.why.en}] if one.why else []


def _owners(terms: Collection[int]) -> Mapping[int, str]:
    """Who looks after the customer of each term."""
    held = Term.objects.filter(pk__in=terms)
    return dict(held.values_list("pk", "subscription__owner_name"))


def _margins(decision_ids: Iterable[int | None]) -> Mapping[int, int | None]:
    wanted = {one for one in decision_ids if one is not None}
    return dict(Decision.objects.filter(pk__in=wanted).values_list("pk", "margin_minor"))


def _opened(one: Wanted, *, on: date) -> Fact:
    return Fact(
        "todo.opened",
        on=on,
        account_id=one.account_id,
        term_id=one.term_id,
        content={"kind": one.kind, "key": one.once_key},
        once_key=f"todo.opened:{one.once_key}",
    )
